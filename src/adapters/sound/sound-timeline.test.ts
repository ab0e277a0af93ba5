// Gaps, jitter and clocks that are wrong.

import { describe, expect, test } from 'vitest';
import { SoundTimeline } from './sound-timeline.ts';

/** Feeds frames of 20 ms with these timestamps, at 8 kHz; returns what was missing before each. */
function feed(timeline: SoundTimeline, timestamps: readonly number[]): number[] {
  return timestamps.map((timestamp) => {
    const missing = timeline.arrive(timestamp);
    timeline.advance(missing + 960);
    return missing;
  });
}

describe('SoundTimeline', () => {
  test('counts steady frames without gaps, over the wrap of timestamps', () => {
    const timeline = new SoundTimeline(8000);
    const start = 2 ** 32 - 320;
    expect(feed(timeline, [start, start + 160, 0, 160])).toEqual([0, 0, 0, 0]);
    expect(timeline.nowTicks).toBe(4 * 960);
  });

  test('finds what is missing', () => {
    expect(feed(new SoundTimeline(8000), [0, 160, 800, 960])).toEqual([0, 0, 2880, 0]);
  });

  test('takes up to 40 ms for jitter', () => {
    expect(feed(new SoundTimeline(8000), [0, 480, 640, 480])).toEqual([0, 0, 0, 0]);
  });

  test('moves ahead once for a clock that jitters more', () => {
    const jitter = (index: number) => (index % 2) * 400;
    const timestamps = Array.from({ length: 50 }, (_, index) => index * 160 + jitter(index));
    expect(feed(new SoundTimeline(8000), timestamps).filter((missing) => missing > 0)).toHaveLength(
      1,
    );
  });

  test('stays at its count when timestamps fall behind by over 500 ms, and goes on from there', () => {
    const timeline = new SoundTimeline(8000);
    expect(feed(timeline, [100_000, 100_160, 90_000, 90_160, 90_320])).toEqual([0, 0, 0, 0, 0]);
    expect(timeline.reanchored).toBe(1);
    expect(feed(timeline, [91_280])).toEqual([960 * 5]);
  });

  test('bears a lag of up to 500 ms without a new anchor', () => {
    const timeline = new SoundTimeline(8000);
    feed(timeline, [100_000, 100_160, 96_400]);
    expect(timeline.reanchored).toBe(0);
  });
});
