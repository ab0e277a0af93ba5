// The server's clock seen from here: the mean of the request's two ends is when the server answered.

/** Slower exchanges say too little about the clock (PRODUCT 2.4). */
const MAX_ROUND_TRIP_MS = 100;

/** The best of these counts; older ones are forgotten, because clocks drift. */
const KEPT_EXCHANGES = 8;

interface ClockExchange {
  /** Our clock, ms since 1970. */
  readonly sentMs: number;
  readonly receivedMs: number;
  /** The server's clock, ms since 1970. */
  readonly serverMs: number;
}

export class ClockOffset {
  readonly #exchanges: { roundTripMs: number; offsetMs: number }[] = [];

  /** Server's clock minus ours, from the exchange with the shortest round trip; null before one. */
  get offsetMs(): number | null {
    let best = this.#exchanges[0];
    for (const exchange of this.#exchanges) {
      if (best && exchange.roundTripMs < best.roundTripMs) best = exchange;
    }
    return best?.offsetMs ?? null;
  }

  add({ sentMs, receivedMs, serverMs }: ClockExchange): void {
    const roundTripMs = receivedMs - sentMs;
    if (roundTripMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS || !Number.isFinite(serverMs)) return;
    this.#exchanges.push({ roundTripMs, offsetMs: serverMs - (sentMs + receivedMs) / 2 });
    if (this.#exchanges.length > KEPT_EXCHANGES) this.#exchanges.shift();
  }
}
