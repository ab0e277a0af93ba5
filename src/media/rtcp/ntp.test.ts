// NTP time: conversions, wraps and round trips.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntpMiddle, ntpTime, ntpUnits, roundTripMs } from './ntp.ts';

const NOON_MS = Date.UTC(2026, 10, 20, 12, 0, 0, 500);

describe('ntpTime', () => {
  test('counts seconds from 1900 and the rest in 1/2^32 s', () => {
    expect(ntpTime(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
    expect(ntpTime(1_250)).toEqual({ seconds: 2_208_988_801, fraction: 0x4000_0000 });
  });

  test('wraps in February 2036 instead of leaving 32 bits', () => {
    expect(ntpTime(Date.UTC(2036, 1, 7, 6, 28, 16)).seconds).toBe(0);
  });

  test('gives words of 32 bits at any time', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (unixMs) => {
        const { seconds, fraction } = ntpTime(unixMs);
        expect(seconds).toBe(seconds >>> 0);
        expect(fraction).toBe(fraction >>> 0);
      }),
    );
  });
});

test('ntpMiddle takes the low half of the seconds and the high half of the fraction', () => {
  expect(ntpMiddle({ seconds: 0x1234_fedc, fraction: 0xba98_7654 })).toBe(0xfedc_ba98);
});

test('ntpUnits counts 1/65536 s and stays within 32 bits', () => {
  expect(ntpUnits(1_000)).toBe(65_536);
  expect(ntpUnits(-1)).toBe(0);
  expect(ntpUnits(1e12)).toBe(0xffff_ffff);
});

describe('roundTripMs', () => {
  const trip = (heldMs: number, arrivedMs: number, sentMs = NOON_MS) =>
    roundTripMs({
      arrivedNtpMiddle: ntpMiddle(ntpTime(arrivedMs)),
      lastSr: ntpMiddle(ntpTime(sentMs)),
      delaySinceLastSr: ntpUnits(heldMs),
    });

  test('is the time since the sender report without the time the receiver held it', () => {
    expect(trip(1_000, NOON_MS + 1_040)).toBeCloseTo(40, 1);
  });

  test('gives the example of RFC 3550, figure 2: 6.125 s', () => {
    const example = {
      arrivedNtpMiddle: 0xb710_8000,
      lastSr: 0xb705_2000,
      delaySinceLastSr: 0x0005_4000,
    };
    expect(roundTripMs(example)).toBe(6_125);
  });

  test('survives the wrap of the middle bits every 18 hours', () => {
    const wrapMs = (65_536 * 40_000 - 2_208_988_800) * 1_000;
    expect(trip(200, wrapMs + 150, wrapMs - 100)).toBeCloseTo(50, 1);
  });

  test('is unknown before the first sender report has arrived', () => {
    const block = { arrivedNtpMiddle: 5, lastSr: 0, delaySinceLastSr: 0 };
    expect(roundTripMs(block)).toBeUndefined();
  });

  test('rounds the millisecond that two clocks can disagree by to zero', () => {
    expect(trip(101, NOON_MS + 100)).toBe(0);
  });

  test('is unknown when the receiver claims to have held the report longer than it was away', () => {
    expect(trip(500, NOON_MS + 100)).toBeUndefined();
  });

  test('is unknown when it comes out longer than anybody would wait', () => {
    expect(trip(0, NOON_MS + 61_000)).toBeUndefined();
  });
});
