// The medium over the WebSocket itself: its beginning, its end, and a client that does not take it.

import { afterEach, expect, test } from 'vitest';
import { FakeStreams } from '../../test/support/fake-watching.ts';
import { readFragment } from '../../test/support/mp4-fragments.ts';
import type { SignallingClient } from '../../test/support/signalling-client.ts';
import { type SignallingWorld, setUpSignalling } from '../../test/support/signalling-set-up.ts';
import { H264, OPUS, offer } from '../../test/support/streams-set-up.ts';
import { until } from '../../test/support/until.ts';

const FRAME_MS = 40;
const LARGE_UNIT_BYTES = 64 * 1024;
const CODECS = ['H264', 'AAC', 'opus'] as const;

let world: SignallingWorld;

afterEach(() => world.close());

async function start(options: Parameters<typeof setUpSignalling>[0] = {}) {
  world = await setUpSignalling(options);
  return world;
}

/** A frame of the main camera, `FRAME_MS` after the one before. */
function writeFrame(packets: readonly Uint8Array[]): void {
  world.clock.advance(FRAME_MS);
  world.source.write(packets, world.clock.nowMs());
}

async function startWatching(options: Parameters<typeof setUpSignalling>[0] = {}) {
  const { connect, camera } = await start(options);
  writeFrame(camera.keyFrame());
  const client = await connect();
  client.send({ type: 'mse', codecs: [...CODECS] });
  await client.settle();
  writeFrame(camera.deltaFrame());
  await client.get('mse');
  return client;
}

function boxes({ binary }: SignallingClient): string[] {
  return binary.map((bytes) => String.fromCharCode(...bytes.subarray(4, 8)));
}

test('the answer names the type, then come beginning and fragments, from the cached key frame', async () => {
  const { connect, camera } = await start();
  writeFrame(camera.keyFrame());
  writeFrame(camera.deltaFrame());
  const client = await connect();
  client.send({ type: 'mse', codecs: [...CODECS] });
  const { mime, viewer } = await client.get('mse');
  expect(mime).toBe('video/mp4; codecs="avc1.42c01f,opus"');
  writeFrame(camera.deltaFrame());
  await until(() => client.binary.length === 3, { what: 'the fragments' });
  expect(boxes(client)).toEqual(['ftyp', 'moof', 'moof']);
  expect(readFragment(client.binary[1]!)).toMatchObject({ isKey: true, baseTime: 0 });
  expect(world.viewers.list.views()).toMatchObject([{ id: viewer, protocol: 'mse' }]);
  world.clock.advance(2_000);
  const { mediaStartMs } = await client.get('stats');
  expect(mediaStartMs).toBeGreaterThan(world.clock.wallMs() - 2_500);
});

test('an offer takes its place, and it takes the place of an offer', async () => {
  const client = await startWatching();
  client.send({ type: 'offer', sdp: offer });
  await client.get('answer');
  expect(world.viewers.list.views().map(({ protocol }) => protocol)).toEqual(['ws']);
  client.send({ type: 'mse', codecs: ['H264'] });
  expect(await client.get('mse', 2)).toMatchObject({ mime: 'video/mp4; codecs="avc1.42c01f"' });
  client.send({ type: 'candidate', candidate: '' });
  await client.settle();
  expect(world.viewers.list.views().map(({ protocol }) => protocol)).toEqual(['mse']);
  expect(client.all('error')).toEqual([]);
});

test('sound that is no AAC and no Opus is asked for as Opus', async () => {
  const pcm = { kind: 'audio', codec: 'PCMU', clockRate: 8_000, channels: 1 } as const;
  const { connect, camera, converter } = await start({ formats: [H264, pcm] });
  converter.refuses = undefined;
  writeFrame(camera.keyFrame());
  const client = await connect();
  client.send({ type: 'mse', codecs: [...CODECS] });
  await until(() => converter.conversions.length === 1, { what: 'a conversion' });
  expect(converter.conversions[0]?.to).toBe('opus');
  converter.conversions[0]?.sink.ready(OPUS);
  expect((await client.get('mse')).mime).toContain('opus');
});

test('AAC that makes no sense is not carried', async () => {
  const config = Uint8Array.of(0xff);
  const widths = {
    sizeLength: 13,
    indexLength: 3,
    indexDeltaLength: 3,
    packing: 'generic',
  } as const;
  const aac = { kind: 'audio', codec: 'AAC', clockRate: 16_000, channels: 1, config } as const;
  const { connect, camera } = await start({ formats: [H264, { ...aac, ...widths }] });
  writeFrame(camera.keyFrame());
  const client = await connect();
  client.send({ type: 'mse', codecs: [...CODECS] });
  expect((await client.get('mse')).mime).not.toContain('mp4a');
});

