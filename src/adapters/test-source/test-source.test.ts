// Tests of the test source on a virtual clock.

import { beforeAll, describe, expect, test } from 'vitest';
import type { SourceFailure, SourceOffer, SourceSink } from '#core/ports/source.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { inspectH264 } from '#media/h264/payload.ts';
import { sequenceDistance, timestampDistance } from '#media/rtp/distance.ts';
import { readMarker, readSequence, readTimestamp } from '#media/rtp/header.ts';
import { HAS_PARAMETER_SETS, STARTS_KEY_FRAME } from '#media/video/payload-flags.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { sourceContract } from '../../../test/support/source-contract.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import type { Clip } from './clip.ts';
import { loadClip } from './load-clip.ts';
import { createTestSource } from './test-source.ts';

interface Written {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly flags: number;
  readonly sizeBytes: number;
  readonly capturedAtMs: number;
  readonly writtenAtMs: number;
  readonly flushes: number;
}

/** Keeps what matters of every packet, and how many flushes came before it. */
class RecordingSink implements SourceSink {
  readonly video: Written[] = [];
  readonly audio: Written[] = [];
  formats: readonly TrackFormat[] = [];
  flushes = 0;
  onWrite: (() => void) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ready({ formats }: SourceOffer) {
    this.formats = formats;
    return [this.video, this.audio].map((list) => ({
      write: (packet: Uint8Array, capturedAtMs: number) => {
        list.push({
          sequence: readSequence(packet),
          timestamp: readTimestamp(packet),
          marker: readMarker(packet),
          flags: inspectH264(packet, 12, packet.length),
          sizeBytes: packet.length,
          capturedAtMs,
          writtenAtMs: this.#clock.nowMs(),
          flushes: this.flushes,
        });
        this.onWrite?.();
      },
    }));
  }

  flush(): void {
    this.flushes++;
  }

  failed({ reason }: SourceFailure): void {
    throw new Error(reason);
  }
}

/** A clock that can lose time, as if the process had been stopped: timers fire late. */
class SuspendableClock implements Clock {
  readonly inner = new VirtualClock();
  #lostMs = 0;

  nowMs(): number {
    return this.inner.nowMs() + this.#lostMs;
  }

  wallMs(): number {
    return this.inner.wallMs() + this.#lostMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    return this.inner.after(delayMs, fire);
  }

  every(periodMs: number, fire: () => void): Timer {
    return this.inner.every(periodMs, fire);
  }

  suspend(durationMs: number): void {
    this.#lostMs += durationMs;
  }
}

let clip: Clip;

beforeAll(async () => {
  clip = await loadClip();
});

function start(): { clock: SuspendableClock; sink: RecordingSink; close: () => Promise<void> } {
  const clock = new SuspendableClock();
  clock.inner.advance(123_456.7);
  const sink = new RecordingSink(clock);
  const source = createTestSource({ clock, clip });
  source.start(sink);
  return { clock, sink, close: () => source.close() };
}

/** The first packets of the frames. */
function framesOf(packets: readonly Written[]): Written[] {
  return packets.filter((_, at) => at === 0 || packets[at - 1]!.marker);
}

function expectContinuous(packets: readonly Written[]): void {
  for (let at = 1; at < packets.length; at++) {
    expect(sequenceDistance(packets[at - 1]!.sequence, packets[at]!.sequence)).toBe(1);
  }
}

