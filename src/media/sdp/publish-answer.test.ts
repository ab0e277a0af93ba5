// Answers to publishers, line by line.

import { describe, expect, test } from 'vitest';
import { loadOffer } from '../../../test/support/offers.ts';
import { readOffer } from './offer.ts';
import { writePublishAnswer } from './publish-answer.ts';
import { choosePublished } from './publish-choice.ts';

const LOCAL = {
  ufrag: 'srvr',
  pwd: 's'.repeat(24),
  fingerprint: 'sha-256 AB:CD',
  setup: 'passive',
  candidates: ['candidate:1 1 UDP 2114977791 192.0.2.1 40000 typ host'],
} as const;

function answer(sdp: string): string[] {
  const offer = readOffer(sdp);
  const { codecs } = choosePublished(offer.media);
  return writePublishAnswer(offer, { sessionId: '42', local: LOCAL, codecs }).split('\r\n');
}

describe('writePublishAnswer', () => {
  test('receives one codec a section from Chromium, without RTX, extensions or transport-cc', () => {
    const transport = [
      'a=ice-ufrag:srvr',
      `a=ice-pwd:${'s'.repeat(24)}`,
      'a=fingerprint:sha-256 AB:CD',
      'a=setup:passive',
    ];
    expect(answer(loadOffer('chromium-156-sendonly'))).toEqual([
      'v=0',
      'o=- 42 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1',
      'a=ice-options:trickle',
      'a=msid-semantic: WMS *',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=mid:0',
      'a=recvonly',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      ...transport,
      'a=candidate:1 1 UDP 2114977791 192.0.2.1 40000 typ host',
      'a=end-of-candidates',
      'm=video 9 UDP/TLS/RTP/SAVPF 108',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=mid:1',
      'a=recvonly',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      'a=rtpmap:108 H264/90000',
      'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      'a=rtcp-fb:108 goog-remb',
      'a=rtcp-fb:108 nack',
      'a=rtcp-fb:108 nack pli',
      ...transport,
      '',
    ]);
  });

  test('names no encoding of a simulcast, so that a browser sends the first', () => {
    const lines = answer(loadOffer('chromium-156-simulcast'));
    expect(lines).toContain('a=recvonly');
    expect(lines.filter((line) => /^a=(rid|simulcast|extmap)/.test(line))).toEqual([]);
  });

  test('rejects the sections that are not taken', () => {
    const offer = readOffer(loadOffer('chromium-156-sendonly'));
    const { codecs } = choosePublished(offer.media);
    const plan = { sessionId: '42', local: LOCAL, codecs: [undefined, codecs[1]] };
    const lines = writePublishAnswer(offer, plan).split('\r\n');
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      expect.stringMatching(/^m=audio 0 /),
      'm=video 9 UDP/TLS/RTP/SAVPF 108',
    ]);
    expect(lines).toContain('a=group:BUNDLE 1');
  });

  test('refuses a plan that does not fit the offer', () => {
    const offer = readOffer(loadOffer('chromium-156-sendonly'));
    const plan = { sessionId: '42', local: LOCAL, codecs: [] };
    expect(() => writePublishAnswer(offer, plan)).toThrow(/invariant broken/);
  });
});
