// Ending the process: what was started last is closed first, once, and not for ever.
//
//   running ──signal, fault──▶ closing ──all closed────────▶ exit 0 (1 after a fault or failure)
//                                 ├─────5 s passed─────────▶ say what hangs, close the rest, exit 1
//                                 └─────second signal──────▶ exit 1 at once

import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';

/** Container runtimes kill after 10 s: half of it leaves time to say what hangs. */
const DEADLINE_MS = 5_000;
/** For what is left after the deadline: the log, so that the file too says what hangs. */
const GRACE_MS = 2_500;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const FAULTS = ['uncaughtException', 'unhandledRejection'] as const;

/** What of Node's `process` is needed, so that tests need not end theirs. */
interface ProcessRim {
  on(
    event: (typeof SIGNALS)[number] | (typeof FAULTS)[number],
    listen: (cause: unknown) => void,
  ): unknown;
  exit(code: number): unknown;
}

interface Part {
  readonly name: string;
  readonly close: () => unknown;
}

interface ShutdownOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly process: ProcessRim;
}

export class Shutdown {
  readonly #options: ShutdownOptions;
  readonly #parts: Part[] = [];
  #closingName: string | undefined;
  #closing = false;
  #exited = false;
  #exitCode = 0;

  /** From here on signals and faults end the process in order. */
  constructor(options: ShutdownOptions) {
    this.#options = options;
    for (const signal of SIGNALS) options.process.on(signal, () => this.#handleSignal(signal));
    for (const fault of FAULTS)
      options.process.on(fault, (cause) => this.#handleFault(fault, cause));
  }

  /** Parts are closed in the reverse order of their adding. */
  add(name: string, close: () => unknown): void {
    this.#parts.push({ name, close });
  }

  /** Closes everything, then exits. Further calls only make the exit code worse. */
  start(reason: string, exitCode = 0): void {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.#closing) return;
    this.#closing = true;
    this.#options.log.info('Shutting down', { reason });
    this.#options.clock.after(DEADLINE_MS, () => this.#giveUp());
    void this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      this.#closingName = part.name;
      try {
        await part.close();
      } catch (error) {
        this.#fail(`Cannot close ${part.name}`, error);
      }
    }
    this.#exit(this.#exitCode);
  }

  #giveUp(): void {
    const waiting = this.#parts.map(({ name }) => name).reverse();
    this.#options.log.error('Shutdown takes too long: ending without it', {
      hangs: this.#closingName,
      notClosed: waiting.join(', ') || undefined,
    });
    this.#exitCode = 1;
    this.#options.clock.after(GRACE_MS, () => this.#exit(1));
    void this.#closeAll();
  }

  #handleSignal(signal: string): void {
    if (this.#closing) this.#exit(1);
    else this.start(signal);
  }

  #handleFault(fault: string, cause: unknown): void {
    this.#fail(`Unexpected error (${fault})`, cause);
    this.start(fault, 1);
  }

  #fail(message: string, error: unknown): void {
    this.#exitCode = 1;
    this.#options.log.error(message, {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  #exit(code: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#options.process.exit(code);
  }
}
