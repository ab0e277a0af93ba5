// What a viewer gets: main, sub, a conversion, or a refusal that explains itself.

import { expect, test } from 'vitest';
import {
  type FakeConverter,
  H264,
  OPUS,
  setUpStreams,
} from '../../../test/support/streams-set-up.ts';
import { choose, type Wish } from './choice.ts';
import type { Track } from './track.ts';
import type { AacFormat, TrackFormat } from './track-format.ts';

const H265 = { ...H264, codec: 'H265', parameterSets: [] } as TrackFormat;
const AAC: AacFormat = {
  kind: 'audio',
  codec: 'AAC',
  clockRate: 16_000,
  channels: 1,
  config: Uint8Array.of(0x14, 0x08),
  packing: 'generic',
  sizeLength: 13,
  indexLength: 3,
  indexDeltaLength: 3,
};

/** A viewer that takes these codecs. */
function wish(...codecs: string[]): Wish {
  return {
    first: 'main',
    takes: () => true,
    misfit: ({ format }: Track) => (codecs.includes(format.codec) ? undefined : 'not offered'),
    takesCodec: (codec) => codecs.includes(codec),
    offers: codecs.join(', '),
  };
}

/** What H.265 is described by does not matter here. */
function describe(track: Track | undefined): void {
  Object.defineProperty(track, 'described', { value: true });
}

function setUp(options: Parameters<typeof setUpStreams>[0] = {}) {
  const world = setUpStreams(options);
  const stream = world.streams.get('gate');
  for (const track of stream.tracks) describe(track);
  return { ...world, stream };
}

/** Lets the conversion that was begun succeed. */
function finish(converter: FakeConverter, format: TrackFormat): void {
  converter.conversions.at(-1)!.sink.ready(format);
}

test('a viewer that takes what main sends gets main', async () => {
  const { stream } = setUp();
  const choice = await choose(stream, wish('H264', 'opus'));
  expect(choice.profile).toBe('main');
  expect([choice.video?.format.codec, choice.audio?.format.codec]).toEqual(['H264', 'opus']);
  expect(choice.words).toMatch(/^main: H264.* is sent$/);
});

test('a viewer without H.265 gets the sub stream, which is opened for it', async () => {
  const { stream, sub, clock } = setUp({ formats: [H265, OPUS], sub: {} });
  const choosing = choose(stream, wish('H264', 'opus'));
  await clock.advanceAsync(100);
  sub.source.ready();
  const choice = await choosing;
  expect(choice.profile).toBe('sub');
  expect(choice.words).toMatch(/main sends H265, not offered; sub: H264.* is sent/);
  for (const demand of choice.demands) demand.release();
  await clock.advanceAsync(10_000);
  expect(stream.profile('sub')!.state).toBe('idle');
});

test('without a sub stream H.265 is converted, once for all who need it', async () => {
  const { stream, converter, clock } = setUp({ formats: [H265, OPUS] });
  converter.refuses = undefined;
  const both = [choose(stream, wish('H264', 'opus')), choose(stream, wish('H264', 'opus'))];
  await clock.advanceAsync(100);
  expect(converter.conversions).toHaveLength(1);
  finish(converter, H264);
  const [first, second] = await Promise.all(both);
  converter.refuses = 'all places are taken';
  expect((await choose(stream, wish('H264', 'opus'))).video).toBe(first!.video);
  expect(first!.video).toBe(second!.video);
  expect(first!.words).toContain('main is converted to H264');
  expect(stream.view(0).conversions).toMatchObject([
    { from: 'H265', to: 'H264', users: 3, state: 'converting', cpuSeconds: 0.25 },
  ]);
});

test('the conversion is closed some seconds after its last viewer', async () => {
  const { stream, converter, clock } = setUp({ formats: [H265, OPUS] });
  converter.refuses = undefined;
  const choosing = choose(stream, wish('H264', 'opus'));
  await clock.advanceAsync(0);
  finish(converter, H264);
  for (const demand of (await choosing).demands) demand.release();
  await clock.advanceAsync(9_999);
  expect(converter.conversions[0]!.closed).toBe(false);
  await clock.advanceAsync(1);
  expect(converter.conversions[0]!.closed).toBe(true);
});

test('a stream that must not be transcoded refuses in words instead', async () => {
  const { stream, converter } = setUp({ formats: [H265, OPUS], spec: { transcode: false } });
  converter.refuses = undefined;
  await expect(choose(stream, wish('H264', 'opus'))).rejects.toMatchObject({
    code: 'codec_refused',
    message: expect.stringMatching(/main sends H265, not offered; .*H264, opus.*sub stream/),
  });
  expect(converter.conversions).toHaveLength(0);
});

test('a refusal says why nothing could be converted', async () => {
  const { stream } = setUp({ formats: [H265, OPUS] });
  await expect(choose(stream, wish('H264', 'opus'))).rejects.toThrow(/needs ffmpeg/);
});

