// A feed in front of a buffer that behaves as a browser's: one update at a time, and only so much room.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MediaBuffer, MseFeed, type TimeRange } from './mse-feed.ts';

/** Each byte is 0.1 s of the medium; a byte of 0 is a gap of 1 s. */
const BYTE_S = 0.1;
const GAP_S = 1;

class FakeBuffer implements MediaBuffer {
  isUpdating = false;
  readonly done: string[] = [];
  ranges: TimeRange[] = [];
  rate = 1;
  leaps = 0;
  roomS = Number.POSITIVE_INFINITY;
  #positionS = 0;

  get positionS(): number {
    return this.#positionS;
  }

  set positionS(positionS: number) {
    this.leaps++;
    this.#positionS = positionS;
  }

  append(bytes: Uint8Array): void {
    if (this.isUpdating) throw new Error('an append while another is under way');
    const first = this.ranges[0];
    const endS = this.ranges.at(-1)?.endS ?? 0;
    if (first && endS - first.startS + bytes.length * BYTE_S > this.roomS) {
      throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    }
    this.isUpdating = true;
    this.done.push(`append ${bytes.length}`);
    for (const byte of bytes) this.#grow(byte);
  }

  remove(fromS: number, toS: number): void {
    this.isUpdating = true;
    this.done.push(`remove ${fromS.toFixed(1)}–${toS.toFixed(1)}`);
    this.ranges = this.ranges
      .map(({ startS, endS }) => ({ startS: Math.max(startS, toS), endS }))
      .filter(({ startS, endS }) => startS < endS);
  }

  changeType(mime: string): void {
    this.done.push(mime);
  }

  /** What is under way is over. */
  finish(feed: MseFeed): void {
    this.isUpdating = false;
    feed.pump();
  }

  /** Plays, as far as there is something, looking after itself each 0.2 s. */
  play(feed: MseFeed, seconds: number): void {
    for (let step = 0; step < seconds / 0.2; step++) {
      const position = this.#positionS;
      const own = this.ranges.find(({ startS, endS }) => position >= startS && position <= endS);
      if (own) this.#positionS = Math.min(own.endS, position + 0.2 * this.rate);
      feed.steer();
    }
  }

  #grow(byte: number): void {
    const last = this.ranges.at(-1);
    const endS = last?.endS ?? 0;
    if (byte === 0 || !last) {
      const startS = byte === 0 ? endS + GAP_S : endS;
      this.ranges.push({ startS, endS: startS + BYTE_S });
    } else this.ranges[this.ranges.length - 1] = { startS: last.startS, endS: endS + BYTE_S };
  }
}

function setUp() {
  const buffer = new FakeBuffer();
  let overflows = 0;
  const feed = new MseFeed(buffer, () => overflows++);
  return { buffer, feed, overflows: () => overflows };
}

const seconds = (count: number) => new Uint8Array(Math.round(count / BYTE_S)).fill(1);

/** So many seconds of a live medium, a piece of 0.1 s each 0.1 s. */
function live(buffer: FakeBuffer, feed: MseFeed, count: number): void {
  for (let pieces = 0; pieces < count / 0.2; pieces++) {
    feed.take(seconds(0.2));
    buffer.finish(feed);
    buffer.play(feed, 0.2);
  }
}

describe('what waits', () => {
  test('is appended in one go when the append before it is over', () => {
    const { buffer, feed } = setUp();
    for (let pieces = 0; pieces < 4; pieces++) feed.take(seconds(0.1));
    expect(buffer.done).toEqual(['append 1']);
    buffer.finish(feed);
    expect(buffer.done).toEqual(['append 1', 'append 3']);
    buffer.finish(feed);
    expect(buffer.done).toHaveLength(2);
  });

  test('of another type is appended after the change of type', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(0.1));
    feed.take(seconds(0.1));
    feed.takeType('video/mp4; codecs="avc1.64001f"');
    feed.take(seconds(0.2));
    buffer.finish(feed);
    buffer.finish(feed);
    expect(buffer.done).toEqual([
      'append 1',
      'append 1',
      'video/mp4; codecs="avc1.64001f"',
      'append 2',
    ]);
  });

  test('arrives whole, in whatever pieces', () => {
    // 0: what is under way is over. Otherwise so many bytes.
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (steps) => {
        const { buffer, feed } = setUp();
        for (const bytes of steps) {
          if (bytes === 0) buffer.finish(feed);
          else feed.take(new Uint8Array(bytes).fill(1));
        }
        buffer.finish(feed);
        buffer.finish(feed);
        const appended = buffer.done.map((each) => Number(/^append (\d+)/.exec(each)?.[1] ?? 0));
        const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
        expect(sum(appended)).toBe(sum(steps));
      }),
    );
  });

  test('is bounded: beyond 4 MiB it is forgotten, and said so', () => {
    const { buffer, feed, overflows } = setUp();
    feed.take(seconds(0.1));
    for (let pieces = 0; pieces < 4; pieces++) feed.take(new Uint8Array(1024 * 1024).fill(1));
    expect(overflows()).toBe(0);
    feed.take(seconds(0.1));
    expect(overflows()).toBe(1);
    buffer.finish(feed);
    expect(buffer.done).toEqual(['append 1']);
  });
});