test('a picture that the player cannot decode is refused in words', async () => {
  const { connect, camera } = await start();
  writeFrame(camera.keyFrame());
  const client = await connect();
  client.send({ type: 'mse', codecs: ['H265', 'opus'] });
  expect(await client.get('error')).toMatchObject({
    code: 'codec_refused',
    message: expect.stringContaining('H264'),
  });
});

test('a small picture is served with the sub profile, and another size changes it', async () => {
  const { connect, camera, sub } = await start({ sub: { open: 'always' } });
  sub.source.ready();
  sub.source.write(camera.keyFrame(), 0);
  writeFrame(camera.keyFrame());
  const client = await connect();
  client.send({ type: 'quality', mode: 'auto', heightPixels: 240 });
  client.send({ type: 'mse', codecs: [...CODECS] });
  await client.get('mse');
  expect(world.viewers.list.views()).toMatchObject([{ profile: 'sub' }]);
  client.send({ type: 'quality', mode: 'auto', heightPixels: 300 });
  await client.settle();
  expect(client.all('mse')).toHaveLength(1);
  client.send({ type: 'quality', mode: 'main' });
  await client.get('mse', 2);
  expect(world.viewers.list.views()).toMatchObject([{ profile: 'main' }]);
});

test('it ends with the socket, and with the stream', async () => {
  const first = await startWatching();
  first.close();
  await until(() => world.viewers.list.size === 0, { what: 'the viewer to leave' });
  const second = await world.connect();
  second.send({ type: 'mse', codecs: [...CODECS] });
  await second.get('mse');
  world.source.sink?.ready({ formats: [OPUS] });
  expect(await second.event('ended')).toMatchObject({ reason: expect.stringContaining('codec') });
  expect(world.viewers.list.size).toBe(0);
});

test('it ends with parameter sets that make no sense, and says so', async () => {
  const { connect, camera, viewers } = await start();
  const streams = new FakeStreams();
  streams.add('gate', H264);
  viewers.watch = (request) => streams.watch(request);
  const client = await connect();
  client.send({ type: 'mse', codecs: [...CODECS] });
  await until(() => streams.watches[0]?.isPlaying === true, { what: 'the session to begin' });
  const broken = [Uint8Array.of(0x67, 1), Uint8Array.of(0x68, 1), Uint8Array.of(0x65, 1)];
  streams.watched.send(0, camera.frame(broken));
  expect(await client.event('ended')).toMatchObject({ reason: expect.stringContaining('H.264') });
  expect(streams.watched.closes).toBe(1);
});

test('who does not take it gets nothing more, then a new beginning at the newest key frame', async () => {
  const client = await startWatching();
  const { camera, signalling } = world;
  client.socket.pause();
  const large = () => camera.frame([new Uint8Array(LARGE_UNIT_BYTES).fill(0x41)]);
  await until(
    async () => {
      writeFrame(large());
      await new Promise(setImmediate);
      return signalling.counters.dropped > 20;
    },
    { what: 'the socket to be full' },
  );
  writeFrame(camera.keyFrame());
  const received = client.binary.length;
  client.socket.resume();
  await client.get('mse', 2);
  writeFrame(camera.deltaFrame());
  await until(() => boxes(client).lastIndexOf('moof') > boxes(client).lastIndexOf('ftyp'), {
    what: 'fragments after the new beginning',
  });
  const begun = boxes(client).lastIndexOf('ftyp');
  expect(begun).toBeGreaterThan(received);
  expect(readFragment(client.binary[begun + 1]!).isKey).toBe(true);
  // What waited for the client was bounded, whatever was written meanwhile.
  const waited = client.binary.slice(received, begun).reduce((sum, { length }) => sum + length, 0);
  expect(waited).toBeLessThan(16 * 1024 * 1024);
  world.clock.advance(2_000);
  await until(() => (client.all('stats').at(-1)?.droppedFrames ?? 0) > 20, {
    what: 'the statistics to say how many were dropped',
  });
});

test('who takes nothing for 10 s is sent away', async () => {
  const client = await startWatching();
  const { camera, signalling, clock } = world;
  client.socket.pause();
  await until(
    async () => {
      writeFrame(camera.frame([new Uint8Array(LARGE_UNIT_BYTES).fill(0x41)]));
      await new Promise(setImmediate);
      return signalling.counters.dropped > 0;
    },
    { what: 'the socket to be full' },
  );
  clock.advance(11_000);
  expect(world.viewers.list.size).toBe(0);
  expect(signalling.counters.dismissed).toBe(1);
  client.socket.resume();
  expect(await client.untilClosed()).toEqual({ code: 1013, reason: 'too slow' });
});
