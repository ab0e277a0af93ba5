// Whatever listeners and admins do in whatever order: the plan stays within the rules.

import fc from 'fast-check';
import { test } from 'vitest';
import type { ConsoleSettings } from '#contract/console.ts';
import type { ListenerConfig } from '#contract/listening.ts';
import { PACKET_TIMES_MS, SAMPLE_RATES } from '#contract/sound.ts';
import { ClosedError, InputError, UnavailableError } from '#std/errors.ts';
import { FakeLink, setUpConsole } from '../../../test/support/console-set-up.ts';

const MAX_LISTENERS = 4;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', 'fd00::3'];

const who = fc.nat(11);
const rate = fc.constantFrom(...SAMPLE_RATES);
const codec = fc.constantFrom('opus' as const, 'pcm' as const, 'pcm24' as const);
const layout = fc.constantFrom('bundle' as const, 'plain' as const);
const channels = fc
  .uniqueArray(fc.integer({ min: 1, max: 32 }))
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), mute: fc.boolean() }))),
  );
const wish = fc.record(
  { channels, sample_rate: rate, compression: codec, layout },
  { requiredKeys: [] },
);
const settings = fc.record(
  {
    sample_rate: rate,
    codec,
    layout,
    packet_time_ms: fc.constantFrom(...PACKET_TIMES_MS),
    test_mode: fc.boolean(),
    adaptive: fc.boolean(),
    device: fc.constantFrom('auto', 'test:', 'hw:XUSB'),
    dscp: fc.nat(63),
    jitter_interpolate_ms: fc.nat(400),
  },
  { requiredKeys: [] },
);
/** A place in the list of addresses. */
const from = fc.nat(ADDRESSES.length - 1);
const anyone = fc.option(who, { nil: undefined });

function kind<const Kind extends string, Rest extends object>(
  kind: Kind,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.Arbitrary<{ kind: Kind } & Rest> {
  return fc.record(rest).map((values) => ({ kind, ...(values as Rest) }));
}

const port = fc.integer({ min: 1_024, max: 65_535 });
const often = [
  kind('join', { from }),
  kind('port', { who: anyone, from, port }),
  kind('wish', { who, wish }),
  kind('beat', { who }),
  kind('wait', { ms: fc.nat(20_000) }),
];
const seldom = [
  kind('leave', { who }),
  kind('oldBeat', { who }),
  kind('report', { who, from, latencyMs: fc.nat(400) }),
  kind('settings', { settings }),
  kind('mapping', { shift: fc.nat(31), mapped: fc.nat(32) }),
  kind('kick', { who }),
  kind('message', { who: anyone }),
];
const step = fc.oneof(...often, ...often, ...often, ...seldom, kind('close', {}));
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

test('no order of calls breaks the rules', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat(), (steps, seed) => {
      const world = new World(seed);
      for (const each of steps) {
        world.tryOut(each);
        world.check();
      }
    }),
    { numRuns: 300 },
  );
});

interface Ear {
  readonly link: FakeLink;
  readonly session: ReturnType<ReturnType<typeof setUpConsole>['console']['open']>;
  readonly address: string;
  heardMs: number;
  hasBeaten: boolean;
  port: number | undefined;
}

/** The console, and what is known of its listeners from outside. */
class World {
  readonly #setUp: ReturnType<typeof setUpConsole>;
  readonly #ears: Ear[] = [];

  constructor(seed: number) {
    // So few words that SSRCs collide unless that is seen to.
    this.#setUp = setUpConsole({ maxListeners: MAX_LISTENERS, seed, words: 64 });
  }

  tryOut(step: Step): void {
    try {
      this.#do(step);
    } catch (error) {
      const isRefusal = [InputError, UnavailableError, ClosedError].some(
        (kind) => error instanceof kind,
      );
      if (!isRefusal) throw error;
    }
  }

