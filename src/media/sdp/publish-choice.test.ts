// What is taken of publishers' offers: of real ones, and of those with little or strange in them.

import { describe, expect, test } from 'vitest';
import { loadOffer } from '../../../test/support/offers.ts';
import { readOffer } from './offer.ts';
import { choosePublished } from './publish-choice.ts';

const CHROMIUM = loadOffer('chromium-156-sendonly');

const choose = (sdp: string) => choosePublished(readOffer(sdp).media);

/** Chromium's offer with only these formats, in this order, in its audio or video section. */
function withFormats(kind: 'audio' | 'video', formats: string): string {
  return CHROMIUM.replace(new RegExp(`^(m=${kind} \\S+ \\S+) .*$`, 'm'), `$1 ${formats}`);
}

/** `H264 42e01f` of the picture, or the name alone. */
function chosenVideo(sdp: string): string | undefined {
  const codec = choose(sdp).codecs[1];
  return codec && [codec.name, codec.parameters.get('profile-level-id')].join(' ').trim();
}

describe('choosePublished', () => {
  test('takes Chromium’s Constrained Baseline in packetization mode 1, and its Opus', () => {
    const { codecs, ignored } = choose(CHROMIUM);
    expect(codecs.map((codec) => codec?.payloadType)).toEqual([111, 108]);
    expect(codecs[1]?.parameters.get('profile-level-id')).toBe('42e01f');
    expect(ignored).toEqual([]);
  });

  test('takes Main or Baseline where nothing better is offered, the first of them', () => {
    expect(chosenVideo(withFormats('video', '116 102'))).toBe('H264 4d001f');
    expect(chosenVideo(withFormats('video', '102 116'))).toBe('H264 42001f');
  });

  test('takes High before Main, and of Constrained Baseline and High what comes first', () => {
    const high = CHROMIUM.replace('profile-level-id=42001f', 'profile-level-id=640c1f');
    expect(chosenVideo(high)).toBe('H264 640c1f');
    expect(chosenVideo(high.replace('video 9 UDP/TLS/RTP/SAVPF 96', 'video 9 x 108 96'))).toBe(
      'H264 42e01f',
    );
  });

  test('takes H265 only where there is no H264 that it can take', () => {
    const h265 = CHROMIUM.replace('a=rtpmap:98 VP9/90000', 'a=rtpmap:98 H265/90000');
    expect(chosenVideo(h265)).toBe('H264 42e01f');
    const withoutMode1 = h265.replaceAll('packetization-mode=1', 'packetization-mode=0');
    expect(chosenVideo(withoutMode1)).toBe('H265');
  });

  test.each([
    ['8 0', 'PCMU'],
    ['8', 'PCMA'],
    ['0 8 111', 'opus'],
  ])('of the audio formats %s it takes %s', (formats, name) => {
    expect(choose(withFormats('audio', formats)).codecs[0]?.name).toBe(name);
  });

  test('says what it leaves out, and why', () => {
    const sdp = withFormats('audio', '9').replace(/packetization-mode=1/g, 'packetization-mode=0');
    const { codecs, ignored, refusal } = choose(sdp);
    expect(codecs).toEqual([undefined, undefined]);
    expect(ignored).toEqual([
      'audio: G722, not one of opus, PCMU, PCMA',
      expect.stringMatching(/^video: VP8, H264 \(.*, not one of H264 with packetization-mode=1/),
    ]);
    expect(refusal).toBe(ignored.join('; '));
  });

  test('takes the first encoding of a simulcast, and says so', () => {
    const { codecs, ignored } = choose(loadOffer('chromium-156-simulcast'));
    expect(codecs[0]?.name).toBe('H264');
    expect(ignored).toEqual(['simulcast: the first encoding is taken']);
  });

  test('takes one picture, and names the second', () => {
    const { media } = readOffer(CHROMIUM);
    const { codecs, ignored } = choosePublished([...media, media[1]!]);
    expect(codecs.map((codec) => codec?.name)).toEqual(['opus', 'H264', undefined]);
    expect(ignored).toEqual(['video: a second one']);
  });

  test.each(['recvonly', 'inactive'])('takes nothing of what is %s', (direction) => {
    expect(choose(CHROMIUM.replaceAll('a=sendonly', `a=${direction}`))).toEqual({
      codecs: [undefined, undefined],
      ignored: [],
      refusal: 'no section of it sends video or audio',
    });
  });

  test('is content with a picture without sound, and with sound alone where no picture is sent', () => {
    expect(choose(withFormats('audio', '9')).refusal).toBeUndefined();
    expect(choose(withFormats('video', '96')).refusal).toMatch(/^video: VP8, not one of/);
    const { media } = readOffer(CHROMIUM);
    expect(choosePublished(media.slice(0, 1)).refusal).toBeUndefined();
  });

  test('tells no more than eight of the things that it leaves out', () => {
    const { media } = readOffer(CHROMIUM);
    const many = Array.from({ length: 60 }, () => media[1]!);
    expect(choosePublished(many).ignored).toHaveLength(8);
  });

  test('takes what could go both ways', () => {
    const { codecs } = choose(CHROMIUM.replaceAll('a=sendonly', 'a=sendrecv'));
    expect(codecs.map((codec) => codec?.name)).toEqual(['opus', 'H264']);
  });
});
