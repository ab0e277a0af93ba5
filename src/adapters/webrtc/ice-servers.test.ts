// STUN and TURN addresses as the engine wants them.

import { expect, test } from 'vitest';
import { iceServersOf } from './ice-servers.ts';

test.each([
  ['stun:stun.example.org', { hostname: 'stun.example.org', port: 3478 }],
  ['stun:[2001:db8::1]:19302', { hostname: '2001:db8::1', port: 19_302 }],
  ['turn:turn.example.org', { hostname: 'turn.example.org', port: 3478, relayType: 'TurnUdp' }],
  ['turn:10.0.0.1:80?transport=tcp', { hostname: '10.0.0.1', port: 80, relayType: 'TurnTcp' }],
  ['turns:turn.example.org', { hostname: 'turn.example.org', port: 5349, relayType: 'TurnTls' }],
])('%s is understood', (url, server) => {
  expect(iceServersOf([{ url }])).toEqual([server]);
});

test('a TURN server gets its user name and password', () => {
  const servers = iceServersOf([{ url: 'turn:t', username: 'u', credential: 'c' }]);
  expect(servers).toEqual([
    { hostname: 't', port: 3478, username: 'u', password: 'c', relayType: 'TurnUdp' },
  ]);
});

test.each(['http://stun', 'stun:', 'stun:a:b', 'turn:host:99999999', ''])(
  '"%s" is refused with the form to write',
  (url) => {
    expect(() => iceServersOf([{ url }])).toThrow(/webrtc\.ice_servers.*stun:host:port/);
  },
);
