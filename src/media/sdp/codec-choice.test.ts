// Choice of codecs: which offered profile plays which stream, and refusals in words.

import { describe, expect, test } from 'vitest';
import { loadOffer } from '../../../test/support/offers.ts';
import { chooseH264, chooseH265, chooseOpus, describeCodecs } from './codec-choice.ts';
import { readOffer } from './offer.ts';
import { type OfferedCodec, parseFormatParameters } from './offered-codecs.ts';

function codec(name: string, more: Partial<OfferedCodec> & { fmtp?: string } = {}): OfferedCodec {
  const { fmtp = '', ...rest } = more;
  return {
    payloadType: 96,
    name,
    clockRate: 90_000,
    channels: 1,
    parameters: parseFormatParameters(fmtp),
    feedback: [],
    rtxPayloadType: undefined,
    ...rest,
  };
}

const h264 = (profileLevelId: string, mode = 1) =>
  codec('H264', { fmtp: `profile-level-id=${profileLevelId};packetization-mode=${mode}` });

/** The profile-level-id that is chosen for a stream out of those offered. */
const choose = (stream: string, ...offered: string[]) =>
  chooseH264(
    offered.map((id) => h264(id)),
    { profileLevelId: stream },
  )?.parameters.get('profile-level-id');

describe('chooseH264', () => {
  test.each([
    ['Constrained Baseline', '42e01f', ['42001f', '42e01f', '4d001f'], '42e01f'],
    ['Constrained Baseline, said as Main', '4d801f', ['4d001f', '42e01f'], '42e01f'],
    ['Constrained Baseline, said as Extended', '58c01f', ['4d001f', '42e01f'], '42e01f'],
    ['Baseline', '42001f', ['42e01f', '42001f'], '42001f'],
    ['Main', '4d001f', ['42e01f', '640c1f', '4d401f'], '4d401f'],
    ['High', '64001f', ['42e01f', '640c1f', '640028'], '640028'],
    ['High 4:4:4', 'f4001f', ['640c1f', 'f4001f'], 'f4001f'],
  ])('prefers the very profile of a %s stream', (_, stream, offered, chosen) => {
    expect(choose(stream, ...offered)).toBe(chosen);
  });

  test.each([
    ['Constrained Baseline', '42e01f', ['f4001f', '640c1f', '4d001f'], '4d001f'],
    ['Baseline', '42001f', ['42e01f'], '42e01f'],
    ['Main', '4d001f', ['42e01f', 'f4001f', '640c1f'], '640c1f'],
    ['High', '640028', ['42e01f', '640c1f'], '640c1f'],
    ['High', '640028', ['42e01f', '4d001f', 'f4001f'], 'f4001f'],
  ])('else takes the nearest that plays a %s stream', (_, stream, offered, chosen) => {
    expect(choose(stream, ...offered)).toBe(chosen);
  });

  test('does not compare levels', () => {
    expect(choose('42e034', '42e00a')).toBe('42e00a');
  });

  test('takes the first of those that are as good', () => {
    expect(choose('42e01f', '42e00a', '42e01f')).toBe('42e00a');
  });

  test('takes the highest of lower profiles where nothing else is offered, as by Firefox', () => {
    expect(choose('640028', '42e01f', '4d001f')).toBe('4d001f');
    expect(choose('640028', '42e01f', '42001f')).toBe('42e01f');
    expect(choose('4d001f', '42e01f', '640c1f')).toBe('640c1f');
  });

  test('refuses a stream or an offer of a profile that no browser plays', () => {
    expect(choose('6e0028', '640c1f', 'f4001f')).toBeUndefined();
    expect(choose('42e01f', '6e001f', 'nonsense')).toBeUndefined();
    expect(choose('nonsense', '42e01f')).toBeUndefined();
  });

  test('never takes packetization mode 0, which is also the default', () => {
    const offered = [h264('42e01f', 0), codec('H264', { fmtp: 'profile-level-id=42e01f' })];
    expect(chooseH264(offered, { profileLevelId: '42e01f' })).toBeUndefined();
  });

  test('takes a missing profile-level-id for Baseline', () => {
    const offered = codec('h264', { fmtp: 'packetization-mode=1' });
    expect(chooseH264([offered], { profileLevelId: '42e01f' })).toBe(offered);
    const main = codec('H264', { fmtp: 'packetization-mode=1;profile-level-id=4d001f' });
    expect(chooseH264([offered, main], { profileLevelId: '4d001f' })).toBe(main);
  });

  test('never takes another codec', () => {
    const offered = codec('VP8', { fmtp: 'packetization-mode=1;profile-level-id=42e01f' });
    expect(chooseH264([offered], { profileLevelId: '42e01f' })).toBeUndefined();
  });
});

