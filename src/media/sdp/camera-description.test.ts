// What cameras say that they have: as they should, as they do, and what cannot be helped.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { parseCameraDescription } from './camera-description.ts';

const SPS = '6742c01fda014016ec0440000003004000000f03c60ca8';
const PPS = '68ce3c80';

function load(name: string): string {
  return readFileSync(new URL(`../../../test/fixtures/rtsp/${name}.sdp`, import.meta.url), 'utf8');
}

/** Formats with their bytes in hexadecimal. */
function describeTracks(text: string) {
  return parseCameraDescription(text).tracks.map(({ format, payloadType, control }) => ({
    payloadType,
    control,
    ...JSON.parse(
      JSON.stringify(format, (_, value) => (value instanceof Uint8Array ? toHex(value) : value)),
    ),
  }));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function setsOf(text: string): string[] {
  return describeTracks(text)[0].parameterSets;
}

function audioOf(rtpmap: string, fmtp = '') {
  const text = `m=audio 0 RTP/AVP 97\na=rtpmap:97 ${rtpmap}\na=fmtp:97 ${fmtp}`;
  return describeTracks(text)[0];
}

describe('a camera description', () => {
  test('gives the tracks with their formats, payload types and controls', () => {
    expect(parseCameraDescription(load('plain'))).toMatchObject({ control: '*', ignored: [] });
    expect(describeTracks(load('plain'))).toEqual([
      {
        kind: 'video',
        codec: 'H264',
        clockRate: 90_000,
        parameterSets: [SPS, PPS],
        payloadType: 96,
        control: 'trackID=0',
      },
      {
        kind: 'audio',
        codec: 'PCMU',
        clockRate: 8_000,
        channels: 1,
        payloadType: 0,
        control: 'trackID=1',
      },
    ]);
  });

  test('gives H.265 with its three kinds of parameter sets', () => {
    const fmtp = 'sprop-vps=QAEMAQ==; sprop-sps=QgEBAQ==; sprop-pps=RAHBcg==,Qf8=';
    const text = `m=video 0 RTP/AVP 98\na=rtpmap:98 HEVC/90000\na=fmtp:98 ${fmtp}`;
    expect(describeTracks(text)).toMatchObject([
      { codec: 'H265', parameterSets: ['40010c01', '42010101', '4401c172'] },
    ]);
  });

  test('takes one picture and one sound, video first, and says what it leaves out', () => {
    const text = [
      'm=audio 0 RTP/AVP 8',
      'm=video 0 RTP/AVP 26 97',
      'a=rtpmap:97 H265/90000',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'm=audio 0 RTP/AVP 98',
      'a=rtpmap:98 opus/48000/2',
    ].join('\n');
    const { tracks, ignored } = parseCameraDescription(text);
    expect(tracks.map(({ format }) => format.codec)).toEqual(['H265', 'opus']);
    expect(ignored).toEqual([
      'audio PCMA is not used: there is another audio track',
      'video H264 is not used: there is another video track',
    ]);
  });

  test.each([
    ['m=video 0 RTP/AVP 26', 'video JPEG is not supported: set H.264 or H.265'],
    [
      'm=video 0 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000',
      'video MP4V-ES is not supported: set H.264 or H.265',
    ],
    [
      'm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=2',
      'video H264 is not supported: set H.264 or H.265',
    ],
    [
      'm=audio 0 RTP/AVP 99\na=rtpmap:99 G726-32/8000',
      'audio G726-32 is not supported: set G.711, AAC or Opus',
    ],
    ['m=audio 0 RTP/AVP 99', 'audio payload type 99 is not supported: set G.711, AAC or Opus'],
    [
      'm=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/1234',
      'audio AAC without a config that says how it is coded is not supported: set G.711 or Opus',
    ],
    [
      'm=audio 0 RTP/AVP 97\na=rtpmap:97 MP4A-LATM/8000',
      'audio AAC with its config in the packets is not supported: set G.711 or Opus',
    ],
    [
      'm=audio 0 RTP/AVP 97\na=rtpmap:97 MP4A-LATM/8000\na=fmtp:97 config=80000000',
      'audio AAC of several streams or layers is not supported: set G.711 or Opus',
    ],
    ['m=audio 0 RTP/AVP x', 'audio x is no payload type'],
    ['m=audio 0 RTP/AVP 128', 'audio 128 is no payload type'],
    ['m=application 0 RTP/AVP 107', 'application is not used'],
  ])('says of %j why it is not taken', (text, reason) => {
    expect(parseCameraDescription(text)).toMatchObject({ tracks: [], ignored: [reason] });
  });

  test('refuses 500 tracks, in words', () => {
    const text = 'm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n'.repeat(500);
    expect(() => parseCameraDescription(text)).toThrow(/more than 64 media sections/);
  });

  test('gives nothing but InputError for mutations of what cameras say', () => {
    const lines = [
      'plain',
      '13-fmtp-elsewhere',
      '26-sounds',
      '14-annex-b-sets',
      '27-back-channel',
    ].flatMap((name) => load(name).split('\n'));
    const line = fc.oneof(
      fc.constantFrom(...lines),
      fc
        .constantFrom(...lines)
        .chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (mutated) => {
        try {
          const { tracks } = parseCameraDescription(mutated.join('\n'));
          expect(tracks.length).toBeLessThanOrEqual(2);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('quirk 13: broken descriptions', () => {
  test('the lines of the session are missing, doubled or wrong (gortsplib: Uniview, Avigilon)', () => {
    expect(describeTracks(load('13-session-lines'))).toMatchObject([
      { codec: 'H264', control: 'trackID=0' },
    ]);
    // Without any media line there is nothing to keep.
    const wrong = load('13-session-lines').replace('m=video', 'x=video');
    expect(() => parseCameraDescription(wrong)).toThrow(/has no m= line/);
  });

  test('media lines make no sense or are of unknown kinds (gortsplib: Axis 221, Verint)', () => {
    const { tracks, ignored } = parseCameraDescription(load('13-unknown-media'));
    expect(tracks).toMatchObject([{ payloadType: 96, control: 'trackID=0' }]);
    expect(ignored).toEqual(['applicationtp-link is not used', 'application is not used']);
    const wrong = load('13-unknown-media').replace('m=video 0', 'm=video -');
    expect(parseCameraDescription(wrong).tracks).toEqual([]);
  });

  test('the fmtp stands in another section or has another number (go2rtc#1426)', () => {
    const [video, audio] = describeTracks(load('13-fmtp-elsewhere'));
    expect(video).toMatchObject({ parameterSets: [SPS, PPS] });
    expect(audio).toMatchObject({ codec: 'AAC', config: '1408', sizeLength: 13 });
    // The number of a format of that section is not a mistake: it belongs to that one.
    const wrong = load('13-fmtp-elsewhere').replace('a=fmtp:96', 'a=fmtp:104');
    expect(setsOf(wrong)).toEqual([]);
  });

  test('the rtpmap is missing (gortsplib)', () => {
    expect(describeTracks(load('13-no-rtpmap'))).toMatchObject([
      { codec: 'H264' },
      { codec: 'PCMA' },
    ]);
    const h265 = load('13-no-rtpmap').replace('sprop-parameter-sets', 'sprop-sps');
    expect(describeTracks(h265)).toMatchObject([{ codec: 'H265' }, { codec: 'PCMA' }]);
    const aac = 'm=audio 0 RTP/AVP 97\na=fmtp:97 sizelength=13;config=1210';
    expect(describeTracks(aac)).toMatchObject([{ codec: 'AAC', clockRate: 44_100, channels: 2 }]);
    const wrong = load('13-no-rtpmap').replace('sprop-parameter-sets', 'sprop');
    expect(describeTracks(wrong)).toMatchObject([{ codec: 'PCMA' }]);
  });
});

describe('quirk 14: parameter sets are missing or wrong', () => {
  test('there are none (MediaMTX#707), and the payload type is 35 (quirk 18, gortsplib#1086)', () => {
    expect(describeTracks(load('14-no-sets'))).toMatchObject([
      { codec: 'H264', payloadType: 35, parameterSets: [] },
    ]);
    expect(parseCameraDescription(load('14-no-sets').replaceAll('35', '135')).tracks).toEqual([]);
  });

  test('they are empty (MediaMTX#787)', () => {
    expect(setsOf(load('14-empty-sets'))).toEqual([]);
    expect(setsOf(load('14-empty-sets').replace('sets=,', 'sets=,aM48gA=='))).toEqual([PPS]);
  });

  test('they are in Annex-B form (MediaMTX#861)', () => {
    expect(setsOf(load('14-annex-b-sets'))).toEqual([SPS, PPS]);
    // Without its start code the second one is a part of the first.
    expect(setsOf(load('14-annex-b-sets').replace('AAAAAWjO', 'AAAAAGjO'))).toHaveLength(1);
  });

  test('they are nonsense (retina 0.4.11)', () => {
    expect(setsOf(load('14-wrong-sets'))).toEqual([]);
    expect(setsOf(load('14-wrong-sets').replace('***', 'aM48gA=='))).toEqual([PPS]);
  });
});

describe('quirk 26: sounds that browsers do not play', () => {
  test('Opus with one channel is Opus, and comes first (go2rtc#1506)', () => {
    expect(describeTracks(load('26-sounds'))).toMatchObject([
      { codec: 'opus', clockRate: 48_000, channels: 1, payloadType: 97 },
    ]);
    const wrong = load('26-sounds').replace('opus/48000/1', 'vorbis/48000/1');
    expect(describeTracks(wrong)).toMatchObject([
      { codec: 'PCMA', clockRate: 16_000, payloadType: 98 },
    ]);
  });

  test.each([
    ['opus/48000/2', { codec: 'opus', channels: 2 }],
    ['OPUS/16000', { codec: 'opus', clockRate: 48_000, channels: 2 }],
    ['pcmu/16000/1', { codec: 'PCMU', clockRate: 16_000, channels: 1 }],
    ['PCMA', { codec: 'PCMA', clockRate: 8_000, channels: 1 }],
    ['L16/44100/2', { codec: 'L16', clockRate: 44_100, channels: 2 }],
    ['G722/8000', { codec: 'G722', clockRate: 8_000, channels: 1 }],
  ])('%s is understood', (rtpmap, format) => {
    expect(audioOf(rtpmap)).toMatchObject(format);
  });

  test.each([
    [
      'of the usual form',
      'mode=AAC-hbr; config=1210; sizelength=13; indexlength=3; indexdeltalength=3',
      {
        clockRate: 44_100,
        channels: 2,
        config: '1210',
        sizeLength: 13,
        indexLength: 3,
        indexDeltaLength: 3,
      },
    ],
    [
      'of low bit rate',
      'mode=AAC-lbr; config="1388"',
      { clockRate: 44_100, config: '1388', sizeLength: 6, indexLength: 2, indexDeltaLength: 2 },
    ],
    [
      'with widths that make no sense',
      'config=1210; sizelength=x; indexlength=99',
      { sizeLength: 13, indexLength: 3 },
    ],
    ['without a config', 'streamtype=5', { config: '1208', channels: 1 }],
    ['with a config that is no number', 'config=12g0', { config: '1208' }],
    ['with a rate written out', 'config=1780562210', { channels: 2, clockRate: 44_100 }],
    ['with eight channels', 'config=1238', { channels: 8 }],
  ])('AAC %s is understood', (_, fmtp, format) => {
    expect(audioOf('mpeg4-generic/44100', fmtp)).toMatchObject({
      codec: 'AAC',
      packing: 'generic',
      ...format,
    });
  });

  test('AAC in LATM gives the config that is inside of its multiplex config', () => {
    expect(audioOf('MP4A-LATM/44100/2', 'cpresent=0;config=400024203FC0')).toMatchObject({
      codec: 'AAC',
      packing: 'latm',
      config: '1210',
      channels: 2,
      sizeLength: 0,
    });
    // HE-AAC has more than 16 bits: all up to the end.
    expect(audioOf('MP4A-LATM/24000', 'cpresent=0;config=40005623101FE0')).toMatchObject({
      config: '2b11880ff000',
    });
    expect(audioOf('MP4A-LATM/44100/2', 'cpresent=1;config=400024203FC0')).toBeUndefined();
  });
});

describe('quirk 27: the back channel', () => {
  test('is left alone: opening it blocks the loudspeaker (go2rtc, Amcrest)', () => {
    const { tracks, ignored } = parseCameraDescription(load('27-back-channel'));
    expect(tracks.map(({ control }) => control)).toEqual(['trackID=0', 'trackID=1']);
    expect(ignored).toEqual(['audio back channel is not used']);
  });

  test('is not what it is where the picture is sendonly too', () => {
    const wrong = load('27-back-channel').replaceAll('recvonly', 'sendonly');
    expect(parseCameraDescription(wrong).tracks.map(({ control }) => control)).toEqual([
      'trackID=0',
      'trackID=5',
    ]);
  });
});
