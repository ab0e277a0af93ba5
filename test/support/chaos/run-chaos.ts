// Failing cameras beside healthy ones whose viewers count every frame: what was not as it has to be.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StreamView } from '#contract/streams.ts';
import { readProcess } from '../process-figures.ts';
import { ServerProcess } from '../server-process.ts';
import { until } from '../until.ts';
import type { CameraAddresses, CameraCount, CameraOrder } from './camera-process.ts';
import type { ViewerCount } from './viewer-process.ts';
import { WAYS_TO_FAIL } from './ways-to-fail.ts';

interface ChaosOptions {
  readonly seed: number;
  readonly healthy: number;
  readonly viewersEach: number;
  readonly failing: number;
  readonly durationMs: number;
  /** Called a few times a minute. */
  readonly onLook?: (look: ChaosLook) => void;
}

interface ChaosLook {
  readonly atMs: number;
  readonly rssBytes: number;
  /** Of the list of streams, the slowest since the last look. */
  readonly answerMs: number;
  readonly frames: number;
}

export interface ChaosReport {
  /** In words; empty if all went well. */
  readonly faults: readonly string[];
  readonly looks: readonly ChaosLook[];
  readonly frames: number;
  readonly disturbances: number;
}

const CAMERAS = fileURLToPath(new URL('./camera-process.ts', import.meta.url));
const VIEWERS = fileURLToPath(new URL('./viewer-process.ts', import.meta.url));
/** Waiting longest: the timeout below, then the longest pause between two attempts, twice. */
const END_WITHIN_MS = 90_000;
const ARRIVE_WITHIN_MS = 5_000;
const JOIN_WITHIN_MS = 60_000;
const TIMEOUT_SECONDS = 3;
const LOOK_EVERY_MS = 5_000;
const ASK_EVERY_MS = 250;
/** One answer for each of two challenges, and never one more: cameras lock the account after three. */
const MAX_WRONG_PASSWORDS = 2;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, healthy, failing } = options;
  const cameras = fork(CAMERAS, [seed, healthy, failing].map(String), { stdio: 'inherit' });
  const [addresses] = (await once(cameras, 'message')) as [CameraAddresses];
  try {
    const server = await ServerProcess.start({ yaml: streamsOf(addresses) });
    try {
      return await new Chaos(server, cameras, options).run();
    } finally {
      await server.dispose();
    }
  } finally {
    cameras.disconnect();
  }
}

function streamsOf({ healthy, failing }: CameraAddresses): string {
  const lines = [
    ...healthy.map((address, at) => `  ${healthyName(at)}: { source: "${address}" }`),
    ...failing.map((address, at) => {
      const { settings } = wayOf(at);
      const more = settings === undefined ? '' : `, ${settings}`;
      return `  ${failingName(at)}: { source: "${address}", timeout: ${TIMEOUT_SECONDS}${more} }`;
    }),
  ];
  return `streams:\n${lines.join('\n')}\n`;
}

const healthyName = (at: number) => `healthy-${at}`;
const failingName = (at: number) => `failing-${at}`;

function wayOf(at: number) {
  return WAYS_TO_FAIL[at % WAYS_TO_FAIL.length]!;
}

class Chaos {
  readonly #server: ServerProcess;
  readonly #cameras: ChildProcess;
  readonly #options: ChaosOptions;
  readonly #viewers: ChildProcess;
  readonly #looks: ChaosLook[] = [];
  #count: ViewerCount = { connected: 0, frames: 0, lost: 0, faults: [], last: [] };