  check(): void {
    const { clock, console, engine } = this.#setUp;
    const { listeners } = engine.plan;
    if (listeners.length > MAX_LISTENERS || console.listeners().length > MAX_LISTENERS) {
      throw new Error('more listeners than places');
    }
    const ssrcs = listeners.flatMap(({ rtpStreams }) => rtpStreams.map(({ ssrc }) => ssrc));
    if (new Set(ssrcs).size < ssrcs.length) throw new Error('an SSRC twice');
    for (const { id, address, rtpStreams } of listeners) {
      const ear = this.#ears.find(({ session }) => session.id === id);
      if (!ear || ear.link.closed) throw new Error('somebody who is gone');
      if (clock.nowMs() - ear.heardMs >= 30_000) throw new Error('somebody silent');
      if (address !== ear.address) throw new Error('a foreign address');
      if (rtpStreams[0]?.port !== ear.port) throw new Error('a port that nobody asked for');
      if (rtpStreams.some(({ port }) => port > 65_535)) throw new Error('no port');
    }
  }

  #do(step: Step): void {
    const { clock, console } = this.#setUp;
    switch (step.kind) {
      case 'join':
        this.#join(ADDRESSES[step.from]!);
        break;
      case 'port':
        this.#port(step.who, ADDRESSES[step.from]!, step.port);
        break;
      case 'wait':
        clock.advance(step.ms);
        break;
      case 'settings':
        console.changeSettings(step.settings as Partial<ConsoleSettings>);
        break;
      case 'mapping':
        this.#map(step.shift, step.mapped);
        break;
      case 'message':
        console.sendMessage(
          'hello',
          step.who === undefined ? undefined : this.#ear(step.who)?.session.id,
        );
        break;
      case 'close':
        console.close();
        break;
      default:
        this.#say(step);
        break;
    }
  }

  #say(step: Exclude<Extract<Step, { who: unknown }>, { kind: 'port' | 'message' }>): void {
    const { console } = this.#setUp;
    const ear = this.#ear(step.who);
    if (!ear) return;
    switch (step.kind) {
      case 'leave':
        ear.session.close();
        break;
      case 'wish':
        ear.session.configure(step.wish as ListenerConfig);
        break;
      case 'beat':
        this.#beat(ear);
        break;
      case 'oldBeat':
        this.#beatOld(ear);
        break;
      case 'kick':
        console.kick(ear.session.id);
        break;
      case 'report':
        console.report(report(ear.session.id, step.latencyMs), ADDRESSES[step.from]!);
    }
  }

  #ear(at: number): Ear | undefined {
    return this.#ears[at % Math.max(1, this.#ears.length)];
  }

  #join(address: string): void {
    const { clock, console } = this.#setUp;
    const link = new FakeLink(address);
    const session = console.open(link);
    const heardMs = clock.nowMs();
    this.#ears.push({ link, session, address, heardMs, hasBeaten: false, port: undefined });
  }

  #port(who: number | undefined, address: string, udpPort: number): void {
    const clientId = who === undefined ? undefined : (this.#ear(who)?.session.id ?? 'nobody');
    const { client_id } = this.#setUp.console.requestAudio({ udpPort, clientId, address });
    const ear = this.#ears.find(({ session }) => session.id === client_id);
    if (ear?.address !== address) throw new Error('a foreign port was taken');
    ear.port = udpPort;
  }

  #beat(ear: Ear): void {
    const { clock } = this.#setUp;
    ear.session.heartbeat(new Date(clock.wallMs()).toISOString());
    ear.heardMs = clock.nowMs();
    ear.hasBeaten = true;
  }

  /** Counts as heard only if nothing newer was. */
  #beatOld(ear: Ear): void {
    ear.session.heartbeat('2020-01-01T00:00:00Z');
    if (!ear.hasBeaten) ear.heardMs = this.#setUp.clock.nowMs();
  }

  #map(shift: number, mapped: number): void {
    const { console, store } = this.#setUp;
    const all = store.consoleChannels();
    const turned = [...all.slice(shift), ...all.slice(0, shift)];
    console.changeChannels(turned.map((channel, at) => ({ ...channel, mapped: at < mapped })));
  }
}

function report(client_id: string, latency_ms: number) {
  const metrics = {
    packets_received: 90,
    packets_expected: 100,
    packet_loss_rate: 10,
    jitter_ms: 3,
    latency_ms,
    bandwidth_mbps: 1,
  };
  return { client_id, timestamp: 'now', metrics };
}
