// Trickle fragments against the form of RFC 9725 §4.3.1.

import { expect, test } from 'vitest';
import { formatCandidateFragment } from './candidate-fragment.ts';

const sdp = [
  'v=0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:1',
  '',
].join('\r\n');

test('A fragment names the session, the first media and the candidates', () => {
  const candidates = ['candidate:1 1 udp 1 192.0.2.1 61764 typ host'];
  expect(formatCandidateFragment({ sdp, candidates, complete: true })).toBe(
    [
      'a=ice-ufrag:EsAw',
      'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
      'm=video 9 UDP/TLS/RTP/SAVPF 0',
      'a=mid:0',
      'a=candidate:1 1 udp 1 192.0.2.1 61764 typ host',
      'a=end-of-candidates',
      '',
    ].join('\r\n'),
  );
});

test('An unfinished fragment does not end the candidates', () => {
  const fragment = formatCandidateFragment({ sdp, candidates: [], complete: false });
  expect(fragment).not.toContain('end-of-candidates');
});

test.each(['a=ice-ufrag', 'a=ice-pwd', 'm=', 'a=mid'])(
  'A description without %s is refused',
  (line) => {
    const broken = sdp
      .split('\r\n')
      .filter((text) => !text.startsWith(line))
      .join('\r\n');
    expect(() => formatCandidateFragment({ sdp: broken, candidates: [], complete: true })).toThrow(
      `has no ${line} line`,
    );
  },
);
