// A network and a player around a jitter buffer, in virtual time: packets are sent, delayed or lost, and
// played by a clock that may differ from the sender's.

import { JitterBuffer, type JitterThresholds } from '#media/jitter/jitter-buffer.ts';
import type { BufferMode } from '#media/jitter/target-delay.ts';

/** How long each packet is under way; undefined: it is lost. Several times: it is doubled. */
type Network = (index: number, sentAtMs: number) => number | undefined | readonly number[];

interface PlaybackOptions {
  readonly network: Network;
  readonly clockRate?: number;
  readonly packetMs?: number;
  readonly mode?: BufferMode;
  readonly thresholds?: JitterThresholds;
  /** How much faster the sender's clock is than the player's. */
  readonly driftPpm?: number;
  readonly firstTimestamp?: number;
  /** Whether the player reads at the speed that the buffer asks for. */
  readonly isCorrected?: boolean;
}

interface Flight {
  readonly index: number;
  readonly arrivesAtMs: number;
}

/** While there is nothing to play, the player asks so often. */
const IDLE_MS = 1;
const START_MS = 1_000;

export class JitterPlayback {
  readonly buffer: JitterBuffer<number>;
  /** Numbers of the packets, in the order in which they were played. */
  readonly played: number[] = [];
  /** How long each one was from its sending to its playing. */
  readonly ages: number[] = [];
  /** Where sound was bridged with what follows at hand: the number of that. */
  readonly bridgedBefore: number[] = [];
  readonly jumps: number[] = [];
  concealMs = 0;
  idleMs = 0;
  maxHeld = 0;
  /** By the player's clock. */
  nowMs = START_MS;
  readonly #options: Required<Omit<PlaybackOptions, 'mode' | 'thresholds'>>;
  readonly #flights: Flight[] = [];
  #sent = 0;

  constructor(options: PlaybackOptions) {
    const { clockRate = 48_000, packetMs = 5, firstTimestamp = 1_000_000 } = options;
    const { driftPpm = 0, isCorrected = true, network, mode, thresholds } = options;
    this.#options = { clockRate, packetMs, firstTimestamp, driftPpm, isCorrected, network };
    this.buffer = new JitterBuffer({
      clockRate,
      ...(mode && { mode }),
      ...(thresholds && { thresholds }),
    });
  }

  /** Received packets, less all that the buffer accounts for. */
  get unaccounted(): number {
    const { received, played, late, dropped, duplicates, skipped, overflow } = this.buffer.counters;
    return received - played - late - dropped - duplicates - skipped - overflow - this.buffer.held;
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.#deliver();
      this.nowMs += this.#playOnce();
    }
  }

  #playOnce(): number {
    const { buffer } = this;
    this.maxHeld = Math.max(this.maxHeld, buffer.held);
    const playout = buffer.pull(this.nowMs);
    if (!playout) {
      this.idleMs += IDLE_MS;
      return IDLE_MS;
    }
    const ticks = playout.kind === 'packet' ? playout.item.durationTicks : playout.durationTicks;
    const soundMs = (ticks * 1_000) / this.#options.clockRate;
    if (playout.kind === 'conceal') {
      this.concealMs += soundMs;
      const following = playout.following?.payloads[0];
      if (following !== undefined) this.bridgedBefore.push(following);
      return soundMs;
    }
    const [index = -1] = playout.item.payloads;
    this.played.push(index);
    if (!playout.isContinuous) this.jumps.push(index);
    this.ages.push(this.nowMs - this.#sentAtMs(index));
    return this.#options.isCorrected ? soundMs / buffer.ratio : soundMs;
  }

  #sentAtMs(index: number): number {
    const { packetMs, driftPpm } = this.#options;
    return START_MS + (index * packetMs) / (1 + driftPpm / 1e6);
  }

  #deliver(): void {
    while (this.#sentAtMs(this.#sent) <= this.nowMs) this.#send(this.#sent++);
    this.#flights.sort((one, other) => one.arrivesAtMs - other.arrivesAtMs);
    while ((this.#flights[0]?.arrivesAtMs ?? Infinity) <= this.nowMs) {
      const flight = this.#flights.shift();
      if (flight) this.#arrive(flight);
    }
  }

  #send(index: number): void {
    const sentAtMs = this.#sentAtMs(index);
    const delays = this.#options.network(index, sentAtMs) ?? [];
    for (const delayMs of typeof delays === 'number' ? [delays] : delays) {
      this.#flights.push({ index, arrivesAtMs: sentAtMs + delayMs });
    }
  }

  #arrive({ index, arrivesAtMs }: Flight): void {
    const { clockRate, packetMs, firstTimestamp } = this.#options;
    const start = (tick: number) => Math.floor((tick * packetMs * clockRate) / 1_000);
    this.buffer.insert({
      timestamp: (firstTimestamp + start(index)) >>> 0,
      durationTicks: start(index + 1) - start(index),
      part: index,
      payload: index,
      arrivedAtMs: arrivesAtMs,
    });
  }
}
