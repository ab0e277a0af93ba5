// Dates of packets: what the network's delays, drift, jumps and lying sender reports do to them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { type CaptureClock, CaptureClocks } from './capture-clock.ts';

const START_MS = 50_000;
const NTP_SECONDS = 3_900_000_000;

/** One track of a camera that was switched on at `START_MS`, with its camera time of then. */
function trackOf(clocks: CaptureClocks, clockRate: number, firstTimestamp = 0) {
  const clock = clocks.add(clockRate);
  const timestampAt = (ms: number) =>
    (firstTimestamp + Math.round(((ms - START_MS) * clockRate) / 1000)) >>> 0;
  return {
    clock,
    /** A packet captured at `capturedMs` that arrives `delayMs` later. */
    take: (capturedMs: number, delayMs: number) =>
      clock.capture(timestampAt(capturedMs), capturedMs + delayMs),
    /** A sender report made at `atMs` by a clock that is `errorMs` wrong. */
    report: (atMs: number, errorMs = 0) => {
      const ms = atMs + errorMs;
      const seconds = Math.floor(ms / 1000);
      clock.takeSenderReport({
        ntpSeconds: NTP_SECONDS + seconds,
        ntpFraction: ((ms - seconds * 1000) / 1000) * 2 ** 32,
        rtpTimestamp: timestampAt(atMs),
      });
    },
  };
}

describe('CaptureClock of one track', () => {
  test('does not show the jitter of the network', () => {
    const random = seededRandom(1);
    const video = trackOf(new CaptureClocks(), 90_000, 0xffff_0000);
    video.take(START_MS, 20);
    for (let ms = START_MS + 40; ms < START_MS + 60_000; ms += 40) {
      const leastDelay = ms % 1000 === 0 ? 20 : 20 + random() * 200;
      expect(video.take(ms, leastDelay)).toBeCloseTo(ms + 20, 5);
    }
  });

  test('follows a clock that drifts by 200 ppm within a few ms', () => {
    for (const ppm of [200, -200]) {
      const clock = new CaptureClocks().add(90_000);
      const ticksPerMs = 90 * (1 + ppm / 1e6);
      for (let ms = 0; ms < 600_000; ms += 40) {
        const captured = clock.capture(Math.round(ms * ticksPerMs) >>> 0, START_MS + ms);
        expect(Math.abs(captured - START_MS - ms)).toBeLessThan(3);
      }
    }
  });

  test('never dates a packet after its arrival, nor before what came earlier', () => {
    const words = fc.array(
      fc.record({
        timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
        waitMs: fc.integer({ min: 0, max: 20_000 }),
        ntpSeconds: fc.option(fc.integer({ min: 0, max: 0xffff_ffff })),
      }),
    );
    fc.assert(
      fc.property(words, words, (first, second) => {
        const clocks = new CaptureClocks();
        const [a, b] = [clocks.add(90_000), clocks.add(8000)];
        let nowMs = 0;
        let last = -Infinity;
        for (const [index, { timestamp, waitMs, ntpSeconds }] of first.entries()) {
          nowMs += waitMs;
          if (ntpSeconds !== null) {
            a.takeSenderReport({ ntpSeconds, ntpFraction: 0, rtpTimestamp: timestamp });
          }
          const other = second[index];
          if (other) b.capture(other.timestamp, nowMs);
          if (typeof other?.ntpSeconds === 'number') {
            const { ntpSeconds, timestamp } = other;
            b.takeSenderReport({ ntpSeconds, ntpFraction: 0, rtpTimestamp: timestamp });
          }
          const captured = a.capture(timestamp, nowMs);
          expect(captured).toBeLessThanOrEqual(nowMs);
          expect(captured).toBeGreaterThanOrEqual(last);
          last = captured;
        }
      }),
    );
  });

  test.each([
    ['back by an hour', -3_600_000],
    ['ahead by an hour', 3_600_000],
    ['back by a second', -1000],
  ])('dates by arrival again at once when the timestamps jump %s', (_, jumpMs) => {
    const clock = new CaptureClocks().add(90_000);
    const at = (ms: number) => (ms * 90) >>> 0;
    clock.capture(at(7_200_000), 1000);
    expect(clock.capture(at(7_200_040 + jumpMs), 1040)).toBe(1040);
    expect(clock.capture(at(7_200_080 + jumpMs), 1100)).toBe(1080);
  });

  test('dates by arrival when the timestamps have stood still for a second', () => {
    const clock = new CaptureClocks().add(90_000);
    for (let ms = 0; ms <= 1000; ms += 100) expect(clock.capture(7, 1000 + ms)).toBe(1000);
    for (let ms = 1100; ms <= 9000; ms += 100) expect(clock.capture(7, 1000 + ms)).toBe(1000 + ms);
    expect(clock.capture(7 + 9000, 10_100)).toBe(10_100);
    expect(clock.capture(7 + 18_000, 10_300)).toBe(10_200);
  });

  test('dates a large frame by its first packet, however long it takes to arrive', () => {
    const clock = new CaptureClocks().add(90_000);
    clock.capture(0, 1000);
    for (let ms = 40; ms <= 1000; ms += 10) expect(clock.capture(3600, 1000 + ms)).toBe(1040);
  });

  test('dates by arrival when timestamps run at half the rate, until they run rightly again', () => {
    const clock = new CaptureClocks().add(90_000);
    const ticksAt = (ms: number) => 90 * (ms < 20_000 ? ms / 2 : ms - 10_000);
    for (let ms = 0; ms < 60_000; ms += 40) {
      const lateMs = ms % 400 === 0 ? 0 : 30;
      const captured = clock.capture(ticksAt(ms), START_MS + ms + lateMs);
      if (ms > 7000 && ms < 20_000) expect(captured).toBe(START_MS + ms + lateMs);
      if (ms > 31_000) expect(captured).toBeCloseTo(START_MS + ms, 5);
    }
  });

  test('a sender report changes nothing for a track that is alone', () => {
    const video = trackOf(new CaptureClocks(), 90_000);
    video.take(START_MS, 30);
    video.report(START_MS, -700);
    expect(video.take(START_MS + 40, 30)).toBe(START_MS + 70);
  });
});

