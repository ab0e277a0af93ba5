// Hands packets on some time after they came: FORCE_DELAY_MS (PRODUCT 2.7).

import type { Clock, Timer } from '#std/clock.ts';

/** 10 s of 32 channels of PCM, 2,800 packets a second. Beyond, the newest is dropped. */
const MAX_WAITING = 32_768;

interface Waiting {
  readonly packet: Uint8Array;
  readonly dueAtMs: number;
}

interface DelayLineOptions {
  readonly clock: Clock;
  readonly delayMs: number;
  /** `atMs`: when it was due, on the clock's `nowMs` scale, whenever that was noticed. */
  readonly onPacket: (packet: Uint8Array, atMs: number) => void;
}

export class DelayLine {
  /** Packets for which there was no room. */
  overflow = 0;
  readonly #options: DelayLineOptions;
  #waiting: Waiting[] = [];
  #timer: Timer | undefined;

  constructor(options: DelayLineOptions) {
    this.#options = options;
  }

  add(packet: Uint8Array, arrivedAtMs: number): void {
    const { delayMs, onPacket } = this.#options;
    if (delayMs === 0) onPacket(packet, arrivedAtMs);
    else if (this.#waiting.length >= MAX_WAITING) this.overflow++;
    else {
      this.#waiting.push({ packet, dueAtMs: arrivedAtMs + delayMs });
      this.#timer ??= this.#options.clock.after(delayMs, () => this.#release());
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#waiting = [];
  }

  #release(): void {
    const { clock, onPacket } = this.#options;
    const nowMs = clock.nowMs();
    const left = this.#waiting.findIndex(({ dueAtMs }) => dueAtMs > nowMs);
    const due = this.#waiting.splice(0, left < 0 ? this.#waiting.length : left);
    const [next] = this.#waiting;
    this.#timer = next && clock.after(next.dueAtMs - nowMs, () => this.#release());
    for (const { packet, dueAtMs } of due) onPacket(packet, dueAtMs);
  }
}
