// Listeners who each want something else: nobody's wishes stop the sound of all.

import { expect, test } from 'vitest';
import { SAMPLE_RATES } from '#contract/sound.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import { setUpConsole } from '../../../test/support/console-set-up.ts';
import { shareRendition } from './shared-renditions.ts';

const USUAL: Rendition = { codec: 'opus', sampleRate: 48_000, packetMs: 5, bitrate: 64_000 };
const OTHERS: readonly Rendition[] = [
  { ...USUAL, packetMs: 10 },
  { ...USUAL, packetMs: 20 },
  { ...USUAL, sampleRate: 32_000, bitrate: 48_000 },
  { ...USUAL, sampleRate: 24_000, bitrate: 48_000 },
];
const WANTED: Rendition = { ...USUAL, packetMs: 20, bitrate: 32_000 };

test('while there is room, everybody gets what he wants', () => {
  const inUse = [USUAL, USUAL, ...OTHERS.slice(1), ...OTHERS.slice(1)];
  expect(shareRendition(WANTED, { usual: USUAL, inUse })).toBe(WANTED);
});

test('without room it is what is nearest, in packet time before all', () => {
  const shared = shareRendition(WANTED, { usual: USUAL, inUse: OTHERS });
  expect(shared).toBe(OTHERS[1]);
  const hasLittle = { ...USUAL, bitrate: 60_000 };
  expect(shareRendition(hasLittle, { usual: USUAL, inUse: OTHERS })).toBe(USUAL);
});

test('what is set, what others get, and PCM need no room', () => {
  const pcm: Rendition = { codec: 'pcm', sampleRate: 24_000, packetMs: 20, bitrate: 0 };
  for (const wanted of [USUAL, ...OTHERS, pcm]) {
    expect(shareRendition(wanted, { usual: USUAL, inUse: OTHERS })).toBe(wanted);
  }
  const inUse = [...OTHERS.slice(1), pcm, { ...pcm, packetMs: 10 } as const];
  expect(shareRendition(WANTED, { usual: USUAL, inUse })).toBe(WANTED);
});

const BAD = {
  packets_received: 50,
  packets_expected: 100,
  packet_loss_rate: 0,
  jitter_ms: 1,
  latency_ms: 1,
  bandwidth_mbps: 2,
};

test('20 listeners at all rates and in all kinds of trouble need five encodings, and are told the truth', () => {
  const { console, engine, listen, clock } = setUpConsole({ device: 'tones:' });
  const all = Array.from({ length: 20 }, (_, at) => ({
    ...listen({ sample_rate: SAMPLE_RATES[at % 4]! }),
    steps: Math.floor(at / 4),
  }));
  for (let round = 0; round < 8; round++) {
    clock.advance(4_000);
    for (const { session, link, steps } of all) {
      session.heartbeat(new Date(clock.wallMs()).toISOString());
      if (round >= 2 * steps) continue;
      const timestamp = new Date(clock.wallMs()).toISOString();
      console.report({ client_id: session.id, timestamp, metrics: BAD }, link.address);
    }
    const renditions = engine.plan.listeners.map(({ rendition }) => JSON.stringify(rendition));
    expect(renditions).toHaveLength(20);
    expect(new Set(renditions).size).toBeLessThanOrEqual(5);
  }
  for (const { link, plan } of all) {
    const { sampleRate, packetMs, bitrate } = plan()!.rendition;
    expect(link.config).toMatchObject({
      sample_rate: sampleRate,
      packet_time_ms: packetMs,
      bitrate,
    });
  }
  expect(all[0]?.plan()?.rendition).toEqual(USUAL);
});

test('whoever had to share gets what it needs with its next report, once another has left', () => {
  const { console, listen, clock } = setUpConsole({ device: 'tones:' });
  const [first] = ([44_100, 32_000, 24_000] as const).map((rate) => listen({ sample_rate: rate }));
  const troubled = [listen(), listen()];
  const suffer = (...sufferers: typeof troubled) => {
    clock.advance(4_000);
    for (const { session, link } of sufferers) {
      const timestamp = new Date(clock.wallMs()).toISOString();
      console.report({ client_id: session.id, timestamp, metrics: BAD }, link.address);
    }
  };
  const packetTimes = () => troubled.map(({ plan }) => plan()?.rendition.packetMs);
  suffer(...troubled);
  suffer(...troubled);
  expect(packetTimes()).toEqual([10, 10]);
  suffer(troubled[1]!);
  suffer(troubled[1]!);
  expect(packetTimes()).toEqual([10, 10]);
  first!.session.close();
  suffer(troubled[1]!);
  expect(packetTimes()).toEqual([10, 20]);
});

test('who has fallen silent takes no room', () => {
  const { console, listen, clock, live } = setUpConsole({ device: 'tones:' });
  const suffer = (...sufferers: ReturnType<typeof listen>[]) => {
    clock.advance(4_000);
    for (const { session, link } of sufferers) {
      const timestamp = new Date(clock.wallMs()).toISOString();
      console.report({ client_id: session.id, timestamp, metrics: BAD }, link.address);
    }
  };
  const silent = SAMPLE_RATES.map((rate) => listen({ sample_rate: rate }));
  const one = listen();
  suffer(one, ...silent);
  suffer(one, ...silent);
  live(40, one.session);
  expect(silent.map(({ plan }) => plan())).toEqual(SAMPLE_RATES.map(() => undefined));
  suffer(one);
  suffer(one);
  expect(one.plan()?.rendition.packetMs).toBe(20);
});
