// A process of its own that does what it is asked, one question after the other: the asking side.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Answers take milliseconds; joining takes seconds. */
const ANSWER_WITHIN_MS = 60_000;

/** What a worker can do: names and what it takes and gives. */
export type Skills<Names extends string> = Readonly<
  Record<Names, (argument: never) => Promise<unknown>>
>;

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}

interface Open {
  resolve(value: unknown): void;
  reject(cause: Error): void;
  readonly timer: NodeJS.Timeout;
}

export class RemoteWorker<S extends Skills<keyof S & string>> {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, Open>();
  #asked = 0;

  /** A script beside this one, and its arguments. */
  constructor(script: string, words: readonly string[] = []) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#child = fork(path, [...words], { stdio: 'inherit' });
    this.#child.on('message', (answer: Answer) => this.#take(answer));
    this.#child.on('exit', (code, signal) => this.#giveUp(`${script} ended: ${signal ?? code}`));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  ask<Name extends keyof S & string>(
    name: Name,
    argument: Parameters<S[Name]>[0],
  ): Promise<Awaited<ReturnType<S[Name]>>> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#take({ id, failure: `no answer to ${name}` }),
        ANSWER_WITHIN_MS,
      );
      this.#open.set(id, { resolve: resolve as Open['resolve'], reject, timer });
      this.#child.send({ id, name, argument } satisfies Question, (cause) => {
        if (cause) this.#take({ id, failure: String(cause) });
      });
    });
  }

  /** It ends when it is asked no more. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #take({ id, value, failure }: Answer): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    clearTimeout(open.timer);
    if (failure === undefined) open.resolve(value);
    else open.reject(new Error(failure));
  }

  #giveUp(failure: string): void {
    for (const id of this.#open.keys()) this.#take({ id, failure });
  }
}
