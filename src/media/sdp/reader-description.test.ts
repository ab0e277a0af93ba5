// Descriptions for readers: what they say, and that our own reader understands them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PPS, SPS } from '../../../test/support/rtp-packets.ts';
import { parseCameraDescription } from './camera-description.ts';
import type { DescribedFormat } from './described-format.ts';
import { formatReaderDescription } from './reader-description.ts';

const session = { sessionId: '7', name: 'gate' };
const AAC = { kind: 'audio', codec: 'AAC', clockRate: 16_000, channels: 1 } as const;

function describe(...formats: DescribedFormat[]): string {
  const tracks = formats.map((format, index) => ({
    format,
    payloadType: 96 + index,
    control: `trackID=${index}`,
  }));
  return formatReaderDescription(tracks, session);
}

test('a description names the codecs, the parameter sets and where each track is controlled', () => {
  const video = { kind: 'video', codec: 'H264', clockRate: 90_000 } as const;
  const opus = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 } as const;
  expect(describe({ ...video, parameterSets: [SPS, PPS] }, opus).split('\r\n')).toEqual([
    'v=0',
    'o=- 7 1 IN IP4 127.0.0.1',
    's=gate',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 packetization-mode=1;profile-level-id=42c01f;sprop-parameter-sets=Z0LAH5WgFAFuQA==,aM48gA==',
    'a=control:trackID=0',
    'm=audio 0 RTP/AVP 97',
    'a=rtpmap:97 opus/48000/2',
    'a=fmtp:97 sprop-stereo=1',
    'a=control:trackID=1',
    '',
  ]);
});

test('a description of H.265 whose parameter sets are not known yet has none', () => {
  const text = describe({ kind: 'video', codec: 'H265', clockRate: 90_000, parameterSets: [] });
  expect(text).toContain('a=rtpmap:96 H265/90000\r\na=control');
});

test('a description of LATM packs the configuration into a StreamMuxConfig', () => {
  const none = { sizeLength: 0, indexLength: 0, indexDeltaLength: 0 };
  const text = describe({ ...AAC, ...none, packing: 'latm', config: Uint8Array.of(0x14, 0x08) });
  // As RFC 6416 §7.3 has it for AAC-LC: 4000 2 … 3fc0.
  expect(text).toContain('a=rtpmap:96 MP4A-LATM/16000\r\n');
  expect(text).toContain('cpresent=0;config=400028103fc0\r\n');
});

const h265Set = (type: number) =>
  fc
    .uint8Array({ minLength: 2, maxLength: 60 })
    .map((bytes) => Uint8Array.of(type << 1, 1, ...bytes.map((byte) => byte | 1)));

const video: fc.Arbitrary<DescribedFormat> = fc.oneof(
  fc.constantFrom([], [SPS, PPS]).map((parameterSets): DescribedFormat => {
    return { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets };
  }),
  fc.tuple(h265Set(32), h265Set(33), h265Set(34)).map((parameterSets): DescribedFormat => {
    return { kind: 'video', codec: 'H265', clockRate: 90_000, parameterSets };
  }),
);

const plainAudio: fc.Arbitrary<DescribedFormat> = fc.oneof(
  fc.record({
    kind: fc.constant('audio' as const),
    codec: fc.constantFrom('PCMU', 'PCMA', 'L16'),
    clockRate: fc.constantFrom(8_000, 16_000, 44_100),
    channels: fc.constantFrom(1, 2),
  }),
  fc.constant<DescribedFormat>({ kind: 'audio', codec: 'G722', clockRate: 8_000, channels: 1 }),
  fc.constant<DescribedFormat>({ kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 }),
);

/** AAC-LC, 16 kHz, mono or stereo. */
const aac: fc.Arbitrary<DescribedFormat> = fc
  .record({ channels: fc.constantFrom(1, 2), packing: fc.constantFrom('generic', 'latm') })
  .map(({ channels, packing }) => ({
    ...AAC,
    channels,
    packing,
    config: Uint8Array.of(0x14, channels << 3),
    sizeLength: packing === 'latm' ? 0 : 13,
    indexLength: packing === 'latm' ? 0 : 3,
    indexDeltaLength: packing === 'latm' ? 0 : 3,
  }));

test('what is described is read back as it was', () => {
  fc.assert(
    fc.property(video, fc.oneof(plainAudio, aac), (picture, sound) => {
      const { tracks, ignored } = parseCameraDescription(describe(picture, sound));
      expect(ignored).toEqual([]);
      expect(tracks).toEqual([
        { format: picture, payloadType: 96, control: 'trackID=0' },
        { format: sound, payloadType: 97, control: 'trackID=1' },
      ]);
    }),
  );
});