describe('room', () => {
  test('what was seen long ago is removed', () => {
    const { buffer, feed } = setUp();
    live(buffer, feed, 35);
    const removed = buffer.done.filter((each) => each.startsWith('remove'));
    expect(removed).toHaveLength(1);
    expect(buffer.ranges[0]?.startS).toBeGreaterThan(5);
    expect(buffer.positionS - (buffer.ranges[0]?.startS ?? 0)).toBeGreaterThan(15);
  });

  test('is made where the buffer is full, and nothing is lost', () => {
    const { buffer, feed, overflows } = setUp();
    buffer.roomS = 8;
    live(buffer, feed, 20);
    expect(buffer.done.some((each) => each.startsWith('remove'))).toBe(true);
    expect(buffer.ranges.at(-1)?.endS).toBeCloseTo(20, 0);
    expect(overflows()).toBe(0);
  });

  test('that cannot be made is said', () => {
    const { buffer, feed, overflows } = setUp();
    buffer.roomS = 1;
    feed.take(seconds(1));
    buffer.finish(feed);
    feed.take(seconds(1));
    expect(overflows()).toBe(1);
  });

  test('is not what other errors are about', () => {
    const { buffer, feed } = setUp();
    buffer.append = () => {
      throw new TypeError('gone');
    };
    expect(() => feed.take(seconds(1))).toThrow('gone');
  });
});

describe('the live edge', () => {
  test('is 0.3 s away at most, in the long run', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(1));
    buffer.finish(feed);
    expect(buffer.rate).toBeGreaterThan(1);
    live(buffer, feed, 15);
    expect(feed.behindS).toBeLessThan(0.5);
    expect(buffer.leaps).toBe(0);
    expect(buffer.rate).toBeLessThanOrEqual(1);
  });

  test('is leapt to where it is more than a second ahead of that', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(10));
    buffer.finish(feed);
    expect(buffer.leaps).toBe(1);
    expect(feed.behindS).toBeCloseTo(0.3, 5);
  });

  test('is approached slowly where the picture is about to run dry', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(1));
    buffer.positionS = 0.95;
    feed.steer();
    expect(buffer.rate).toBeLessThan(1);
    buffer.finish(feed);
    feed.take(seconds(0.2));
    feed.steer();
    expect(buffer.rate).toBe(1);
  });

  test('is kept further away each time that it ran dry, up to a limit', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(1));
    buffer.finish(feed);
    const targets: number[] = [];
    for (let times = 0; times < 7; times++) {
      buffer.positionS = buffer.ranges.at(-1)?.endS ?? 0;
      feed.steer();
      feed.take(seconds(5));
      buffer.finish(feed);
      feed.steer();
      targets.push(Math.round((feed.behindS ?? 0) * 10) / 10);
    }
    expect(targets).toEqual([0.5, 0.7, 0.9, 1.1, 1.1, 1.1, 1.1]);
  });

  test('is reached over a gap, which would otherwise stop the picture for good', () => {
    const { buffer, feed } = setUp();
    feed.take(seconds(1));
    buffer.finish(feed);
    buffer.play(feed, 2);
    expect(buffer.positionS).toBeCloseTo(1, 5);
    feed.take(Uint8Array.of(0, ...seconds(0.2)));
    buffer.finish(feed);
    expect(buffer.positionS).toBeGreaterThan(2);
    expect(buffer.positionS).toBeLessThan(2.3);
  });

  test('is not known before there is anything', () => {
    const { buffer, feed } = setUp();
    feed.steer();
    expect([feed.behindS, buffer.rate, buffer.leaps]).toEqual([null, 1, 0]);
  });
});
