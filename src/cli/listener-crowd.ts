// Many listeners in one process: opened, told of together, and judged at the end.

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { InputError } from '#std/errors.ts';
import { summarise } from './crowd-stats.ts';
import type { ListenOptions } from './listen-arguments.ts';
import type { ListenEntry, StatsFigures } from './listen-entry.ts';
import { NativeListener } from './native-listener.ts';
import { openOpusDecoders } from './opus-decoder.ts';
import { readDefaultLayout } from './server-address.ts';

const STATS_PERIOD_MS = 5_000;
/** RTP takes even ports. */
const PORTS_APART = 2;
const MAX_PORT = 65_535;

interface CrowdOptions {
  readonly server: string;
  readonly listen: ListenOptions;
  readonly clock: Clock;
  readonly tell: (entry: ListenEntry) => void;
}

export class ListenerCrowd {
  readonly #options: CrowdOptions;
  readonly #listeners: NativeListener[] = [];
  #timer: Timer | undefined;
  #ended = 0;
  #onOver = () => {};

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Rejects with `port_taken`. */
  async start(): Promise<void> {
    const { server, listen, clock } = this.#options;
    const openDecoder = listen.decode > 0 ? await openOpusDecoders() : undefined;
    const udpPorts = await this.#countPorts();
    for (let at = 0; at < listen.count; at++) {
      const listener = await NativeListener.open({
        number: at + 1,
        server,
        udpPort: this.#portOf(at, udpPorts),
        udpPorts,
        listen,
        openDecoder: at < listen.decode ? openDecoder : undefined,
        clock,
        tell: this.#options.tell,
        onStats: (number, stats) => this.#tellStats(number, stats),
        onEnd: () => this.#noteEnd(),
      });
      this.#listeners.push(listener);
    }
    if (listen.count > 1) this.#timer = clock.every(STATS_PERIOD_MS, () => this.#tellCrowd());
  }

  /** All of them were sent away. */
  untilOver(): Promise<void> {
    return new Promise((resolve) => {
      this.#onOver = resolve;
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  /** False if something was not as it should be. */
  tellResult(): boolean {
    for (const { number, summary } of this.#listeners) {
      this.#options.tell({ type: 'summary', listener: number, summary });
    }
    return this.#listeners.every(({ isGood }) => isGood);
  }

  async #countPorts(): Promise<number> {
    const { server, listen } = this.#options;
    const layout = listen.layout ?? (await readDefaultLayout(server));
    return layout === 'plain' ? (listen.channels?.length ?? CONSOLE_CHANNELS) : 1;
  }

  #portOf(at: number, udpPorts: number): number {
    const { udpPort } = this.#options.listen;
    if (udpPort === 0) return 0;
    const port = udpPort + at * udpPorts * PORTS_APART;
    if (port <= MAX_PORT) return port;
    throw new InputError(
      `Listener ${at + 1} would need UDP port ${port}. Set UDP_PORT lower, or to 0 for any.`,
      { code: 'invalid_arguments' },
    );
  }

  #tellStats(listener: number, stats: StatsFigures): void {
    const { listen, tell } = this.#options;
    if (listen.count === 1) tell({ type: 'stats', listener, stats });
  }

  #tellCrowd(): void {
    const crowd = this.#listeners.flatMap(({ number: listener, latest }) =>
      latest ? [{ listener, stats: latest }] : [],
    );
    const entry = summarise(crowd);
    if (entry) this.#options.tell(entry);
  }

  #noteEnd(): void {
    this.#ended++;
    if (this.#ended === this.#options.listen.count) this.#onOver();
  }
}
