// How one listener in trouble is helped, step by step, and how it comes back.

import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { consoleSettingsDefaults as thresholds } from '#contract/console.ts';
import { PACKET_TIMES_MS } from '#contract/sound.ts';
import type { Rendition } from '#core/ports/sound-engine.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { ListenerAdaptation } from './listener-adaptation.ts';

const opus = { codec: 'opus', sampleRate: 48_000, packetMs: 5, bitrate: 64_000 } as const;
const pcm = { ...opus, codec: 'pcm', bitrate: 0 } as const;
const GOOD = { at: '', loss_percent: 0, jitter_ms: 1, latency_ms: 20, bandwidth_mbps: 2 };
const LOSSY = { ...GOOD, loss_percent: 3.14 };

let adaptation: ListenerAdaptation;
let clock: VirtualClock;
let base: Rendition;

beforeEach(() => {
  adaptation = new ListenerAdaptation();
  clock = new VirtualClock();
  base = opus;
});

function report(figures: typeof GOOD): boolean {
  return adaptation.take(figures, { base, thresholds, nowMs: clock.nowMs() });
}

/** A report each 5 s; how many changed something. */
function reports(count: number, figures: typeof GOOD): number {
  let changes = 0;
  for (let index = 0; index < count; index++) {
    clock.advance(5_000);
    if (report(figures)) changes++;
  }
  return changes;
}

/** How many good reports it takes until it goes up a step. */
function reportsUntilUp(): number {
  let count = 1;
  while (reports(1, GOOD) === 0 && count < 100) count++;
  return count;
}

const gets = () => {
  const { packetMs, bitrate } = adaptation.adapt(base);
  return [packetMs, bitrate];
};

test('without trouble a listener gets what is set', () => {
  expect(reports(100, GOOD)).toBe(0);
  expect(adaptation.adapt(opus)).toEqual(opus);
  expect(adaptation.explain(opus)).toBeNull();
});

test('one bad report changes nothing, not even the first of many with good ones between', () => {
  for (let round = 0; round < 10; round++) expect(reports(1, LOSSY) + reports(1, GOOD)).toBe(0);
});

test('each two bad reports running are a step: longer packets, then a lower bitrate, then no more', () => {
  const steps = Array.from({ length: 6 }, () => {
    reports(2, LOSSY);
    return gets();
  });
  const least = [20, 32_000];
  expect(steps).toEqual([[10, 64_000], [20, 64_000], [20, 48_000], least, least, least]);
});

test('with PCM only the packets change', () => {
  base = pcm;
  reports(20, LOSSY);
  expect(adaptation.adapt(pcm)).toEqual({ ...pcm, packetMs: 20 });
});

test.each([
  [2.5, 64_000, [5, 10, 20, 20, 20]],
  [20, 64_000, [20, 20]],
] as const)(
  'from %d ms packets with %d bit/s the packets become %j ms',
  (packetMs, bitrate, expected) => {
    base = { ...opus, packetMs, bitrate };
    const times: number[] = [];
    for (let round = 0; round < 8; round++)
      if (reports(2, LOSSY)) times.push(adaptation.adapt(base).packetMs);
    expect(times).toEqual(expected);
  },
);

test.each([
  [40_000, [30_000, 24_000]],
  [32_000, [24_000]],
  [25_000, [24_000]],
  [24_000, []],
  [16_000, []],
])('a bitrate of %d becomes %j, but not less than 24 kbit/s', (bitrate, expected) => {
  base = { ...opus, packetMs: 20, bitrate };
  const rates: number[] = [];
  for (let round = 0; round < 4; round++)
    if (reports(2, LOSSY)) rates.push(adaptation.adapt(base).bitrate);
  expect(rates).toEqual(expected);
});

test('people read what was lowered and why', () => {
  reports(4, LOSSY);
  expect(adaptation.explain(opus)).toBe('20 ms packets: 3.1 % loss');
  reports(2, { ...GOOD, jitter_ms: 12.4 });
  expect(adaptation.explain(opus)).toBe('20 ms packets, 48 kbit/s: 12 ms jitter');
  reports(2, { ...GOOD, latency_ms: 80 });
  expect(adaptation.explain(opus)).toBe('20 ms packets, 32 kbit/s: 80 ms latency');
});

