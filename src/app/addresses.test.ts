// The addresses to open.

import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { addressesOf, isOwnAddress } from './addresses.ts';

function face(address: string, family: 'IPv4' | 'IPv6', internal: boolean): NetworkInterfaceInfo {
  const rest = { netmask: '', mac: '', cidr: null };
  return family === 'IPv4'
    ? { ...rest, address, internal, family }
    : { ...rest, address, internal, family, scopeid: 0 };
}

const interfaces = {
  lo: [face('127.0.0.1', 'IPv4', true)],
  eth0: [face('192.0.2.9', 'IPv4', false), face('2001:db8::9', 'IPv6', false)],
};

test('a server on every interface is opened by name here and by address elsewhere', () => {
  expect(addressesOf('0.0.0.0', 8080, interfaces)).toEqual([
    'http://localhost:8080',
    'http://192.0.2.9:8080',
  ]);
});

test('a server on one address has that one', () => {
  expect(addressesOf('192.0.2.9', 80, interfaces)).toEqual(['http://192.0.2.9:80']);
  expect(addressesOf('::1', 80, interfaces)).toEqual(['http://[::1]:80']);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.9', false],
])('%s is for this machine alone: %s', (host, expected) => {
  expect(isOwnAddress(host)).toBe(expected);
});
