// One life of the sound engine's thread: its start, its end and what is said in between.

import { Worker } from 'node:worker_threads';
import type { Clock } from '#std/clock.ts';
import { toListenError } from '../listen-error.ts';
import type { EngineReply, EngineRequest, EngineThreadData } from './messages.ts';

/** For the capture to end. The whole server has 5 s. */
const CLOSE_WITHIN_MS = 3_000;

interface EngineWorkerOptions {
  readonly script: URL;
  readonly data: EngineThreadData;
  onReply(reply: EngineReply): void;
}

export class EngineWorker {
  /** The port; rejects with why it ended before. */
  readonly ready: Promise<number>;
  /** Why; never rejects. */
  readonly ended: Promise<Error>;
  readonly #worker: Worker;

  constructor({ script, data, onReply }: EngineWorkerOptions) {
    this.#worker = new Worker(script, { workerData: data, name: 'sound' });
    this.#worker.on('message', onReply);
    this.ended = this.#waitForEnd(data.port);
    this.ready = Promise.race([this.#waitFor('ready'), this.ended]).then((outcome) => {
      if (outcome instanceof Error) throw outcome;
      return outcome.port;
    });
    // Who closes it before does not ask.
    this.ready.catch(() => {});
  }

  post(request: EngineRequest): void {
    this.#worker.postMessage(request);
  }

  /** In order where it can be, and in any case. */
  async close(clock: Clock): Promise<void> {
    const tooLate = new Promise<void>((resolve) => {
      const timer = clock.after(CLOSE_WITHIN_MS, resolve);
      void this.ended.then(() => timer.cancel());
    });
    const closed = this.#waitFor('closed');
    this.post({ kind: 'close' });
    await Promise.race([closed, this.ended, tooLate]);
    await this.#worker.terminate();
  }

  #waitFor<Kind extends EngineReply['kind']>(kind: Kind) {
    return new Promise<EngineReply & { kind: Kind }>((resolve) => {
      const isIt = (reply: EngineReply): reply is EngineReply & { kind: Kind } =>
        reply.kind === kind;
      this.#worker.on('message', (reply: EngineReply) => {
        if (isIt(reply)) resolve(reply);
      });
    });
  }

  #waitForEnd(port: number): Promise<Error> {
    let failure: Error | undefined;
    this.#worker.on('message', (reply: EngineReply) => {
      if (reply.kind !== 'refused') return;
      failure = describeRefusal(reply, port);
      void this.#worker.terminate();
    });
    this.#worker.on('error', (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error));
    });
    return new Promise((resolve) => {
      this.#worker.on('exit', (code) => resolve(failure ?? new Error(`exit code ${code}`)));
    });
  }
}

function describeRefusal(refused: EngineReply & { kind: 'refused' }, port: number): Error {
  const key = 'console.rtp_port';
  const cause = Object.assign(new Error(refused.reason), { code: refused.systemCode });
  return toListenError(cause, { host: '0.0.0.0', port, hostKey: key, portKey: key });
}