test('thirty good seconds bring it up a step, and it comes back to what is set', () => {
  reports(8, LOSSY);
  const steps = Array.from({ length: 4 }, () => [reportsUntilUp(), ...gets()]);
  // The first one ends nothing but the trouble.
  expect(steps).toEqual([
    [7, 20, 48_000],
    [6, 20, 64_000],
    [6, 10, 64_000],
    [6, 5, 64_000],
  ]);
  expect(reports(100, GOOD)).toBe(0);
  expect(adaptation.explain(opus)).toBeNull();
});

test('a bad report among good ones starts the thirty seconds anew', () => {
  reports(2, LOSSY);
  expect(reports(6, GOOD) + reports(1, LOSSY) + reports(6, GOOD)).toBe(0);
  expect(reports(1, GOOD)).toBe(1);
});

test('each relapse doubles the patience, up to five minutes', () => {
  reports(2, LOSSY);
  const seconds = Array.from({ length: 6 }, () => {
    const waited = reportsUntilUp();
    reports(2, LOSSY);
    return (waited - 1) * 5;
  });
  expect(seconds).toEqual([30, 60, 120, 240, 300, 300]);
});

test('trouble that goes on after a relapse is the same relapse', () => {
  reports(2, LOSSY);
  reportsUntilUp();
  reports(8, LOSSY);
  expect((reportsUntilUp() - 1) * 5).toBe(60);
});

test('who stood for a minute after going up is met with the first patience again', () => {
  reports(2, LOSSY);
  reportsUntilUp();
  reports(2, LOSSY);
  reportsUntilUp();
  reports(12, GOOD);
  reports(2, LOSSY);
  expect((reportsUntilUp() - 1) * 5).toBe(30);
});

test('latency that longer packets make is no trouble, what is above it is', () => {
  reports(4, LOSSY);
  expect(reports(7, { ...GOOD, latency_ms: 65 })).toBe(1);
  expect(gets()).toEqual([10, 64_000]);
  expect(reports(2, { ...GOOD, latency_ms: 55.1 })).toBe(1);
  expect(gets()).toEqual([20, 64_000]);
});

test('a flood of reports decides no faster', () => {
  let changes = 0;
  for (let index = 0; index < 1_000; index++) {
    clock.advance(10);
    if (report(LOSSY)) changes++;
  }
  expect(changes).toBe(1);
});

test('after a silence nothing of what was before counts', () => {
  reports(1, LOSSY);
  clock.advance(15_000);
  expect(reports(1, LOSSY)).toBe(0);
  expect(reports(1, LOSSY)).toBe(1);
  reports(6, GOOD);
  clock.advance(60_000);
  expect(reports(6, GOOD)).toBe(0);
  expect(reports(1, GOOD)).toBe(1);
});

test('what is set may change meanwhile', () => {
  reports(8, LOSSY);
  base = pcm;
  expect(adaptation.adapt(pcm).packetMs).toBe(20);
  expect(adaptation.explain(pcm)).toBe('20 ms packets: 3.1 % loss');
  reports(7, GOOD);
  expect(adaptation.adapt(pcm).packetMs).toBe(10);
  base = { ...pcm, packetMs: 20 };
  expect(adaptation.explain(base)).toBeNull();
});

test('whatever comes, it gets nothing better than what is set, one step at a time, 4 s apart', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 20_000 }),
    loss: fc.constantFrom(0, 0, 5),
    latency: fc.constantFrom(10, 60, 500),
  });
  const rank = ({ packetMs, bitrate }: Rendition) =>
    PACKET_TIMES_MS.indexOf(packetMs) + [64_000, 48_000, 32_000].indexOf(bitrate);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (all) => {
      const one = new ListenerAdaptation();
      let nowMs = 0;
      let changedAtMs = Number.NEGATIVE_INFINITY;
      for (const { waitMs, loss, latency } of all) {
        nowMs += waitMs;
        const before = rank(one.adapt(opus));
        const figures = { ...GOOD, loss_percent: loss, latency_ms: latency };
        const isChanged = one.take(figures, { base: opus, thresholds, nowMs });
        const after = rank(one.adapt(opus));
        expect(Math.abs(after - before)).toBe(isChanged ? 1 : 0);
        expect(after).toBeGreaterThanOrEqual(rank(opus));
        expect(one.explain(opus) === null).toBe(after === rank(opus));
        if (!isChanged) continue;
        expect(nowMs - changedAtMs).toBeGreaterThanOrEqual(4_000);
        changedAtMs = nowMs;
      }
    }),
  );
});
