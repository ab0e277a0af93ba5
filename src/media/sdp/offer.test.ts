// Offers: those of real browsers, those that cannot be served, and broken ones.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { loadOffer } from '../../../test/support/offers.ts';
import { describeCodecs } from './codec-choice.ts';
import { readOffer } from './offer.ts';

const CHROMIUM = loadOffer('chromium-156-recvonly');
const FIREFOX = loadOffer('firefox-style');
const SAFARI = loadOffer('safari-style');

const DIGEST = Array(32).fill('ab').join(':');
const SESSION = 'v=0\na=group:BUNDLE 0 1\n';
const SECTION = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=ice-ufrag:abcd',
  `a=ice-pwd:${'p'.repeat(22)}`,
  `a=fingerprint:SHA-256 ${DIGEST}`,
  'a=setup:actpass',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
].join('\n');
const SMALL = SESSION + SECTION;

describe('readOffer', () => {
  test('reads what Chromium 156 offers', () => {
    const { media, bundle, transport } = readOffer(CHROMIUM);
    expect(bundle).toEqual(['0', '1']);
    expect(transport).toEqual({
      ufrag: 'BZ4A',
      pwd: '62xdZ+7EasxwkMA3K+1FazCe',
      fingerprint:
        'sha-256 70:86:70:EC:FC:86:5D:88:8C:E0:93:96:C9:CD:C1:3F:F7:58:A1:45:4C:5B:7A:72:60:2F:18:04:9C:F2:77:9A',
      setup: 'actpass',
      candidates: [],
    });
    expect(media).toMatchObject([
      { kind: 'video', mid: '0', direction: 'recvonly', rtcpMux: true, receiverRtt: true },
      { kind: 'audio', mid: '1', direction: 'recvonly', rtcpMux: true, rejected: false },
    ]);
    expect(media.map(({ codecs }) => describeCodecs(codecs))).toEqual([
      'VP8, VP9, H264 (42001f, 42e01f, 4d001f, f4001f), AV1',
      'opus, G722, PCMU, PCMA',
    ]);
    expect(media[0]?.extensions).toContainEqual({
      id: 9,
      uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
    });
    expect(media[0]?.codecs.find(({ payloadType }) => payloadType === 108)).toMatchObject({
      rtxPayloadType: 109,
      feedback: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
    });
  });

  test('takes fingerprint and direction from the session, as Firefox puts them', () => {
    const { media, transport } = readOffer(FIREFOX);
    expect(transport).toMatchObject({
      ufrag: 'e1f2a3b4',
      fingerprint: expect.stringMatching(/^sha-256 0B:30:/),
      candidates: [
        'candidate:0 1 UDP 2122252543 192.0.2.7 34567 typ host',
        'candidate:1 1 TCP 2105524479 192.0.2.7 9 typ host tcptype active',
      ],
    });
    expect(media.map(({ direction }) => direction)).toEqual(['recvonly', 'recvonly']);
    expect(media[0]?.extensions).toContainEqual({
      id: 7,
      uri: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
    });
  });

  test('does not take a bundle-only section for a rejected one', () => {
    expect(readOffer(SAFARI).media).toMatchObject([
      { kind: 'video', mid: 'video0', rejected: false, receiverRtt: false },
      { kind: 'audio', mid: 'audio0', rejected: false },
      { kind: 'application', mid: 'data', rejected: false, codecs: [] },
    ]);
  });

  test('takes the transport from the section that the bundle names first', () => {
    const second = SECTION.replace('a=mid:0', 'a=mid:1').replace('abcd', 'efgh');
    const offer = readOffer(`a=group:BUNDLE 1 0\n${SECTION}\n${second}`);
    expect(offer.transport.ufrag).toBe('efgh');
  });

  test('takes the transport from the next one if that is rejected', () => {
    const stopped = SECTION.replace('m=video 9', 'm=video 0').replace('a=mid:0', 'a=mid:1');
    const offer = readOffer(`a=group:BUNDLE 1 0\n${stopped.replace('abcd', 'efgh')}\n${SECTION}`);
    expect(offer.media.map(({ rejected }) => rejected)).toEqual([true, false]);
    expect(offer.transport.ufrag).toBe('abcd');
  });

  test('takes one section without a bundle, of a kind it does not know, that sends and receives', () => {
    const { media, bundle } = readOffer(SECTION.replace('m=video', 'm=text'));
    expect(media).toMatchObject([{ kind: 'other', direction: 'sendrecv' }]);
    expect(bundle).toEqual([]);
  });

  test('skips candidates that it cannot read and keeps the first 32', () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `a=candidate:${index} 1 udp 5 192.0.2.7 ${index === 3 ? 'x' : 9} typ host`,
    );
    expect(readOffer(`${SMALL}\n${lines.join('\n')}`).transport.candidates).toHaveLength(31);
  });

  test.each([
    ['sha-384', 48],
    ['sha-512', 64],
  ])('takes a fingerprint by %s', (algorithm, bytes) => {
    const digest = Array(bytes).fill('AB').join(':');
    const sdp = SMALL.replace(`SHA-256 ${DIGEST}`, `${algorithm} ${digest}`);
    expect(readOffer(sdp).transport.fingerprint).toBe(`${algorithm} ${digest}`);
  });

  test('steps over a fingerprint by a weaker hash', () => {
    const sdp = SMALL.replace('a=fingerprint', 'a=fingerprint:sha-1 AB:CD\na=fingerprint');
    expect(readOffer(sdp).transport.fingerprint).toBe(`sha-256 ${DIGEST.toUpperCase()}`);
  });
});

