// Which addresses a camera may have, in every form in which an address can be written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { createCameraAddressRule } from './camera-addresses.ts';

describe('without exceptions', () => {
  const isAllowed = createCameraAddressRule([]);

  test.each([
    '10.0.0.7',
    '192.168.1.64',
    '172.16.0.1',
    '100.64.0.1',
    '8.8.8.8',
    '223.255.255.255',
    'fd00::7',
    '2001:db8::1',
    '::ffff:10.0.0.7',
    '::ffff:a00:7',
    '64:ff9b::10.0.0.7',
  ])('a camera may be at %s', (ip) => {
    expect(isAllowed(ip)).toBe(true);
  });

  test.each([
    ['this host', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local', '169.254.1.1'],
    ['metadata', '169.254.169.254'],
    ['metadata of Oracle', '192.0.0.192'],
    ['metadata of Alibaba', '100.100.100.200'],
    ['multicast', '239.255.255.250'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback, written out', '0:0:0:0:0:0:0:1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['multicast', 'ff02::1'],
    ['metadata of AWS', 'fd00:ec2::254'],
    ['loopback, mapped', '::ffff:127.0.0.1'],
    ['loopback, mapped, in hexadecimal', '::ffff:7f00:1'],
    ['metadata, mapped', '::ffff:169.254.169.254'],
    ['loopback, compatible', '::127.0.0.1'],
    ['metadata by NAT64', '64:ff9b::a9fe:a9fe'],
    ['loopback by 6to4', '2002:7f00:1::'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['too short', '127.1'],
    ['a name', 'localhost'],
    ['too large', '10.0.0.256'],
    ['IPv6 with two gaps', '1::2::3'],
    ['IPv6 too short', '1:2:3'],
    ['IPv6 too long', '1:2:3:4:5:6:7:8:9'],
    ['IPv6 with an IPv4 in its middle', '::1.2.3.4:5'],
    ['IPv6 with a gap for nothing', '1:2:3:4:5:6:7::8'],
    ['IPv6 with a wrong letter', 'fe80::g'],
    ['nothing', ''],
  ])('a camera may not be at %s: %s', (_, ip) => {
    expect(isAllowed(ip)).toBe(false);
  });

  test('an IPv4 address mapped into IPv6 is what it is without', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(isAllowed(`::ffff:${ip}`)).toBe(isAllowed(ip));
      }),
    );
  });

  test('any text has an answer', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (ip) => void isAllowed(ip)));
  });
});

describe('exceptions', () => {
  test('are addresses and ranges', () => {
    const isAllowed = createCameraAddressRule(['127.0.0.1', '169.254.0.0/17', 'fe80::/10']);
    expect(['127.0.0.1', '::ffff:127.0.0.1', '169.254.1.1', 'fe80::1'].map(isAllowed)).toEqual(
      Array(4).fill(true),
    );
    expect(['127.0.0.2', '169.254.169.254', '::1'].map(isAllowed)).toEqual(Array(3).fill(false));
  });

  test('may be everything', () => {
    expect(createCameraAddressRule(['0.0.0.0/0'])('127.0.0.1')).toBe(true);
  });

  test.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/x',
    'fd00::/129',
    '',
    '10.0.0.0/8/8',
  ])('%j is refused', (range) => {
    expect(() => createCameraAddressRule([range])).toThrow(InputError);
  });
});
