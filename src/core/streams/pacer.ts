// Sends cached groups of pictures at a bounded pace, so that a viewer's link is not flooded at the join.

import type { Clock, Timer } from '#std/clock.ts';
import type { Outbox } from './outbox.ts';
import type { Subscriber } from './subscriber.ts';

const PERIOD_MS = 5;
/** 16 packets of 1,200 bytes each 5 ms are 31 Mb/s: 2 s at 2 Mb/s arrive within 130 ms. */
const PACKETS_PER_PERIOD = 16;

export class Pacer {
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #subscribers = new Set<Subscriber>();
  #timer: Timer | undefined;

  constructor(clock: Clock, outbox: Outbox) {
    this.#clock = clock;
    this.#outbox = outbox;
  }

  /** Takes over a subscriber until it is at the live end. */
  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    this.#turn(subscriber);
    this.#outbox.flush();
    if (this.#subscribers.size > 0)
      this.#timer ??= this.#clock.every(PERIOD_MS, () => this.#tick());
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    this.#stopWhenIdle();
  }

  #tick(): void {
    for (const subscriber of this.#subscribers) this.#turn(subscriber);
    this.#outbox.flush();
    this.#stopWhenIdle();
  }

  #turn(subscriber: Subscriber): void {
    subscriber.catchUp(PACKETS_PER_PERIOD);
    if (!subscriber.catchingUp) this.#subscribers.delete(subscriber);
  }

  #stopWhenIdle(): void {
    if (this.#subscribers.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
