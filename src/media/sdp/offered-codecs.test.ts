// Codecs of a media section: what belongs together, what is left out, and the bounds.

import { describe, expect, test } from 'vitest';
import { parseFormatParameters, readCodecs } from './offered-codecs.ts';
import { parseSdp } from './session.ts';

const read = (...lines: string[]) => readCodecs(parseSdp(lines.join('\n')).media[0]!);

describe('readCodecs', () => {
  test('brings the lines of a payload type together, in the order of the media line', () => {
    const codecs = read(
      'm=video 9 X 98 96',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
      'a=rtcp-fb:* ccm fir',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1; Profile-Level-Id=42e01f',
      'a=rtpmap:98 opus/48000/2',
    );
    expect(codecs).toEqual([
      {
        payloadType: 98,
        name: 'opus',
        clockRate: 48_000,
        channels: 2,
        parameters: new Map(),
        feedback: ['ccm fir'],
        rtxPayloadType: undefined,
      },
      {
        payloadType: 96,
        name: 'H264',
        clockRate: 90_000,
        channels: 1,
        parameters: new Map([
          ['packetization-mode', '1'],
          ['profile-level-id', '42e01f'],
        ]),
        feedback: ['nack', 'nack pli', 'ccm fir'],
        rtxPayloadType: undefined,
      },
    ]);
  });

  test('folds retransmission into its codec, and the first one wins', () => {
    const codecs = read(
      'm=video 9 X 96 97 98 99',
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=rtpmap:98 RTX/90000',
      'a=fmtp:98 apt=96',
      'a=rtpmap:99 rtx/90000',
    );
    expect(codecs).toMatchObject([{ payloadType: 96, rtxPayloadType: 97 }]);
  });

  test('leaves out payload types without a readable rtpmap line', () => {
    const codecs = read(
      'm=video 9 X 0 96 97 128 webrtc-datachannel 99',
      'a=rtpmap:96 VP8',
      'a=rtpmap:97 VP8/fast',
      'a=rtpmap:128 VP8/90000',
      'a=rtpmap:98 VP8/90000',
      `a=rtpmap:99 ${'x'.repeat(33)}/90000`,
    );
    expect(codecs).toEqual([]);
  });

  test('names a payload type once that the media line repeats', () => {
    expect(read('m=video 9 X 96 96', 'a=rtpmap:96 VP8/90000')).toHaveLength(1);
  });

  test('keeps 32 kinds of feedback', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `a=rtcp-fb:96 x${index}`);
    const [codec] = read('m=video 9 X 96', 'a=rtpmap:96 VP8/90000', ...lines);
    expect(codec?.feedback).toHaveLength(32);
  });
});

describe('parseFormatParameters', () => {
  test('keeps = inside values and takes words without one', () => {
    expect([
      ...parseFormatParameters('sprop-parameter-sets=Z0IAH5Y=,aM4=;; 0-15 ;cbr = 1'),
    ]).toEqual([
      ['sprop-parameter-sets', 'Z0IAH5Y=,aM4='],
      ['0-15', ''],
      ['cbr', '1'],
    ]);
  });
});
