// One life of the thread that announces one name on some interfaces.

import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import type { AnnouncerData, AnnouncerReply, AnnouncerRequest } from './messages.ts';

/** Saying goodbye takes 250 ms. */
const CLOSE_WITHIN_MS = 2_000;
/** Of what the library says. */
const MAX_LINE_CHARACTERS = 500;

interface AnnouncerOptions {
  readonly script: URL;
  readonly data: AnnouncerData;
  readonly log: Log;
  onAnnounced(): void;
  onTaken(): void;
  /** Also after `close`. */
  onEnded(reason: string): void;
}

export class Announcer {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;

  constructor(options: AnnouncerOptions) {
    const { script, data, log, onEnded } = options;
    this.#worker = new Worker(script, {
      workerData: data,
      name: 'mdns',
      stdout: true,
      stderr: true,
    });
    for (const output of [this.#worker.stdout, this.#worker.stderr]) logLines(output, log);
    this.#worker.on('message', ({ kind }: AnnouncerReply) => {
      if (kind === 'announced') options.onAnnounced();
      if (kind === 'taken') options.onTaken();
    });
    let reason: string | undefined;
    this.#worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        onEnded(reason ?? `exit code ${code}`);
        resolve();
      });
    });
  }

  /** Says goodbye, if that can be done in time. */
  async close(clock: Clock): Promise<void> {
    await new Promise<void>((resolve) => {
      const tooLate = clock.after(CLOSE_WITHIN_MS, resolve);
      const finish = () => {
        tooLate.cancel();
        resolve();
      };
      this.#worker.on('message', ({ kind }: AnnouncerReply) => {
        if (kind === 'closed') finish();
      });
      void this.#ended.then(finish);
      this.#worker.postMessage({ kind: 'close' } satisfies AnnouncerRequest);
    });
    await this.#worker.terminate();
  }
}

function logLines(output: Readable, log: Log): void {
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    log.debug('mDNS library', { line: text.trim().slice(0, MAX_LINE_CHARACTERS) });
  });
}