describe('readOffer says what is wrong and what to do with', () => {
  const without = (name: string) => SMALL.replace(new RegExp(`a=${name}.*\n?`), '');
  const another = `${SECTION.replace('a=mid:0', 'a=mid:1')}`;
  test.each([
    ['no fingerprint', without('fingerprint'), 'plain RTP is offered. Use an RTCPeerConnection'],
    ['a weak fingerprint', SMALL.replace('SHA-256', 'md5'), 'Use a certificate'],
    ['a short fingerprint', SMALL.replace(`${DIGEST}`, 'AB:CD'), 'Use a certificate'],
    ['a digest that is not hexadecimal', SMALL.replace('ab:ab', 'ax:ab'), 'Use a certificate'],
    ['no ICE credentials', without('ice-ufrag'), 'a=ice-ufrag'],
    ['a short ICE password', SMALL.replace('pppp', 'p'), 'a=ice-pwd'],
    ['no setup', without('setup'), 'a=setup is missing. Offer a=setup:actpass'],
    ['a setup nobody can serve', SMALL.replace('actpass', 'holdconn'), 'a=setup is "holdconn"'],
    ['no rtcp-mux', without('rtcp-mux'), 'Use rtcpMuxPolicy "require"'],
    ['no mid', without('mid'), 'the a=mid "" of a media section'],
    ['two sections of one mid', `${SMALL}\n${SECTION}`, 'the a=mid "0" of a media section'],
    ['several sections and no bundle', `${SECTION}\n${another}`, 'bundlePolicy "max-bundle"'],
    ['a section outside the bundle', `a=group:BUNDLE 0\n${SECTION}\n${another}`, 'section "1"'],
    ['nothing but stopped sections', SMALL.replace('video 9', 'video 0'), 'Offer at least one'],
    ['no session description', 'hello', 'no m= line'],
  ])('%s', (_, sdp, reason) => {
    expect(() => readOffer(sdp)).toThrow(
      expect.objectContaining({ code: 'invalid_sdp', message: expect.stringContaining(reason) }),
    );
  });
});

describe('readOffer gives nothing but InputError', () => {
  const expectInputError = (sdp: string) => {
    try {
      readOffer(sdp);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
  };

  test('for a real offer with any part replaced', () => {
    for (const sdp of [CHROMIUM, FIREFOX, SAFARI]) {
      const at = fc.nat(sdp.length);
      const length = fc.oneof(fc.nat(20), fc.nat(sdp.length));
      fc.assert(
        fc.property(at, length, fc.string(), (from, cut, text) =>
          expectInputError(sdp.slice(0, from) + text + sdp.slice(from + cut)),
        ),
      );
    }
  });

  test('for a real offer with its lines repeated and shuffled', () => {
    const lines = FIREFOX.split('\r\n');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 200 }), (chosen) =>
        expectInputError([...lines.slice(0, 9), ...chosen].join('\r\n')),
      ),
    );
  });

  test('for the largest text, in a time that grows no faster than the text', () => {
    const repeats = ['a=rtcp-fb:* x\n', 'a=mid:0\n', 'a=fingerprint:x\n', 'a=group:BUNDLE\n', ' '];
    for (const repeat of repeats) {
      const startedMs = performance.now();
      expectInputError(SMALL + repeat.repeat((65_536 - SMALL.length) / repeat.length));
      expect(performance.now() - startedMs).toBeLessThan(1_000);
    }
  });
});
