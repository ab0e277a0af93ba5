// The threads that convert sound: opened when there is something to convert, closed with the last.

import { Worker } from 'node:worker_threads';
import type { Log } from '#core/ports/log.ts';
import type { AudioFormat } from '#core/streams/track-format.ts';
import type { SoundPayload, WorkerReply, WorkerRequest } from './messages.ts';

/** A second thread before this: each conversion takes 1 to 2 % of a core. */
const CONVERSIONS_PER_WORKER = 16;

/** Who waits for a worker's answers. */
export interface WorkerClient {
  onSound(reply: WorkerReply & { kind: 'sound' }): void;
  onFailed(reason: string): void;
}

export interface WorkerLine {
  post(payloads: readonly SoundPayload[]): void;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly clients: Map<number, WorkerClient>;
}

export class SoundWorkers {
  readonly #script: URL;
  readonly #maxThreads: number;
  readonly #log: Log;
  readonly #threads = new Set<Thread>();
  #nextId = 0;

  constructor(options: { script: URL; maxThreads: number; log: Log }) {
    this.#log = options.log;
    this.#script = options.script;
    this.#maxThreads = Math.max(1, options.maxThreads);
  }

  get threads(): number {
    return this.#threads.size;
  }

  open(format: AudioFormat, client: WorkerClient): WorkerLine {
    const thread = this.#leastBusy();
    const id = this.#nextId++;
    thread.clients.set(id, client);
    tell(thread, { kind: 'open', id, format });
    return {
      post: (payloads) => tell(thread, { kind: 'payloads', id, payloads }),
      close: () => this.#release(thread, id),
    };
  }

  #leastBusy(): Thread {
    const [least] = [...this.#threads].sort((a, b) => a.clients.size - b.clients.size);
    const isFull = !least || least.clients.size >= CONVERSIONS_PER_WORKER;
    return isFull && this.#threads.size < this.#maxThreads
      ? this.#start()
      : (least ?? this.#start());
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(this.#script), clients: new Map() };
    this.#threads.add(thread);
    thread.worker.on('message', (reply: WorkerReply) => {
      const client = thread.clients.get(reply.id);
      if (reply.kind === 'sound') client?.onSound(reply);
      else client?.onFailed(reply.reason);
    });
    thread.worker.on('error', (error) => this.#lose(thread, String(error)));
    thread.worker.on('exit', (code) => this.#lose(thread, `exit code ${code}`));
    return thread;
  }

  /** The thread died; the next conversion opens a new one. */
  #lose(thread: Thread, reason: string): void {
    this.#threads.delete(thread);
    const clients = [...thread.clients.values()];
    thread.clients.clear();
    if (clients.length === 0) return;
    this.#log.error('Sound thread ended', { reason, conversions: clients.length });
    for (const client of clients) client.onFailed(`its thread ended: ${reason}`);
  }

  async #release(thread: Thread, id: number): Promise<void> {
    if (!thread.clients.delete(id)) return;
    if (thread.clients.size > 0) return tell(thread, { kind: 'close', id });
    this.#threads.delete(thread);
    await thread.worker.terminate();
  }
}

function tell(thread: Thread, request: WorkerRequest): void {
  thread.worker.postMessage(request);
}
