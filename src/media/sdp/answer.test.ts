// Answers: to the offers of browsers, in whole and line by line.

import { describe, expect, test } from 'vitest';
import { loadOffer } from '../../../test/support/offers.ts';
import { type AnsweredMedia, type AnswerPlan, writeAnswer } from './answer.ts';
import { chooseH264, chooseOpus } from './codec-choice.ts';
import { type Offer, readOffer } from './offer.ts';
import { attribute, attributes, parseSdp } from './session.ts';

const readFixture = (name: string) => readOffer(loadOffer(name));

const CHROMIUM = readFixture('chromium-156-recvonly');
const SAFARI = readFixture('safari-style');

const LOCAL = {
  ufrag: 'srvr',
  pwd: 's'.repeat(24),
  fingerprint: 'sha-256 AB:CD',
  setup: 'passive',
  candidates: ['candidate:1 1 UDP 2114977791 192.0.2.1 40000 typ host'],
} as const;
const STREAM = { cname: 'yeoul', msid: 'gate', receiverRtt: true };

function video(offer: Offer): AnsweredMedia {
  const codec = chooseH264(offer.media[0]!.codecs, { profileLevelId: '42e01f' })!;
  return { ...STREAM, codecs: [codec], ssrc: 1_111, rtxSsrc: 2_222, trackId: 'video' };
}

function audio(offer: Offer): AnsweredMedia {
  const codec = chooseOpus(offer.media[1]!.codecs)!;
  return { ...STREAM, codecs: [codec], ssrc: 3_333, rtxSsrc: undefined, trackId: 'audio' };
}

const plan = (...media: AnswerPlan['media']): AnswerPlan => ({
  sessionId: '42',
  local: LOCAL,
  media,
});

