// A conversion's life: what it is given, who keeps it open, what its end does.

import { expect, test } from 'vitest';
import { VideoSender } from '../../../test/support/rtp-packets.ts';
import { FakeConverter, H264 } from '../../../test/support/streams-set-up.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { ConvertedTrack } from './converted-track.ts';
import { Track } from './track.ts';

function setUp() {
  const clock = new VirtualClock();
  const converter = new FakeConverter();
  const from = new Track(H264);
  const gone: { tracks: readonly Track[]; reason: string }[] = [];
  const converted = new ConvertedTrack(from, {
    clock,
    converter,
    flush: () => {},
    onGone: (tracks, reason) => gone.push({ tracks, reason }),
  });
  const camera = new VideoSender();
  const write = (packets: readonly Uint8Array[]) => {
    for (const packet of packets) from.write(packet, clock.nowMs());
  };
  return { clock, converter, from, converted, gone, camera, write };
}

test('a conversion begins with the cached key frame and goes on with what comes', () => {
  const { converter, from, converted, camera, write } = setUp();
  write(camera.keyFrame());
  write(camera.deltaFrame());
  converted.acquire();
  const [conversion] = converter.conversions;
  expect(conversion!.written).toHaveLength(3);
  write(camera.deltaFrame());
  expect(conversion!.written).toHaveLength(3);
  from.flush();
  expect(conversion!.written).toHaveLength(4);
});

test('a conversion that the ring has run away from goes on with a key frame', () => {
  const { converter, from, converted, camera, write } = setUp();
  const slice = new Uint8Array(1188).fill(0x41);
  converted.acquire();
  for (let key = 0; key < 2; key++) {
    write(camera.keyFrame());
    for (let at = 0; at < 650; at++) write(camera.frame([slice]));
  }
  expect(from.ring.first).toBeGreaterThan(0);
  from.flush();
  const [conversion] = converter.conversions;
  expect(conversion!.written[0]).toBe(from.ring.timestamp(from.gopStart!));
});

test('who comes while a conversion lingers finds it running, and it goes on', async () => {
  const { clock, converter, converted } = setUp();
  converted.acquire().release();
  await clock.advanceAsync(9000);
  const demand = converted.acquire();
  await clock.advanceAsync(9000);
  expect(converter.conversions).toHaveLength(1);
  expect(converter.conversions[0]!.closed).toBe(false);
  demand.release();
  demand.release();
  await clock.advanceAsync(10_000);
  expect(converter.conversions[0]!.closed).toBe(true);
  expect(converted).toMatchObject({ state: 'idle', users: 0 });
});

test('a conversion that fails ends those who watch what it made', () => {
  const { converter, converted, gone } = setUp();
  converted.acquire();
  const [conversion] = converter.conversions;
  conversion!.sink.ready(H264);
  const { output } = converted;
  conversion!.sink.failed('the encoder died');
  expect(gone).toEqual([{ tracks: [output], reason: 'the conversion failed: the encoder died' }]);
  expect(converted).toMatchObject({ state: 'failed', output: undefined });
});

test('a converter that cannot even begin leaves no user behind', () => {
  const { converter, converted } = setUp();
  converter.convert = () => {
    throw new Error('no more processes');
  };
  expect(() => converted.acquire()).toThrow('no more processes');
  expect(converted).toMatchObject({ state: 'idle', users: 0 });
});
