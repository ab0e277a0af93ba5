// STUN addresses as the engine wants them.

import { expect, test } from 'vitest';
import { stunServersOf } from './stun-servers.ts';

test.each([
  ['stun:stun.example.org', { hostname: 'stun.example.org', port: 3478 }],
  ['stun:[2001:db8::1]:19302', { hostname: '2001:db8::1', port: 19_302 }],
  ['stun:192.0.2.1:80', { hostname: '192.0.2.1', port: 80 }],
])('%s is understood', (url, server) => {
  expect(stunServersOf([{ url }])).toEqual([server]);
});

test('TURN servers are left to the viewers', () => {
  expect(stunServersOf([{ url: 'turn:t', username: 'u', credential: 'c' }])).toEqual([]);
});

test.each(['stun:', 'stun:a:b', 'stuns:host', 'stun:host:99999999', 'stun:[::1'])(
  '"%s" is refused with the form to write',
  (url) => {
    expect(() => stunServersOf([{ url }])).toThrow(/webrtc\.ice_servers.*stun:host:port/);
  },
);
