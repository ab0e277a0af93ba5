// Notices that a server is back, so that those who wait for it need not sit out their delay.
//
//              read ok, same start                 read failed, disturb
//   calm (each 2 s) ◀───────────── alert (each 1 s) ◀──────── calm
//     after a failed read or with a later start: `onBack`

import type { Clock, Timer } from '#std/clock.ts';
import { ClockOffset } from './clock-offset.ts';

/** A restart too quick to be missed is found by its later start, before media has been silent for 3 s. */
const CALM_PERIOD_MS = 2_000;

/** With a dial of some hundred ms, pages are back within 2 s of the server. */
const ALERT_PERIOD_MS = 1_000;

/** A stopped server accepts connections but does not answer. */
const READ_TIMEOUT_MS = 3_000;

/** Clocks of servers are corrected by less; a larger step counts as a restart. */
const START_TOLERANCE_MS = 1_000;

/** The parts of `GET /api/v1/health` that matter here. */
export interface ServerReading {
  /** The server's clock, ms since 1970. */
  readonly timeMs: number;
  readonly uptimeMs: number;
}

interface ServerWatchOptions {
  readonly read: (signal: AbortSignal) => Promise<ServerReading>;
  readonly clock: Clock;
  /** `restarted`: it is another process than before, so what it knew of us is gone. */
  readonly onBack: (restarted: boolean) => void;
}

export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #offset = new ClockOffset();
  #timer: Timer | undefined;
  #reading: AbortController | undefined;
  #running = false;
  #missing = false;
  #startedAtMs: number | undefined;

  constructor(options: ServerWatchOptions) {
    this.#options = options;
  }

  /** Server's clock minus ours, or null while unknown. */
  get offsetMs(): number | null {
    return this.#offset.offsetMs;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#read();
  }

  /** Somebody lost the server: look now instead of in some seconds. */
  disturb(): void {
    if (this.#running && !this.#missing && !this.#reading) void this.#read();
  }

  /** Idempotent; `start` begins again. */
  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#reading?.abort();
    this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const { clock, read } = this.#options;
    const reading = new AbortController();
    this.#reading = reading;
    this.#timer?.cancel();
    this.#timer = clock.after(READ_TIMEOUT_MS, () => this.#settle(reading, undefined));
    const sentMs = clock.wallMs();
    let result: ServerReading | undefined;
    try {
      result = await read(reading.signal);
    } catch {
      // Whatever the reason, the server is not there for us.
    }
    if (result && this.#reading === reading) {
      this.#offset.add({ sentMs, receivedMs: clock.wallMs(), serverMs: result.timeMs });
    }
    this.#settle(reading, result);
  }

  #settle(reading: AbortController, result: ServerReading | undefined): void {
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    this.#timer?.cancel();
    reading.abort();
    const periodMs = result ? CALM_PERIOD_MS : ALERT_PERIOD_MS;
    this.#timer = this.#options.clock.after(periodMs, () => void this.#read());
    if (result) this.#compare(result);
    else this.#missing = true;
  }

  #compare({ timeMs, uptimeMs }: ServerReading): void {
    const startedAtMs = timeMs - uptimeMs;
    const restarted =
      this.#startedAtMs !== undefined && startedAtMs > this.#startedAtMs + START_TOLERANCE_MS;
    const back = this.#missing || restarted;
    this.#startedAtMs = startedAtMs;
    this.#missing = false;
    if (back) this.#options.onBack(restarted);
  }
}
