// Time as an argument. The centre never reads a clock: it is given one, real or virtual.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since some fixed moment; never jumps back. For intervals. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01 UTC; may jump. Only for people and for NTP time stamps. */
  wallMs(): number;
  /** Calls `fire` once, `delayMs` from now. */
  after(delayMs: number, fire: () => void): Timer;
  /** Calls `fire` every `periodMs`, first in `periodMs` from now, until cancelled. */
  every(periodMs: number, fire: () => void): Timer;
}
