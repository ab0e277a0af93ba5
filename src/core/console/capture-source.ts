// What is captured, and when: a source only while somebody needs it (PRODUCT 2.2), and for `auto` the
// console's card if there is one.
//
//   auto   needed ─▶ look for the card ─┬─ found ─▶ the card, until nobody needs it any more
//                        ▲              └─ none ──▶ `tones:`
//                        └──────── 5 s ─────────────────┘

import type { Clock, Timer } from '#std/clock.ts';

const LOOK_AGAIN_AFTER_MS = 5_000;
/** Clients whose session has ended are back within 2 s: opening a card again would take a part of it. */
const KEEP_FOR_MS = 3_000;
const TEST_CONSOLE = 'tones:';

interface CaptureSourceOptions {
  readonly clock: Clock;
  /** `auto`, or what the engine opens. */
  readonly device: () => string;
  /** The console's card, `hw:XUSB`; null: there is none. */
  readonly findCard: () => Promise<string | null>;
  readonly onChange: () => void;
}

export class CaptureSource {
  readonly #options: CaptureSourceOptions;
  #isNeeded = false;
  #keep: Timer | undefined;
  /** What `auto` has found. */
  #found: string | null = null;
  /** While `auto` looks; cancelled looks find nothing. */
  #look: { timer: Timer | undefined; isCancelled: boolean } | undefined;

  constructor(options: CaptureSourceOptions) {
    this.#options = options;
  }

  /** Null: nothing is captured. */
  get current(): string | null {
    if (!this.#isWanted) return null;
    const device = this.#options.device();
    return device === 'auto' ? this.#found : device;
  }

  need(isNeeded: boolean): void {
    this.#isNeeded = isNeeded;
    this.#update();
  }

  /** Those who listen will be back in a moment. */
  keep(): void {
    if (!this.#isWanted) return;
    this.#keep?.cancel();
    this.#keep = this.#options.clock.after(KEEP_FOR_MS, () => {
      this.#keep = undefined;
      this.#update();
      this.#options.onChange();
    });
  }

  close(): void {
    this.#keep?.cancel();
    this.#keep = undefined;
    this.need(false);
  }

  get #isWanted(): boolean {
    return this.#isNeeded || this.#keep !== undefined;
  }

  #update(): void {
    const looks = this.#isWanted && this.#options.device() === 'auto';
    if (looks && !this.#look) this.#startLook();
    if (!looks) this.#endLook();
  }

  #startLook(): void {
    const look = { timer: undefined, isCancelled: false };
    this.#look = look;
    const take = (card: string | null) => {
      if (!look.isCancelled) this.#take(card);
    };
    this.#options.findCard().then(take, () => take(null));
  }

  #take(card: string | null): void {
    const isNew = this.#found !== (card ?? TEST_CONSOLE);
    this.#found = card ?? TEST_CONSOLE;
    // Nobody is switched away from a card: when it fails, it is opened again.
    if (card === null) this.#lookLater();
    if (isNew) this.#options.onChange();
  }

  #lookLater(): void {
    if (!this.#look) return;
    this.#look.timer = this.#options.clock.after(LOOK_AGAIN_AFTER_MS, () => this.#startLook());
  }

  #endLook(): void {
    this.#look?.timer?.cancel();
    if (this.#look) this.#look.isCancelled = true;
    this.#look = undefined;
    this.#found = null;
  }
}
