// A clock that moves only when told to: the tests' answer to sleeping.

import type { Clock, Timer } from '#std/clock.ts';

interface Pending {
  dueMs: number;
  order: number;
  periodMs: number | undefined;
  fire: () => void;
}

export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #wallStartMs: number;
  readonly #pending = new Set<Pending>();

  constructor(wallStartMs = Date.UTC(2026, 0, 1)) {
    this.#wallStartMs = wallStartMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    return this.#schedule(delayMs, undefined, fire);
  }

  every(periodMs: number, fire: () => void): Timer {
    return this.#schedule(periodMs, periodMs, fire);
  }

  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves time on, firing what falls due, in order. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#nextUntil(endMs); next; next = this.#nextUntil(endMs)) this.#run(next);
    this.#nowMs = endMs;
  }

  /** Like `advance`, but lets promises settle after every timer, for code that awaits. */
  async advanceAsync(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settle();
    for (let next = this.#nextUntil(endMs); next; next = this.#nextUntil(endMs)) {
      this.#run(next);
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  #schedule(delayMs: number, periodMs: number | undefined, fire: () => void): Timer {
    const pending = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      periodMs,
      fire,
    };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  #nextUntil(endMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.dueMs > endMs) continue;
      if (
        !next ||
        pending.dueMs < next.dueMs ||
        (pending.dueMs === next.dueMs && pending.order < next.order)
      ) {
        next = pending;
      }
    }
    return next;
  }

  #run(pending: Pending): void {
    this.#nowMs = Math.max(this.#nowMs, pending.dueMs);
    if (pending.periodMs === undefined) this.#pending.delete(pending);
    else pending.dueMs += Math.max(pending.periodMs, 0.001);
    pending.fire();
  }
}

/** Lets every promise that can settle now do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
