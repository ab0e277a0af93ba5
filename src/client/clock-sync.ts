// The server's clock seen from here, by exchanges of four times, and sound's latency by it (PRODUCT 2.4).
//
//   server          t2 ●──● t3            round trip = (t4 − t1) − (t3 − t2)
//                     ╱    ╲              offset     = ((t2 − t1) + (t3 − t4)) / 2
//   here         t1 ●        ● t4
//
// How far off an offset can be is half its round trip, plus what the clocks have drifted since. The
// exchange with the smallest such bound decides: one that was held up on the way never moves it.

/** From here on an exchange says too little about the clock (PRODUCT 2.4). */
const REJECTED_ROUND_TRIP_MS = 100;
/** Some 80 s of one each 5 s: by then half a round trip of the oldest has doubled by drift alone. */
const KEPT_EXCHANGES = 16;
/** Crystals are off by at most 100 ppm. */
const DRIFT_MS_PER_MS = 1e-4;
/** Times are often whole milliseconds, four to an exchange. */
const ROUNDING_MS = 2;

/** ms since 1970: ours, the server's, the server's, ours. */
interface ClockTimes {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly t4: number;
}

interface Exchange {
  readonly roundTripMs: number;
  readonly offsetMs: number;
  readonly atMs: number;
}

export class ClockSync {
  /** The newest one last. */
  readonly #exchanges: Exchange[] = [];
  #best: Exchange | undefined;

  /** Server's clock minus ours; null before the first good exchange. */
  get offsetMs(): number | null {
    return this.#best?.offsetMs ?? null;
  }

  /** Of the exchange that decides. */
  get roundTripMs(): number | null {
    return this.#best?.roundTripMs ?? null;
  }

  /** False if it was discarded. */
  add({ t1, t2, t3, t4 }: ClockTimes): boolean {
    const roundTripMs = t4 - t1 - (t3 - t2);
    const offsetMs = (t2 - t1 + (t3 - t4)) / 2;
    if (!(roundTripMs < REJECTED_ROUND_TRIP_MS && roundTripMs > -ROUNDING_MS)) return false;
    if (!Number.isFinite(offsetMs)) return false;
    this.#keep({ roundTripMs: Math.max(0, roundTripMs), offsetMs, atMs: t4 });
    return true;
  }

  /** From capture to arrival here; null before the first good exchange. */
  latencyOf(serverTimeMs: number, receiveTimeMs: number): number | null {
    return this.#best ? receiveTimeMs + this.#best.offsetMs - serverTimeMs : null;
  }

  #keep(exchange: Exchange): void {
    const best = this.#best;
    // Both can't be true: a clock was set, and what was learned before is worth nothing.
    if (best && !agree(exchange, best)) this.#exchanges.length = 0;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > KEPT_EXCHANGES) this.#exchanges.shift();
    const boundOf = (each: Exchange) => errorBoundMs(each, exchange.atMs);
    this.#best = this.#exchanges.reduce((least, each) =>
      boundOf(each) <= boundOf(least) ? each : least,
    );
  }
}

function agree(now: Exchange, before: Exchange): boolean {
  const apartMs = Math.abs(now.offsetMs - before.offsetMs);
  const explainedMs = errorBoundMs(now, now.atMs) + errorBoundMs(before, now.atMs);
  return apartMs <= explainedMs + ROUNDING_MS;
}

function errorBoundMs({ roundTripMs, atMs }: Exchange, nowMs: number): number {
  return roundTripMs / 2 + Math.abs(nowMs - atMs) * DRIFT_MS_PER_MS;
}