describe('writeAnswer', () => {
  test('answers Chromium with H264, its retransmissions and Opus', () => {
    const answer = writeAnswer(CHROMIUM, plan(video(CHROMIUM), audio(CHROMIUM)));
    const transport = [
      'a=ice-ufrag:srvr',
      `a=ice-pwd:${'s'.repeat(24)}`,
      'a=fingerprint:sha-256 AB:CD',
      'a=setup:passive',
    ];
    expect(answer.split('\r\n')).toEqual([
      'v=0',
      'o=- 42 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1',
      'a=ice-options:trickle',
      'a=msid-semantic: WMS *',
      'm=video 9 UDP/TLS/RTP/SAVPF 108 109',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=mid:0',
      'a=sendonly',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=rtcp-xr:rcvr-rtt=all',
      'a=rtpmap:108 H264/90000',
      'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      'a=rtcp-fb:108 nack',
      'a=rtcp-fb:108 nack pli',
      'a=rtcp-fb:108 ccm fir',
      'a=rtcp-fb:108 goog-remb',
      'a=rtpmap:109 rtx/90000',
      'a=fmtp:109 apt=108',
      'a=msid:gate video',
      'a=ssrc-group:FID 1111 2222',
      'a=ssrc:1111 cname:yeoul',
      'a=ssrc:1111 msid:gate video',
      'a=ssrc:2222 cname:yeoul',
      'a=ssrc:2222 msid:gate video',
      ...transport,
      'a=candidate:1 1 UDP 2114977791 192.0.2.1 40000 typ host',
      'a=end-of-candidates',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=mid:1',
      'a=sendonly',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=rtcp-xr:rcvr-rtt=all',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'a=msid:gate audio',
      'a=ssrc:3333 cname:yeoul',
      'a=ssrc:3333 msid:gate audio',
      ...transport,
      '',
    ]);
  });

  test('keeps the place of a section that it rejects, outside the bundle', () => {
    const answer = writeAnswer(SAFARI, plan(undefined, audio(SAFARI), undefined));
    const { attributes: ofSession, media } = parseSdp(answer);
    expect(ofSession).toContainEqual({ name: 'group', value: 'BUNDLE audio0' });
    expect(answer).toContain('m=video 0 UDP/TLS/RTP/SAVPF 96 97 98 99\r\n');
    expect(answer).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n');
    expect(media.map((section) => attribute(section, 'mid'))).toEqual(['video0', 'audio0', 'data']);
  });

  test('puts the candidates into the first section that it accepts', () => {
    const { media } = parseSdp(writeAnswer(SAFARI, plan(undefined, audio(SAFARI), undefined)));
    expect(media.map((section) => attributes(section, 'candidate').length)).toEqual([0, 1, 0]);
  });

  test('names no group if nothing is accepted or nothing was bundled', () => {
    const alone = { ...CHROMIUM, bundle: [], media: CHROMIUM.media.slice(0, 1) };
    expect(writeAnswer(alone, plan(video(alone)))).not.toContain('a=group');
    expect(writeAnswer(CHROMIUM, plan(undefined, undefined))).not.toContain('a=group');
  });

  test.each([
    ['recvonly', 'sendonly'],
    ['sendrecv', 'sendonly'],
    ['sendonly', 'inactive'],
    ['inactive', 'inactive'],
  ] as const)('answers %s with %s', (direction, answered) => {
    const media = CHROMIUM.media.map((each) => ({ ...each, direction }));
    const offer = { ...CHROMIUM, media };
    const [section] = parseSdp(writeAnswer(offer, plan(video(offer), audio(offer)))).media;
    expect(attribute(section!, answered)).toBe('');
  });

  test('leaves retransmission out if there is no SSRC or no payload type for it', () => {
    const chosen = video(CHROMIUM);
    for (const entry of [
      { ...chosen, rtxSsrc: undefined },
      { ...chosen, codecs: [{ ...chosen.codecs[0], rtxPayloadType: undefined }] as const },
    ]) {
      const answer = writeAnswer(CHROMIUM, plan(entry, undefined));
      expect(answer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 108\r\n');
      expect(answer).not.toMatch(/rtx|FID|2222/);
    }
  });

  test('takes up reduced-size RTCP and receiver round trips only if both sides want them', () => {
    const safari = writeAnswer(SAFARI, plan(video(SAFARI), audio(SAFARI), undefined));
    expect(safari).not.toContain('rtcp-xr');
    expect(parseSdp(safari).media.map((each) => attribute(each, 'rtcp-rsize'))).toEqual([
      '',
      undefined,
      undefined,
    ]);
    const unwilling = { ...video(CHROMIUM), receiverRtt: false };
    expect(writeAnswer(CHROMIUM, plan(unwilling, undefined))).not.toContain('rtcp-xr');
  });

  test('echoes format parameters that are words without a value', () => {
    const codec = { ...audio(CHROMIUM).codecs[0], parameters: new Map([['0-15', '']]) };
    const answer = writeAnswer(CHROMIUM, plan(undefined, { ...audio(CHROMIUM), codecs: [codec] }));
    expect(answer).toContain('a=fmtp:111 0-15\r\n');
  });

  test('names every codec that may be sent, each with its retransmissions', () => {
    const chosen = video(CHROMIUM);
    const other = CHROMIUM.media[0]!.codecs.find(({ name }) => name === 'VP8')!;
    const answer = writeAnswer(
      CHROMIUM,
      plan({ ...chosen, codecs: [chosen.codecs[0], other] }, undefined),
    );
    const [section] = parseSdp(answer).media;
    expect(section?.formats).toEqual(['108', '96', '109', '97']);
    expect(attributes(section!, 'rtpmap')).toEqual([
      '108 H264/90000',
      '109 rtx/90000',
      '96 VP8/90000',
      '97 rtx/90000',
    ]);
  });

  test('refuses a plan that does not fit the offer', () => {
    expect(() => writeAnswer(CHROMIUM, plan(video(CHROMIUM)))).toThrow('invariant');
    const media = CHROMIUM.media.map((each) => ({ ...each, rejected: true }));
    const stopped = { ...CHROMIUM, media };
    expect(() => writeAnswer(stopped, plan(video(stopped), undefined))).toThrow('invariant');
  });
});
