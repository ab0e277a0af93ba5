// A console with a fake engine, a store in memory and listeners that remember what they are told.

import type { ListeningMessage } from '#contract/listening.ts';
import { Console } from '#core/console/console.ts';
import type { ListenerLink } from '#core/console/listener.ts';
import { FakeConsoleStore } from './fake-console-store.ts';
import { FakeSoundEngine } from './fake-sound-engine.ts';
import { seededRandom } from './seeded-random.ts';
import { SilentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export class FakeLink implements ListenerLink {
  readonly userAgent = 'test';
  readonly messages: ListeningMessage[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Called by the next message. */
  onSend: (() => void) | undefined;

  readonly address: string;

  constructor(address = '10.0.0.7') {
    this.address = address;
  }

  send(message: ListeningMessage): void {
    if (this.closed) throw new Error('a message came after the end');
    this.messages.push(message);
    const { onSend } = this;
    this.onSend = undefined;
    onSend?.();
  }

  close(code: number, reason: string): void {
    if (this.closed) throw new Error('it was closed before');
    this.closed = { code, reason };
  }

  all<Type extends ListeningMessage['type']>(type: Type) {
    return this.messages.filter(
      (message): message is Extract<ListeningMessage, { type: Type }> => message.type === type,
    );
  }

  get config() {
    return this.all('stream_config').at(-1)?.payload;
  }

  get events() {
    return this.all('event').map(({ payload }) => payload);
  }
}

type Wish = Parameters<ReturnType<Console['open']>['configure']>[0];

export type ConsoleSetUp = ReturnType<typeof setUpConsole>;

export function setUpConsole(
  options: {
    device?: string;
    maxListeners?: number;
    card?: string | null;
    seed?: number;
    /** How many different random words there are. */
    words?: number;
  } = {},
) {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const store = new FakeConsoleStore();
  const engine = new FakeSoundEngine();
  const random = seededRandom(options.seed ?? 1);
  const words = options.words ?? 2 ** 32;
  const randomWord = () => Math.floor(random() * words);
  let ids = 0;
  const world = { card: options.card ?? null };
  const console = new Console({
    clock,
    log,
    store,
    maxListeners: options.maxListeners ?? 20,
    device: options.device ?? null,
    findCard: async () => world.card,
    newId: () => {
      ids++;
      return `listener-${ids}`;
    },
    randomWord,
    version: '1.2.3',
    usage: () => ({ cpuPercent: 45.2, memoryMb: 128.5 }),
  });
  console.start(engine);

  const join = (address?: string) => {
    const link = new FakeLink(address);
    return { link, session: console.open(link) };
  };
  /** One that gets sound. */
  const listen = (wish: Wish = {}) => {
    const { link, session } = join();
    const udpPort = nextPort;
    nextPort += 100;
    console.requestAudio({ udpPort, clientId: session.id, address: link.address });
    session.configure(wish);
    return { link, session, udpPort, plan: () => engine.listener(session.id) };
  };
  let nextPort = 6000;
  let beats = 0;
  /** Time passes, and these are heard of each 10 s. */
  const live = (seconds: number, ...sessions: { heartbeat(timestamp: string): void }[]) => {
    for (let passed = 0; passed < seconds; passed += 10) {
      clock.advance(Math.min(10, seconds - passed) * 1_000);
      const timestamp = new Date(clock.wallMs() + beats++).toISOString();
      for (const session of sessions) session.heartbeat(timestamp);
    }
  };
  return { clock, log, store, engine, console, world, join, listen, live };
}