describe('CaptureClocks of two tracks', () => {
  const VIDEO_DELAY_MS = 10;
  const SOUND_DELAY_MS = 310;

  function camera() {
    const clocks = new CaptureClocks();
    const video = trackOf(clocks, 90_000, 0xffff_ff00);
    const sound = trackOf(clocks, 8000, 12_345);
    /** How much later the sound of a moment is dated than its picture, at the end of a second. */
    const skewAfter = (fromMs: number) => {
      let skewMs = 0;
      for (let ms = fromMs; ms < fromMs + 1000; ms += 20) {
        const picture = video.take(ms, VIDEO_DELAY_MS);
        skewMs = sound.take(ms, SOUND_DELAY_MS) - picture;
      }
      return Math.round(skewMs);
    };
    return { video, sound, skewAfter };
  }

  test('are in step once the camera has reported on both', () => {
    const { video, sound, skewAfter } = camera();
    expect(skewAfter(START_MS)).toBe(300);
    video.report(START_MS + 900);
    expect(skewAfter(START_MS + 1000)).toBe(300);
    sound.report(START_MS + 1900);
    expect(skewAfter(START_MS + 2000)).toBe(0);
  });

  test('are in step by a clock that counts from when the camera was switched on', () => {
    const { video, sound, skewAfter } = camera();
    const sinceStart = -(NTP_SECONDS - 2_208_988_800) * 1000;
    skewAfter(START_MS);
    video.report(START_MS + 900, sinceStart);
    sound.report(START_MS + 900, sinceStart);
    expect(skewAfter(START_MS + 1000)).toBe(0);
  });

  test('stay in step when reports are a frame off each time', () => {
    const random = seededRandom(3);
    const { video, sound, skewAfter } = camera();
    for (let second = 0; second < 60; second++) {
      const skewMs = skewAfter(START_MS + second * 1000);
      if (second > 3) expect(Math.abs(skewMs)).toBeLessThan(80);
      for (const each of [video, sound]) {
        each.report(START_MS + second * 1000 + 900, (random() - 0.5) * 120);
      }
    }
  });

  test.each([
    ['whose clocks are seconds apart', 2400],
    ['of which one was never set', -(NTP_SECONDS - 2_208_988_800) * 1000],
  ])('are dated by arrival after reports %s', (_, soundErrorMs) => {
    const { video, sound, skewAfter } = camera();
    skewAfter(START_MS);
    video.report(START_MS + 900);
    sound.report(START_MS + 900, soundErrorMs);
    expect(skewAfter(START_MS + 1000)).toBe(300);
  });

  test('are dated by arrival after reports that know no time', () => {
    const { video, sound, skewAfter } = camera();
    skewAfter(START_MS);
    const sinceEpochMs = NTP_SECONDS * 1000 + START_MS;
    video.report(START_MS + 900, -sinceEpochMs - 900);
    sound.report(START_MS + 700, -sinceEpochMs - 700);
    expect(skewAfter(START_MS + 1000)).toBe(300);
  });

  test('are dated no later than they arrive, to the last digit', () => {
    const { video, sound, skewAfter } = camera();
    skewAfter(START_MS);
    for (const each of [video, sound]) each.report(START_MS + 900.3, 0.123);
    // Each packet takes less than any before it, so that it is dated by itself.
    for (let [ms, delayMs] = [START_MS + 1000, 9]; delayMs > 0; ms += 7.7, delayMs -= 0.0137) {
      expect(video.take(ms, delayMs)).toBeLessThanOrEqual(ms + delayMs);
    }
  });

  test('are dated by arrival while a camera sets its clock, and in step again after it', () => {
    const { video, sound, skewAfter } = camera();
    skewAfter(START_MS);
    for (const each of [video, sound]) each.report(START_MS + 900);
    expect(skewAfter(START_MS + 1000)).toBe(0);
    for (const each of [video, sound]) each.report(START_MS + 1900, 86_400_000);
    expect(skewAfter(START_MS + 2000)).toBe(300);
    for (const each of [video, sound]) each.report(START_MS + 2900, 86_400_000);
    expect(skewAfter(START_MS + 3000)).toBe(0);
  });

  test('are dated by arrival when the reports stand still', () => {
    const { video, sound, skewAfter } = camera();
    skewAfter(START_MS);
    for (const each of [video, sound]) each.report(START_MS + 900);
    skewAfter(START_MS + 1000);
    for (const each of [video, sound]) each.report(START_MS + 1900, -1000);
    expect(skewAfter(START_MS + 2000)).toBe(300);
  });

  test('a track that fell silent no longer counts', () => {
    const { video, sound } = camera();
    video.take(START_MS, 300);
    sound.take(START_MS, 10);
    for (const each of [video, sound]) each.report(START_MS);
    expect(Math.round(video.take(START_MS + 400, 300))).toBe(START_MS + 410);
    expect(Math.round(video.take(START_MS + 10_400, 300))).toBe(START_MS + 10_700);
  });
});

test('more tracks than any camera has are dated alone', () => {
  const clocks = new CaptureClocks();
  const all: CaptureClock[] = Array.from({ length: 9 }, () => clocks.add(90_000));
  for (const [index, clock] of all.entries()) clock.capture(0, index === 8 ? 0 : 300);
  for (const clock of all) {
    clock.takeSenderReport({ ntpSeconds: 1, ntpFraction: 0, rtpTimestamp: 0 });
  }
  expect(all[0]?.capture(90 * 100, 400)).toBe(400);
});
