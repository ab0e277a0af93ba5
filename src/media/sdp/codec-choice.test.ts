// Choice of codecs: which offered profile plays which stream, and refusals in words.

import { describe, expect, test } from 'vitest';
import { chooseH264, chooseOpus, describeCodecs } from './codec-choice.ts';
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

  test('refuses a profile that none of the offered ones plays', () => {
    expect(choose('640028', '42e01f', '4d001f')).toBeUndefined();
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
    expect(chooseH264([offered], { profileLevelId: '4d001f' })).toBeUndefined();
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
