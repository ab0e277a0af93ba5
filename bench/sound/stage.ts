// Where a scenario plays: a server, a crowd of listeners, and if need be a bad link between them and a fault.

import { ServerProcess } from '../../test/support/server-process.ts';
import type { LinkQuality } from '../links/link.ts';
import { BusyProcesses, otherCpus, pin, SERVER_CPUS } from './cpus.ts';
import { Crowd } from './crowd.ts';
import { type Fault, needsLink, qualityOf } from './fault.ts';
import { summarise } from './measured.ts';
import { pause } from './pause.ts';
import type { Point } from './point.ts';
import type { RelaySkills } from './relay-skills.ts';
import { RemoteWorker } from './remote-worker.ts';
import { ServerWatch } from './server-watch.ts';

interface StageOptions {
  /** As many as the server may have to serve. */
  readonly maxClients: number;
  readonly seed: number;
  /** Whether there is a link whose quality can be changed. */
  readonly hasLink?: boolean;
  readonly fault?: Fault | undefined;
}

export class Stage {
  readonly server: ServerProcess;
  readonly crowd: Crowd;
  readonly relay: RemoteWorker<RelaySkills> | undefined;
  readonly #watch: ServerWatch;
  #busy: BusyProcesses | undefined;

  private constructor(server: ServerProcess, { seed, hasLink = false, fault }: StageOptions) {
    this.server = server;
    this.relay =
      hasLink || needsLink(fault)
        ? new RemoteWorker<RelaySkills>('./relay-process.ts', [String(seed)])
        : undefined;
    const cpus = fault?.kind === 'cpu' ? otherCpus() : undefined;
    this.crowd = new Crowd({ server: server.url, relay: this.relay, cpus });
    this.#watch = new ServerWatch(server);
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { maxClients, fault } = options;
    const console = `device: "tones:", max_listeners: ${maxClients}`;
    const server = await ServerProcess.start({ console, logLevel: 'warn' });
    const stage = new Stage(server, options);
    try {
      if (fault) await stage.#inject(fault);
    } catch (cause) {
      await stage.close();
      throw cause;
    }
    return stage;
  }

  async change(quality: LinkQuality): Promise<void> {
    await this.relay?.ask('change', quality);
  }

  async measure(label: string, durationMs: number): Promise<Point> {
    await this.#read();
    const startMs = performance.now();
    await pause(durationMs);
    const [processes, server] = await this.#read();
    const seconds = (performance.now() - startMs) / 1_000;
    return summarise({ label, seconds, hasLink: this.relay !== undefined, processes, server });
  }

  async close(): Promise<void> {
    this.#busy?.close();
    this.#watch.close();
    this.crowd.close();
    this.relay?.close();
    await this.server.dispose();
  }

  #read() {
    return Promise.all([this.crowd.read(), this.#watch.read()]);
  }

  async #inject(fault: Fault): Promise<void> {
    if (fault.kind === 'cpu') {
      pin(this.server.pid, SERVER_CPUS);
      this.#busy = new BusyProcesses({ cpus: SERVER_CPUS, percent: fault.percent });
    } else await this.change(qualityOf(fault));
  }
}
