// The candidates that an answer announces.

import { expect, test } from 'vitest';
import { parseCandidate } from '#media/sdp/candidate.ts';
import { completeCandidates, resolveHosts } from './ice-candidates.ts';

const OWN = 'candidate:1 1 UDP 2114977791 192.0.2.1 8189 typ host';
const REFLEXIVE =
  'candidate:2 1 UDP 1677721855 198.51.100.9 40000 typ srflx raddr 192.0.2.1 rport 8189';

function complete(own: string[], hosts: string[], tcp: boolean) {
  return completeCandidates(own, { port: 8189, tcp, hosts }).map(parseCandidate);
}

test('the engine’s own candidates come first and unchanged', () => {
  const [first, second] = complete([OWN, REFLEXIVE], [], false);
  expect(first).toEqual(parseCandidate(OWN));
  expect(second).toEqual(parseCandidate(REFLEXIVE));
});

test('an extra host is announced on the media port, once', () => {
  const candidates = complete([OWN], ['203.0.113.5', '192.0.2.1', '203.0.113.5'], false);
  expect(candidates.map(({ address, port }) => `${address}:${port}`)).toEqual([
    '192.0.2.1:8189',
    '203.0.113.5:8189',
  ]);
});

test('each host gets a passive TCP candidate below every UDP one', () => {
  const candidates = complete([OWN, REFLEXIVE], ['203.0.113.5'], true);
  const tcp = candidates.filter(({ protocol }) => protocol === 'tcp');
  expect(tcp.map(({ address, tcpType }) => `${address} ${tcpType}`)).toEqual([
    '192.0.2.1 passive',
    '203.0.113.5 passive',
  ]);
  const lowestUdp = Math.min(
    ...candidates.filter(({ protocol }) => protocol === 'udp').map(({ priority }) => priority),
  );
  expect(Math.max(...tcp.map(({ priority }) => priority))).toBeLessThan(lowestUdp);
});

test('no two candidates share foundation or priority', () => {
  const candidates = complete([OWN], ['203.0.113.5', '203.0.113.6'], true);
  expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(candidates.length);
  expect(new Set(candidates.map(({ priority }) => priority)).size).toBe(candidates.length);
});

test('addresses need no lookup, names get one', async () => {
  expect(await resolveHosts(['192.0.2.7', '2001:db8::1'])).toEqual(['192.0.2.7', '2001:db8::1']);
  expect(await resolveHosts(['localhost'])).toEqual([
    expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
  ]);
});

test('a machine with nothing but loopback is reached by loopback', () => {
  const candidates = complete([], [], true);
  expect(candidates.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)).toEqual(
    ['udp 127.0.0.1 8189', 'tcp 127.0.0.1 8189'],
  );
});