  constructor(server: ServerProcess, cameras: ChildProcess, options: ChaosOptions) {
    this.#server = server;
    this.#cameras = cameras;
    this.#options = options;
    const names = Array.from({ length: options.healthy }, (_, at) => healthyName(at)).join(',');
    const args = [server.url, names, String(options.viewersEach)];
    this.#viewers = fork(VIEWERS, args, { stdio: 'inherit' });
    this.#viewers.on('message', (count: ViewerCount) => {
      this.#count = count;
    });
  }

  async run(): Promise<ChaosReport> {
    try {
      return await this.#run();
    } finally {
      if (this.#viewers.connected) this.#viewers.disconnect();
    }
  }

  async #run(): Promise<ChaosReport> {
    const { healthy, viewersEach, durationMs } = this.#options;
    const viewers = healthy * viewersEach;
    await until(() => this.#count.connected === viewers && this.#count.frames > 0, {
      what: `${viewers} viewers`,
      withinMs: JOIN_WITHIN_MS,
    });
    this.#order('disturb');
    await this.#watch(durationMs);
    this.#order('end');
    const ends = await this.#awaitEnds();
    const count = await this.#countCameras();
    const arrivals = await this.#awaitFrames(count);
    return {
      faults: [...ends, ...arrivals, ...this.#judge(count)],
      looks: this.#looks,
      frames: this.#count.frames,
      disturbances: count.disturbances,
    };
  }

  async #watch(durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs;
    let lookAtMs = 0;
    let answerMs = 0;
    while (performance.now() < endMs) {
      const askedMs = performance.now();
      await this.#streams();
      answerMs = Math.max(answerMs, performance.now() - askedMs);
      if (askedMs >= lookAtMs) {
        lookAtMs = askedMs + LOOK_EVERY_MS;
        this.#look(answerMs);
        answerMs = 0;
      }
      await pause(ASK_EVERY_MS);
    }
  }

  #look(answerMs: number): void {
    const { rssBytes } = readProcess(this.#server.pid);
    const look = { atMs: performance.now(), rssBytes, answerMs, frames: this.#count.frames };
    this.#looks.push(look);
    this.#options.onLook?.(look);
  }

  /** Which cameras did not come to the state that their failure deserves, with a reason in words. */
  async #awaitEnds(): Promise<string[]> {
    let wrong: string[] = [];
    const look = async () => {
      await pause(ASK_EVERY_MS);
      wrong = judgeEnds(await this.#streams());
      return wrong.length === 0;
    };
    await until(look, { what: 'the ends', withinMs: END_WITHIN_MS }).catch(() => {});
    return wrong;
  }

  async #countCameras(): Promise<CameraCount> {
    const counted = once(this.#cameras, 'message');
    this.#order('count');
    const [count] = (await counted) as [CameraCount];
    return count;
  }

  /** Which viewers never got what their camera had sent by then. */
  async #awaitFrames({ frames }: CameraCount): Promise<string[]> {
    const { viewersEach } = this.#options;
    const missing = () =>
      this.#count.last.flatMap((last, at) => {
        const sent = frames[Math.floor(at / viewersEach)]!;
        return last >= sent - 1 ? [] : [`viewer ${at} got ${last} of ${sent} frames`];
      });
    await until(() => missing().length === 0, {
      what: 'the last frames',
      withinMs: ARRIVE_WITHIN_MS,
    }).catch(() => {});
    return missing();
  }

  #judge({ connections, wrongPasswords }: CameraCount): string[] {
    const { healthy, viewersEach } = this.#options;
    const viewers = healthy * viewersEach;
    const { connected, frames, lost, faults, last } = this.#count;
    return [
      ...faults,
      ...(viewers > 0 && last.length === viewers ? [] : [`there are ${last.length} viewers`]),
      ...(frames > 0 ? [] : ['no frame came']),
      ...(connected === viewers ? [] : [`${connected} of ${viewers} viewers are connected`]),
      ...(lost === 0 ? [] : [`${lost} packets were lost on the way to viewers`]),
      ...connections
        .map((ever, at) => (ever === 1 ? '' : `${healthyName(at)} was opened ${ever} times`))
        .filter(Boolean),
      ...wrongPasswords
        .map((tries, at) =>
          tries <= MAX_WRONG_PASSWORDS ? '' : `${wayOf(at).name}: ${tries} wrong passwords`,
        )
        .filter(Boolean),
      ...this.#server.output
        .split('\n')
        .filter((line) => /\bERROR\b|"level":"?(error|50)|unexpected/i.test(line)),
    ];
  }

  #order(order: CameraOrder): void {
    this.#cameras.send(order);
  }

  async #streams(): Promise<readonly StreamView[]> {
    const response = await fetch(`${this.#server.url}/api/v1/streams`);
    const { streams } = (await response.json()) as { streams: StreamView[] };
    return streams;
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function judgeEnds(streams: readonly StreamView[]): string[] {
  return streams
    .filter(({ id }) => id.startsWith('failing-'))
    .flatMap(({ id, state, reason }) => {
      const way = wayOf(Number(id.slice('failing-'.length)));
      const right = state === way.state && (way.reason?.test(reason ?? '') ?? true);
      return right ? [] : [`a camera that ${way.name} is ${state}: ${reason}`];
    });
}
