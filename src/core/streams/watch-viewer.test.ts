// Watching by something other than WebRTC.

import { expect, test } from 'vitest';
import type { Outlet } from '#core/ports/outlet.ts';
import { H264, OPUS, setUpStreams, streamSpec } from '../../../test/support/streams-set-up.ts';

class FakeOutlet implements Outlet {
  readonly sequences: number[] = [];
  reports = 0;
  flushes = 0;

  add(_packet: Uint8Array, first: number): void {
    this.sequences.push(first & 0xffff);
  }

  addReport(): void {
    this.reports++;
  }

  flush(): void {
    this.flushes++;
  }
}

async function setUp(options: Parameters<typeof setUpStreams>[0] = {}) {
  const world = setUpStreams(options);
  const ends: string[] = [];
  const watch = () =>
    world.viewers.watch({
      streamId: 'gate',
      protocol: 'rtsp',
      remote: '10.0.0.9:4000',
      userAgent: 'player',
      accepts: () => true,
      onEnd: (reason) => ends.push(reason),
    });
  return { ...world, watch, ends };
}

test('a watch gets the cached picture when it starts, with the sequence number it was told', async () => {
  const { watch, source, camera, clock, viewers } = await setUp();
  source.write(camera.keyFrame(), 0);
  const { tracks, start } = await watch().then((it) => ({
    tracks: it.tracks,
    start: it.start.bind(it),
  }));
  expect(tracks.map(({ payloadType }) => payloadType)).toEqual([96, 97]);
  const outlet = new FakeOutlet();
  start([outlet, undefined]);
  expect(outlet.sequences).toEqual([tracks[0]!.sequence, tracks[0]!.sequence + 1]);
  source.write(camera.deltaFrame(), 33);
  expect(outlet.sequences).toHaveLength(3);
  expect(outlet.flushes).toBeGreaterThan(1);
  clock.advance(2000);
  expect(outlet.reports).toBe(3);
  expect(viewers.list.views('gate')).toMatchObject([
    { protocol: 'rtsp', remote: '10.0.0.9:4000', state: 'connected', userAgent: 'player' },
  ]);
});

test('a watch that pauses gets nothing until it starts again', async () => {
  const { watch, source, camera } = await setUp();
  source.write(camera.keyFrame(), 0);
  const it = await watch();
  const outlet = new FakeOutlet();
  it.start([outlet]);
  it.pause();
  const sent = outlet.sequences.length;
  source.write(camera.deltaFrame(), 33);
  expect(outlet.sequences).toHaveLength(sent);
  it.start([outlet]);
  expect(outlet.sequences.length).toBeGreaterThan(sent);
});

test('a watch that closes is gone, and is not told what it did itself', async () => {
  const { watch, viewers, ends } = await setUp();
  const it = await watch();
  it.close();
  it.close();
  expect(viewers.list.size).toBe(0);
  expect(ends).toEqual([]);
});

test('a watch is told when its stream is removed', async () => {
  const { watch, streams, ends, viewers } = await setUp();
  await watch();
  await streams.remove('gate');
  expect(ends).toEqual(['the stream was removed']);
  expect(viewers.list.size).toBe(0);
});

test('a viewer that is sent away is told so, whoever it is', async () => {
  const { watch, viewers, ends } = await setUp();
  const { id } = await watch();
  expect(() => viewers.list.kick('yard', id)).toThrow('no such session');
  viewers.list.kick('gate', id);
  expect(ends).toEqual(['sent away']);
});

test('a watch whose stream is removed while its sound is converted is told so', async () => {
  const pcm = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 } as const;
  const { viewers, streams, converter, clock } = await setUp({ formats: [H264, pcm] });
  converter.refuses = undefined;
  const watching = viewers.watch({
    streamId: 'gate',
    protocol: 'mse',
    remote: '10.0.0.9:4000',
    userAgent: undefined,
    accepts: ({ codec }) => codec !== 'PCMU',
    onEnd: () => {},
  });
  watching.catch(() => {});
  await clock.advanceAsync(1000);
  const removed = streams.remove('gate');
  await expect(watching).rejects.toMatchObject({ code: 'stream_not_ready' });
  await removed;
  expect(viewers.list.size).toBe(0);
});

test('the id of a watch, which people see, does not end it', async () => {
  const { watch, viewers } = await setUp();
  const { id } = await watch();
  expect(() => viewers.leave('gate', id)).toThrow('no such session');
  expect(viewers.list.size).toBe(1);
});

test('a watch whose picture ends while it waits for its sound is told so', async () => {
  const h265 = { ...H264, codec: 'H265' } as typeof H264;
  const pcm = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 } as const;
  const { viewers, converter, clock, streams } = await setUp({ formats: [h265, pcm] });
  Object.defineProperty(streams.get('gate').main!.video, 'described', { value: true });
  converter.refuses = undefined;
  const watching = viewers.watch({
    streamId: 'gate',
    protocol: 'mse',
    remote: '10.0.0.9:4000',
    userAgent: undefined,
    accepts: ({ codec }) => codec === 'H264' || codec === 'opus',
    onEnd: () => {},
  });
  watching.catch(() => {});
  await clock.advanceAsync(100);
  const [picture] = converter.conversions;
  picture!.sink.ready(H264);
  await clock.advanceAsync(100);
  picture!.sink.failed('the encoder died');
  converter.conversions[1]!.sink.ready(OPUS);
  await expect(watching).rejects.toThrow('"gate" was removed or changed');
  expect(viewers.list.size).toBe(0);
});

test('a stream on demand closes after its last watch', async () => {
  const { watch, source, clock, streams, main } = await setUp();
  const it = await watch();
  await streams.apply(streamSpec([{ ...main.spec, open: 'demand', lingerMs: 1000 }]));
  await clock.advanceAsync(1000);
  expect(source.closed).toBe(false);
  it.close();
  await clock.advanceAsync(1000);
  expect(source.closed).toBe(true);
});
