// How many passwords are checked at once: each takes 64 MiB and 0.3 s of a core.

import { UnavailableError } from '#std/errors.ts';

/** 128 MiB. Half of the threads that Node has for files and names, so that these do not wait. */
const MAX_AT_ONCE = 2;
/** The last of them waits 1.5 s. */
const MAX_WAITING = 8;

export class PasswordTurns {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** First come, first served. Throws `too_many_logins`. */
  async take<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#running < MAX_AT_ONCE) this.#running++;
    else await this.#wait();
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Whoever leaves hands his place on. */
  #wait(): Promise<void> {
    if (this.#waiting.length < MAX_WAITING) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    throw new UnavailableError(
      'As many passwords are being checked as may be at once. Try again in some seconds.',
      { code: 'too_many_logins' },
    );
  }
}