test('a conversion that fails is named, and not begun again for some seconds', async () => {
  const { stream, converter, clock } = setUp({ formats: [H265, OPUS] });
  converter.refuses = undefined;
  const first = choose(stream, wish('H264', 'opus'));
  first.catch(() => {});
  await clock.advanceAsync(0);
  converter.conversions[0]!.sink.failed('the encoder died');
  await expect(first).rejects.toThrow(/the encoder died/);
  await expect(choose(stream, wish('H264', 'opus'))).rejects.toThrow(/the encoder died/);
  expect(converter.conversions).toHaveLength(1);
  await clock.advanceAsync(5000);
  void choose(stream, wish('H264', 'opus')).catch(() => {});
  await clock.advanceAsync(0);
  expect(converter.conversions).toHaveLength(2);
});

test('AAC becomes Opus for who cannot take it, and stays AAC for who can', async () => {
  const { stream, converter, clock } = setUp({ formats: [H264, AAC] });
  converter.refuses = undefined;
  const choosing = choose(stream, wish('H264', 'opus'));
  await clock.advanceAsync(0);
  finish(converter, OPUS);
  expect((await choosing).audio!.format.codec).toBe('opus');
  expect((await choose(stream, wish('H264', 'AAC'))).audio!.format.codec).toBe('AAC');
});

test('sound that cannot be had is no reason to show no picture', async () => {
  const { stream } = setUp({ formats: [H264, AAC] });
  const choice = await choose(stream, wish('H264', 'opus'));
  expect(choice.audio).toBeUndefined();
  expect(choice.video!.format.codec).toBe('H264');
  expect(choice.words).toContain('the sound (AAC 16000 Hz) cannot be converted');
});

test('pictures out of order are converted where that is possible, and sent as they are where not', async () => {
  const { stream, converter, clock } = setUp();
  Object.defineProperty(stream.main!.video, 'reorders', { value: true });
  const plain = await choose(stream, wish('H264', 'opus'));
  expect(plain.video).toBe(stream.main!.video);
  expect(plain.words).toContain('with B-frames');
  converter.refuses = undefined;
  const choosing = choose(stream, wish('H264', 'opus'));
  await clock.advanceAsync(0);
  finish(converter, H264);
  expect((await choosing).video).not.toBe(stream.main!.video);
});

test('a main profile that is down is replaced by sub, and the words say so', async () => {
  const { stream, main, sub, clock } = setUp({ ready: false, sub: {} });
  main.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  const choosing = choose(stream, wish('H264', 'opus'));
  await clock.advanceAsync(0);
  sub.source.ready();
  expect(await choosing).toMatchObject({
    profile: 'sub',
    words: expect.stringMatching(/^main is retrying: no answer; sub: /),
  });
});

test('a stream that is disabled says so', async () => {
  const { stream } = setUp({ ready: false, spec: { enabled: false } });
  await expect(choose(stream, wish('H264'))).rejects.toMatchObject({
    code: 'stream_not_ready',
    message: expect.stringContaining('disabled'),
  });
});

test('a profile that closes with its last viewer stays open while it is converted for a new one', async () => {
  const main = { open: 'demand', lingerMs: 0 } as const;
  const { streams, main: camera, converter, clock } = setUpStreams({ ready: false, main });
  converter.refuses = undefined;
  const stream = streams.get('gate');
  const choosing = choose(stream, wish('H264', 'opus'));
  camera.source.ready([H265, OPUS]);
  describe(stream.main!.video);
  camera.source.sink!.flush();
  await clock.advanceAsync(3000);
  finish(converter, H264);
  const choice = await choosing;
  expect(stream.has(choice.video!)).toBe(true);
  for (const demand of choice.demands) demand.release();
  await clock.advanceAsync(10_000);
  expect(stream.main!.state).toBe('idle');
  expect(stream.has(choice.video!)).toBe(false);
});

test('who is refused holds nothing open', async () => {
  const main = { open: 'demand', lingerMs: 0 } as const;
  const { streams, main: camera, clock } = setUpStreams({ ready: false, main, sub: {} });
  const stream = streams.get('gate');
  const choosing = choose(stream, wish('H264', 'opus'));
  choosing.catch(() => {});
  camera.source.ready([H265, OPUS]);
  describe(stream.main!.video);
  camera.source.sink!.flush();
  await clock.advanceAsync(8000);
  await expect(choosing).rejects.toMatchObject({ code: 'codec_refused' });
  await clock.advanceAsync(10_000);
  expect(stream.profiles.map(({ state }) => state)).toEqual(['idle', 'idle']);
});

test('what was refused is not to be tried again but to be corrected', async () => {
  const { stream, main } = setUp({ ready: false });
  main.source.sink!.failed({ kind: 'refused', reason: 'wrong password.' });
  await expect(choose(stream, wish('H264'))).rejects.toThrow(
    'Stream "gate" has nothing to show: main is refused: wrong password. Correct its settings.',
  );
});

test('who wants only what a stream does not have is refused', async () => {
  const { stream } = setUp({ formats: [OPUS] });
  const picture = { ...wish('H264'), takes: (kind: string) => kind === 'video' };
  await expect(choose(stream, picture)).rejects.toMatchObject({ code: 'codec_refused' });
});

test('nothing is converted for who could not take what comes out', async () => {
  const { stream, converter } = setUp({ formats: [H265, AAC] });
  converter.refuses = undefined;
  await expect(choose(stream, wish('VP8'))).rejects.toMatchObject({ code: 'codec_refused' });
  expect(converter.conversions).toHaveLength(0);
});
