// What every source keeps to, whatever it feeds a stream with. Each adapter's test runs this.

import { expect, test } from 'vitest';
import type { Source, SourceFailure, SourceOffer, SourceSink } from '#core/ports/source.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { payloadStart, readSequence } from '#media/rtp/header.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Written {
  readonly track: number;
  readonly packet: Uint8Array;
  readonly capturedAtMs: number;
  readonly atMs: number;
}

class RecordingSink implements SourceSink {
  readonly written: Written[] = [];
  readonly #clock: VirtualClock;
  formats: readonly TrackFormat[] | undefined;
  unflushed = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  ready({ formats }: SourceOffer) {
    expect(this.formats).toBeUndefined();
    this.formats = formats;
    return formats.map((_, track) => ({
      write: (packet: Uint8Array, capturedAtMs: number) => {
        this.unflushed++;
        this.written.push({
          track,
          packet: packet.slice(),
          capturedAtMs,
          atMs: this.#clock.nowMs(),
        });
      },
    }));
  }

  flush(): void {
    this.unflushed = 0;
  }

  failed({ reason }: SourceFailure): void {
    expect.unreachable(`the source failed: ${reason}`);
  }

  ofTrack(track: number): Written[] {
    return this.written.filter((written) => written.track === track);
  }
}

/** `makeSource` gives a source that delivers for some seconds without outside help. */
export function sourceContract(
  name: string,
  makeSource: (clock: VirtualClock) => Promise<Source>,
): void {
  const play = async (durationMs: number) => {
    const clock = new VirtualClock();
    const source = await makeSource(clock);
    const sink = new RecordingSink(clock);
    source.start(sink);
    clock.advance(durationMs);
    return { clock, source, sink };
  };

  test(`${name} says once what its tracks are and writes to each of them`, async () => {
    const { sink } = await play(3000);
    expect(sink.formats?.length).toBeGreaterThan(0);
    for (const track of sink.formats!.keys()) expect(sink.ofTrack(track).length).toBeGreaterThan(0);
  });

  test(`${name} writes RTP packets with a payload, in the order of their numbers`, async () => {
    const { sink } = await play(3000);
    for (const track of sink.formats!.keys()) {
      let last: number | undefined;
      for (const { packet } of sink.ofTrack(track)) {
        expect(payloadStart(packet)).toBeGreaterThan(0);
        const sequence = readSequence(packet);
        if (last !== undefined) expect(sequenceDistance(last, sequence)).toBe(1);
        last = sequence;
      }
    }
  });

  test(`${name} flushes what it wrote before it lets go`, async () => {
    const { sink, clock } = await play(0);
    for (let step = 0; step < 300; step++) {
      clock.advance(10);
      expect(sink.unflushed).toBe(0);
    }
  });

  test(`${name} says when each packet was captured: never in the future, never backwards`, async () => {
    const { sink } = await play(3000);
    for (const track of sink.formats!.keys()) {
      let lastMs = Number.NEGATIVE_INFINITY;
      for (const { capturedAtMs, atMs } of sink.ofTrack(track)) {
        expect(capturedAtMs).toBeLessThanOrEqual(atMs);
        expect(capturedAtMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = capturedAtMs;
      }
    }
  });

  test(`${name} writes nothing after it is closed, and can be closed again`, async () => {
    const { sink, clock, source } = await play(1000);
    await source.close();
    const written = sink.written.length;
    clock.advance(5000);
    await source.close();
    expect(sink.written).toHaveLength(written);
    expect(clock.pendingTimers).toBe(0);
  });
}
