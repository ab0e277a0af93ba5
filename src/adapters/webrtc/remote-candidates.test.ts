// A viewer's candidates, and those that would make us a tool against others.

import { expect, test } from 'vitest';
import { parseCandidate } from '#media/sdp/candidate.ts';
import { isWorthChecking } from './remote-candidates.ts';

const candidate = (address: string, port = 50_000, protocol = 'udp') =>
  parseCandidate(`candidate:1 1 ${protocol} 1 ${address} ${port} typ host`);

test.each(['192.0.2.7', '10.1.2.3', '2001:db8::7'])('%s is worth checking', (address) => {
  expect(isWorthChecking(candidate(address), false)).toBe(true);
});

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '224.0.0.251',
  '255.255.255.255',
  '::',
  'ff02::fb',
  '::ffff:224.0.0.1',
  '127.0.0.1',
  '::1',
  'camera.example.org',
  '1b2c.local',
])('%s is not', (address) => {
  expect(isWorthChecking(candidate(address), false)).toBe(false);
});

test('a port that serves others is not, nor is one over TCP', () => {
  expect(isWorthChecking(candidate('192.0.2.7', 53), false)).toBe(false);
  expect(isWorthChecking(candidate('192.0.2.7', 50_000, 'tcp'), false)).toBe(false);
});

test('a server on loopback checks loopback alone', () => {
  expect(isWorthChecking(candidate('127.0.0.1'), true)).toBe(true);
  expect(isWorthChecking(candidate('192.0.2.7'), true)).toBe(false);
});
