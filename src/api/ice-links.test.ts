// ICE servers as Link headers, and what no header can carry.

import { expect, test } from 'vitest';
import { formatIceLinks } from './ice-links.ts';

test('a STUN server is a link with its relation', () => {
  expect(formatIceLinks([{ url: 'stun:stun.example.net:3478' }])).toEqual([
    '<stun:stun.example.net:3478>; rel="ice-server"',
  ]);
});

test('a TURN server has its user name, credential and their type', () => {
  const server = {
    url: 'turn:t.example.net?transport=udp',
    username: 'u',
    credential: 'pass word',
  };
  expect(formatIceLinks([server])).toEqual([
    '<turn:t.example.net?transport=udp>; rel="ice-server"; username="u"; credential="pass word"; credential-type="password"',
  ]);
});

test('quotes and backslashes in a credential stay inside of it', () => {
  const server = { url: 'turn:t', username: 'u', credential: 'a"; x="\\' };
  expect(formatIceLinks([server])[0]).toContain('credential="a\\"; x=\\"\\\\"');
});

test.each(['http://x', 'stun:', 'stun:a b', 'stun:a>; rel="x', 'turn:a\r\nX: y'])(
  'the address %j is refused by name',
  (url) => {
    expect(() => formatIceLinks([{ url }])).toThrow(/stun:host:port/);
  },
);

test('a credential that no header can carry is refused without showing it', () => {
  const servers = [{ url: 'turn:t', username: 'u', credential: 'geheim\n' }];
  expect(() => formatIceLinks(servers)).toThrow(/"turn:t" has characters/);
  expect(() => formatIceLinks(servers)).not.toThrow(/geheim/);
});