describe('TestSource', () => {
  test('declares its tracks and sends the first key frame and sound at once', () => {
    const { sink } = start();
    expect(sink.formats.map((format) => format.codec)).toEqual(['H264', 'opus']);
    expect(framesOf(sink.video)).toHaveLength(1);
    expect(sink.video[0]!.flags).toBe(HAS_PARAMETER_SETS);
    expect(sink.video[1]!.flags & STARTS_KEY_FRAME).toBe(STARTS_KEY_FRAME);
    expect(sink.audio).toHaveLength(1);
  });

  test('sends each frame when it is due, no later than the next whole millisecond', () => {
    const { clock, sink } = start();
    clock.inner.advance(1000);
    framesOf(sink.video).forEach((frame, index) => {
      expect(frame.capturedAtMs).toBeCloseTo(123_456.7 + (index * 1000) / 30, 6);
    });
    for (const packet of [...sink.video, ...sink.audio]) {
      const lateMs = packet.writtenAtMs - packet.capturedAtMs;
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(1.001);
    }
    expect(framesOf(sink.video)).toHaveLength(31);
    expect(sink.audio).toHaveLength(51);
  });

  test('flushes once after each frame and each sound packet', () => {
    const { clock, sink } = start();
    clock.inner.advance(500);
    const frames = framesOf(sink.video);
    const flushes = [...frames, ...sink.audio].map((packet) => packet.flushes);
    expect(flushes.sort((a, b) => a - b)).toEqual(flushes.map((_, index) => index));
    expect(sink.flushes).toBe(frames.length + sink.audio.length);
  });

  test('goes over the seam of the loop as if there were none', () => {
    const { clock, sink } = start();
    clock.inner.advance(20_500);
    expectContinuous(sink.video);
    expectContinuous(sink.audio);
    framesOf(sink.video).forEach((frame, index) => {
      expect(frame.timestamp).toBe(index * 3000);
      const isKey = (frame.flags & HAS_PARAMETER_SETS) !== 0;
      expect(isKey).toBe(index % 60 === 0);
    });
    sink.audio.forEach((packet, index) => {
      expect(packet.timestamp).toBe(index * 960);
    });
    expect(Math.max(...sink.video.map((packet) => packet.sizeBytes))).toBeLessThanOrEqual(1200);
  });

  test('marks the last packet of each frame, all of which share a timestamp', () => {
    const { clock, sink } = start();
    clock.inner.advance(2000);
    for (let at = 1; at < sink.video.length; at++) {
      const [before, packet] = [sink.video[at - 1]!, sink.video[at]!];
      expect(packet.timestamp !== before.timestamp).toBe(before.marker);
    }
    expect(sink.audio.some((packet) => packet.marker)).toBe(false);
  });

  test('does not drift in 10 minutes, while sequence numbers wrap', () => {
    const { clock, sink } = start();
    clock.inner.advance(600_000);
    const frames = framesOf(sink.video);
    expect(frames).toHaveLength(18_001);
    expect(sink.audio).toHaveLength(30_001);
    expect(frames.at(-1)!.capturedAtMs).toBeCloseTo(123_456.7 + 600_000, 6);
    expect(frames.at(-1)!.timestamp).toBe(18_000 * 3000);
    expect(sink.video.length).toBeGreaterThan(65_536);
    expectContinuous(sink.video);
    expect(clock.inner.pendingTimers).toBe(1);
  });

  test('catches up after half a second without losing a frame', () => {
    const { clock, sink } = start();
    clock.inner.advance(1000);
    clock.suspend(500);
    clock.inner.advance(500);
    expect(framesOf(sink.video)).toHaveLength(61);
    expect(sink.audio).toHaveLength(101);
  });

  test('skips what it missed in a pause of 10 s and goes on with the next key frame due', () => {
    const { clock, sink } = start();
    clock.inner.advance(1000);
    const [videoBefore, audioBefore] = [sink.video.length, sink.audio.length];
    clock.suspend(10_000);
    clock.inner.advance(999);
    expect(sink.video).toHaveLength(videoBefore);
    expect(sink.audio.length - audioBefore).toBeLessThanOrEqual(50);
    clock.inner.advance(2);
    const resumed = sink.video[videoBefore]!;
    expect(resumed.flags & HAS_PARAMETER_SETS).toBe(HAS_PARAMETER_SETS);
    expect(resumed.timestamp).toBe(12 * 90_000);
    expect(resumed.capturedAtMs).toBeCloseTo(123_456.7 + 12_000, 6);
    clock.inner.advance(1000);
    expectContinuous(sink.video);
    expectContinuous(sink.audio);
    for (const packet of sink.audio.slice(audioBefore)) {
      expect(packet.writtenAtMs - packet.capturedAtMs).toBeLessThan(1.001);
    }
  });

  test.each([
    ['video', 90_000, 3000],
    ['audio', 48_000, 960],
  ] as const)('lets timestamps of %s wrap at 2^32', (kind, clockRate, ticksPerFrame) => {
    const { clock, sink } = start();
    // Four seconds before the wrap, so that the skip to a key frame ends before it.
    clock.suspend((2 ** 32 / clockRate - 4) * 1000);
    clock.inner.advance(6000);
    const packets = kind === 'video' ? framesOf(sink.video) : sink.audio;
    const timestamps = packets.slice(1).map((packet) => packet.timestamp);
    expect(timestamps[0]).toBeGreaterThan(2 ** 31);
    expect(timestamps.at(-1)).toBeLessThan(2 ** 31);
    timestamps.slice(1).forEach((timestamp, index) => {
      expect(timestampDistance(timestamps[index]!, timestamp)).toBe(ticksPerFrame);
    });
  });

  test('two sources with one clip do not disturb each other', () => {
    const first = start();
    first.clock.inner.advance(3010);
    const second = start();
    first.clock.inner.advance(1000);
    second.clock.inner.advance(1000);
    first.clock.inner.advance(1000);
    expectContinuous(first.sink.video);
    expectContinuous(second.sink.video);
    expect(second.sink.video[0]!.timestamp).toBe(0);
  });

  test('writes nothing after it is closed, twice if need be', async () => {
    const { clock, sink, close } = start();
    clock.inner.advance(100);
    await close();
    await close();
    const written = sink.video.length;
    clock.inner.advance(5000);
    expect(sink.video).toHaveLength(written);
    expect(clock.inner.pendingTimers).toBe(0);
  });

  test('stops at once when it is closed in the middle of a frame', () => {
    const { clock, sink, close } = start();
    clock.inner.advance(1990);
    const frames = framesOf(sink.video).length;
    sink.onWrite = () => void close();
    clock.inner.advance(5000);
    expect(framesOf(sink.video).length).toBeLessThanOrEqual(frames + 1);
    expect(clock.inner.pendingTimers).toBe(0);
  });

  test('refuses to start twice', () => {
    const clock = new VirtualClock();
    const source = createTestSource({ clock, clip });
    source.start(new RecordingSink(clock));
    expect(() => source.start(new RecordingSink(clock))).toThrow(/starts once/);
  });
});

sourceContract('The test source', async (clock) =>
  createTestSource({ clock, clip: await loadClip() }),
);