test('chooseOpus takes 48 kHz with two channels and nothing else', () => {
  const opus = codec('OPUS', { clockRate: 48_000, channels: 2 });
  const others = [codec('PCMU'), codec('opus', { clockRate: 48_000 }), codec('opus')];
  expect(chooseOpus([...others, opus])).toBe(opus);
  expect(chooseOpus(others)).toBeUndefined();
});

describe('describeCodecs', () => {
  test('names each codec once, H264 with its profiles, and leaves out what is none', () => {
    const offered = [
      codec('VP8'),
      h264('42e01f'),
      codec('VP8'),
      h264('42E01F', 0),
      h264('640c1f'),
      codec('red'),
      codec('ulpfec'),
      codec('AV1'),
    ];
    expect(describeCodecs(offered)).toBe('VP8, H264 (42e01f, 640c1f), AV1');
  });

  test('says so if there is none', () => {
    expect(describeCodecs([codec('telephone-event')])).toBe('no codec');
  });
});

describe('chooseH265', () => {
  const main = { profileId: 1, tierFlag: 0, levelId: 120 };
  const videoOf = (name: string) =>
    readOffer(loadOffer(name)).media.find(({ kind }) => kind === 'video')!.codecs;

  test.each([
    ['chrome-144-macos-style', 50],
    ['edge-windows-style', 50],
    ['safari-18-style', 124],
  ])('finds Main, level 4.0, in the offer of %s', (name, payloadType) => {
    expect(chooseH265(videoOf(name), main)?.payloadType).toBe(payloadType);
  });

  test.each(['chromium-156-recvonly', 'firefox-style', 'safari-style'])(
    'finds nothing in the offer of %s, which has no H.265',
    (name) => {
      expect(chooseH265(videoOf(name), main)).toBeUndefined();
    },
  );

  test('takes Main 10 only where it is offered', () => {
    const main10 = { ...main, profileId: 2 };
    expect(chooseH265(videoOf('chrome-144-macos-style'), main10)?.payloadType).toBe(52);
    expect(chooseH265(videoOf('edge-windows-style'), main10)).toBeUndefined();
  });

  test('a level above the offered one does not fit, one below does, equal or not', () => {
    const level = (levelId: number) =>
      chooseH265(videoOf('edge-windows-style'), { ...main, levelId });
    expect([93, 150, 156, 180].map((id) => level(id) !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('what is not said means Main, level 3.1, main tier, one stream', () => {
    const bare = [codec('H265')];
    expect(chooseH265(bare, { ...main, levelId: 93 })).toBe(bare[0]);
    expect(chooseH265(bare, main)).toBeUndefined();
    expect(chooseH265(bare, { ...main, levelId: 93, tierFlag: 1 })).toBeUndefined();
  });

  test('another transmission mode, clock rate or nonsense does not fit', () => {
    const offered = [
      codec('H265', { fmtp: 'level-id=180;tx-mode=MRST' }),
      codec('H265', { fmtp: 'level-id=180', clockRate: 48_000 }),
      codec('H265', { fmtp: 'level-id=many' }),
      codec('H266', { fmtp: 'level-id=180' }),
    ];
    expect(chooseH265(offered, main)).toBeUndefined();
  });
});

test('a refusal tells which H.265 is offered', () => {
  expect(describeCodecs([codec('H265', { fmtp: 'level-id=180;profile-id=2' })])).toBe(
    'H265 (Main 10 up to level 6.0)',
  );
});
