// ICE servers from Link headers, good and bad.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIceServers } from './link-header.ts';

test('The example of RFC 9725 gives its STUN and TURN servers', () => {
  const header = [
    '<stun:stun.example.net>; rel="ice-server"',
    '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="myPassword"; credential-type="password"',
    '<turns:turn.example.net?transport=tcp>; rel=ice-server; username="user"; credential="a\\"b, c"',
  ].join(', ');
  expect(parseIceServers(header)).toEqual([
    { urls: 'stun:stun.example.net' },
    { urls: 'turn:turn.example.net?transport=udp', username: 'user', credential: 'myPassword' },
    { urls: 'turns:turn.example.net?transport=tcp', username: 'user', credential: 'a"b, c' },
  ]);
});

test('Other relations, other schemes and no header give nothing', () => {
  expect(parseIceServers(null)).toEqual([]);
  expect(parseIceServers('</style.css>; rel=preload')).toEqual([]);
  expect(parseIceServers('<https://evil/>; rel="ice-server"')).toEqual([]);
});

test('At most 16 servers are taken', () => {
  const header = Array.from({ length: 40 }, () => '<stun:s>; rel="ice-server"').join(', ');
  expect(parseIceServers(header)).toHaveLength(16);
});

test('Credentials survive quoting', () => {
  const secret = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(secret, secret, (username, credential) => {
      const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
      const header = `<turn:t>; rel="ice-server"; username=${quote(username)}; credential=${quote(credential)}`;
      expect(parseIceServers(header)).toEqual([{ urls: 'turn:t', username, credential }]);
    }),
  );
});

test('Any text gives a list of at most 16 servers with a STUN or TURN address', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('<stun:a>', ';', 'rel="ice-server"', '"', '\\', ',', '<', '>'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (header) => {
      for (const { urls } of parseIceServers(header)) expect(urls).toMatch(/^(stun|turn)s?:/);
    }),
  );
});
