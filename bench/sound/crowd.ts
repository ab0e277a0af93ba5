// Listeners in processes of their own: the first process plays what it hears, the others count.

import { type CpuSet, pin } from './cpus.ts';
import type { ListenerSkills, ProcessReading } from './listener-skills.ts';
import { pause } from './pause.ts';
import type { RelaySkills } from './relay-skills.ts';
import { RemoteWorker } from './remote-worker.ts';

/** 50 listeners are 20,000 packets a second, which take a Node process some half of a core. */
const LISTENERS_PER_PROCESS = 50;
const JOIN_WITHIN_MS = 15_000;
const POLL_MS = 50;

interface CrowdOptions {
  readonly server: string;
  /** Between the server and all of them. */
  readonly relay: RemoteWorker<RelaySkills> | undefined;
  /** Undefined: anywhere. */
  readonly cpus: CpuSet | undefined;
}

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #processes: RemoteWorker<ListenerSkills>[] = [];
  #size = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Resolves when all have heard something, or after 15 s. */
  async growTo(size: number): Promise<void> {
    while (this.#size < size) await this.#add();
    const endMs = performance.now() + JOIN_WITHIN_MS;
    while ((await this.#countHearing()) < size && performance.now() < endMs) await pause(POLL_MS);
  }

  read(): Promise<ProcessReading[]> {
    return Promise.all(this.#processes.map((each) => each.ask('read', null)));
  }

  async cut(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.ask('cut', null)));
  }

  close(): void {
    for (const each of this.#processes) each.close();
  }

  async #add(): Promise<void> {
    const isDecoding = this.#size === 0;
    const process = this.#processFor(this.#size);
    this.#size++;
    const { at, port } = await process.ask('bind', { isDecoding });
    const udpPort = (await this.#options.relay?.ask('open', { port })) ?? port;
    await process.ask('start', { at, udpPort });
  }

  #processFor(number: number): RemoteWorker<ListenerSkills> {
    const place = Math.ceil(number / LISTENERS_PER_PROCESS);
    const known = this.#processes[place];
    if (known) return known;
    const worker = new RemoteWorker<ListenerSkills>('./listener-process.ts', [
      this.#options.server,
    ]);
    if (this.#options.cpus) pin(worker.pid, this.#options.cpus);
    this.#processes.push(worker);
    return worker;
  }

  async #countHearing(): Promise<number> {
    const counts = await Promise.all(this.#processes.map((each) => each.ask('count', null)));
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
