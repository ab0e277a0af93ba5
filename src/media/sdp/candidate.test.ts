// Candidates: real ones, round trips, and nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { type Candidate, formatCandidate, parseCandidate } from './candidate.ts';

const HOST =
  'candidate:3390680601 1 udp 2113937151 b7dd81b6-4431-4f6c-82d9-19a271706bf2.local 34380 typ host generation 0 network-cost 999';

describe('parseCandidate', () => {
  test('reads what Chromium sends, with the address hidden behind a name', () => {
    expect(parseCandidate(HOST)).toEqual({
      foundation: '3390680601',
      component: 1,
      protocol: 'udp',
      priority: 2_113_937_151,
      address: 'b7dd81b6-4431-4f6c-82d9-19a271706bf2.local',
      port: 34_380,
      type: 'host',
      tcpType: undefined,
      relatedAddress: undefined,
      relatedPort: undefined,
    });
  });

  test('reads upper case, IPv6, TCP and related addresses, with or without a=', () => {
    expect(
      parseCandidate(
        'a=candidate:1 1 TCP 5 2001:db8::1 9 typ srflx raddr :: rport 0 tcptype active',
      ),
    ).toMatchObject({
      protocol: 'tcp',
      address: '2001:db8::1',
      type: 'srflx',
      tcpType: 'active',
      relatedAddress: '::',
      relatedPort: 0,
    });
  });

  test('leaves out a TCP type and an extension that it does not know', () => {
    const candidate = parseCandidate('candidate:1 1 tcp 5 10.0.0.1 9 typ host tcptype odd lone');
    expect(candidate.tcpType).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['words in the wrong place', 'candidate:1 udp 1 5 10.0.0.1 9 typ host'],
    ['an unknown transport', 'candidate:1 1 sctp 5 10.0.0.1 9 typ host'],
    ['an unknown type', 'candidate:1 1 udp 5 10.0.0.1 9 typ guest'],
    ['an address with other characters', 'candidate:1 1 udp 5 10.0.0.1;x 9 typ host'],
    ['a port above 65535', 'candidate:1 1 udp 5 10.0.0.1 65536 typ host'],
    ['a component above 256', 'candidate:1 257 udp 5 10.0.0.1 9 typ host'],
    ['a priority above 32 bits', 'candidate:1 1 udp 4294967296 10.0.0.1 9 typ host'],
    ['a related port that is no number', 'candidate:1 1 udp 5 10.0.0.1 9 typ srflx rport x'],
    ['two lines', `${HOST}\r\na=candidate:2`],
    ['more than 512 characters', `${HOST} ${'x y '.repeat(120)}`],
  ])('refuses %s', (_, value) => {
    expect(() => parseCandidate(value)).toThrow(
      expect.objectContaining({ code: 'invalid_candidate' }),
    );
  });

  test('reads back what formatCandidate wrote', () => {
    const port = fc.nat(0xffff);
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('camera.local'));
    const candidate: fc.Arbitrary<Candidate> = fc.record({
      foundation: fc.stringMatching(/^[A-Za-z0-9+/]{1,32}$/),
      component: fc.nat(256),
      protocol: fc.constantFrom('udp', 'tcp'),
      priority: fc.nat(0xffff_ffff),
      address,
      port,
      type: fc.constantFrom('host', 'srflx', 'prflx', 'relay'),
      tcpType: fc.constantFrom(undefined, 'active', 'passive', 'so'),
      relatedAddress: fc.option(address, { nil: undefined }),
      relatedPort: fc.option(port, { nil: undefined }),
    });
    fc.assert(
      fc.property(candidate, (each) => {
        expect(parseCandidate(formatCandidate(each))).toEqual(each);
      }),
    );
  });

  test('gives nothing but InputError for any words', () => {
    const words = fc.array(fc.oneof(fc.constantFrom(...HOST.split(' ')), fc.string()));
    fc.assert(
      fc.property(words, (each) => {
        try {
          parseCandidate(`candidate:${each.join(' ')}`);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
