// How many sources are opened at once: hundreds of cameras behind one switch come back together, and
// each opening is a handshake, a burst and, with RTSPS, a key exchange.

/** 16 openings of half a second each bring 600 cameras back within 20 s. */
const MAX_OPENING = 16;

export interface Passage {
  /** The opening is over, well or badly; or it is no longer wanted. Idempotent. */
  leave(): void;
}

/** What sources enter through. */
export interface Gate {
  enter(open: () => void): Passage;
}

/** For sources whose opening costs nothing. */
export const OPEN: Gate = {
  enter: (open) => {
    open();
    return { leave: () => {} };
  },
};

export class OpenGate implements Gate {
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  #admitting = false;

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `open` now or when there is room: first come, first served. */
  enter(open: () => void): Passage {
    let inside = false;
    let left = false;
    const admit = () => {
      this.#inside++;
      inside = true;
      open();
    };
    const leave = () => {
      if (left) return;
      left = true;
      this.#waiting.delete(admit);
      if (inside) this.#release();
    };
    if (this.#inside < MAX_OPENING) admit();
    else this.#waiting.add(admit);
    return { leave };
  }

  #release(): void {
    this.#inside--;
    // Who fails while being let in leaves at once: the loop below goes on, instead of ever deeper calls.
    if (this.#admitting) return;
    this.#admitting = true;
    try {
      this.#admitWaiting();
    } finally {
      this.#admitting = false;
    }
  }

  #admitWaiting(): void {
    for (const next of this.#waiting) {
      if (this.#inside >= MAX_OPENING) return;
      this.#waiting.delete(next);
      next();
    }
  }
}
