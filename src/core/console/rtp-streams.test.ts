// Which RTP streams carry a listener's channels, and which SSRCs stay.

import { expect, test } from 'vitest';
import type { ConsoleChannel } from '#contract/console.ts';
import type { Compression, Layout, PacketTimeMs, SampleRate } from '#contract/sound.ts';
import { assignStreams, type RtpStream, viewStreams } from './rtp-streams.ts';

interface Wish {
  codec?: Compression;
  layout?: Layout;
  sampleRate?: SampleRate;
  packetMs?: PacketTimeMs;
  ids?: number[];
}

const ALL = Array.from({ length: 32 }, (_, index) => index + 1);

function channel(id: number): ConsoleChannel {
  return { id, name: `CH${id}`, color: null, source: null, mapped: true };
}

let lastSsrc = 1_000;

function assign(wish: Wish, previous: readonly RtpStream[] = []): RtpStream[] {
  const { codec = 'opus', layout = 'bundle', sampleRate = 48_000, packetMs = 5, ids = ALL } = wish;
  const rendition = { codec, sampleRate, packetMs, bitrate: 0 };
  return assignStreams({ layout, rendition, channels: ids.map(channel) }, previous, () => {
    lastSsrc++;
    return lastSsrc;
  });
}

const ssrcsOf = (streams: readonly RtpStream[]) => streams.map(({ ssrc }) => ssrc);

test('a bundle of Opus is one stream, of PCM as few as carry it, plain one for each channel', () => {
  expect(assign({})).toMatchObject([{ payloadType: 100, channels: ALL, portOffset: 0 }]);
  const pcm = assign({ codec: 'pcm' });
  expect(pcm.map(({ channels }) => channels)).toEqual([ALL.slice(0, 16), ALL.slice(16)]);
  expect(pcm.every(({ payloadType }) => payloadType === 96)).toBe(true);
  const plain = assign({ layout: 'plain', ids: [9, 4] });
  expect(plain).toMatchObject([
    { payloadType: 111, channels: [9], portOffset: 0 },
    { payloadType: 111, channels: [4], portOffset: 2 },
  ]);
});

test('a bundle of Opus keeps its SSRC with other channels: it names them in each packet', () => {
  const before = assign({});
  expect(ssrcsOf(assign({ ids: [5], packetMs: 20 }, before))).toEqual(ssrcsOf(before));
  expect(ssrcsOf(assign({ sampleRate: 24_000 }, before))).toEqual(ssrcsOf(before));
});

test('PCM keeps an SSRC only for the same channels at the same rate', () => {
  const before = assign({ codec: 'pcm', ids: [1, 2] });
  expect(ssrcsOf(assign({ codec: 'pcm', ids: [1, 2], packetMs: 10 }, before))).toEqual(
    ssrcsOf(before),
  );
  const changes: Wish[] = [
    { ids: [2, 1] },
    { ids: [1] },
    { sampleRate: 44_100 },
    { codec: 'pcm24' },
  ];
  for (const change of changes) {
    const [stream] = assign({ codec: 'pcm', ids: [1, 2], ...change }, before);
    expect(stream?.ssrc).not.toBe(before[0]?.ssrc);
  }
});

test('a plain channel keeps its SSRC as long as it keeps its port', () => {
  const before = assign({ layout: 'plain', ids: [1, 2, 3] });
  const [first, second] = assign({ layout: 'plain', ids: [1, 3] }, before);
  expect(first?.ssrc).toBe(before[0]?.ssrc);
  expect(ssrcsOf(before)).not.toContain(second?.ssrc);
});

test('new SSRCs are asked for with those of this listener to be avoided', () => {
  const avoided: number[][] = [];
  let next = 0;
  const rendition = { codec: 'opus', sampleRate: 48_000, packetMs: 5, bitrate: 0 } as const;
  const before = assign({ layout: 'plain', ids: [1] });
  const wish = { layout: 'plain', rendition, channels: [2, 3].map(channel) } as const;
  assignStreams(wish, before, (taken) => {
    avoided.push([...taken]);
    next++;
    return next;
  });
  expect(avoided).toEqual([ssrcsOf(before), [...ssrcsOf(before), 1]]);
});

test('no channels are no streams', () => {
  expect(assign({ ids: [] })).toEqual([]);
});

test('ports are shown once they are known', () => {
  const streams = assign({ layout: 'plain', ids: [9, 4] });
  expect(viewStreams(streams, null).map(({ port }) => port)).toEqual([null, null]);
  expect(viewStreams(streams, 6_000).map(({ port }) => port)).toEqual([6_000, 6_002]);
});
