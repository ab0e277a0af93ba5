// Offsets and latencies from exchanges of times.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClockSync } from './clock-sync.ts';

interface Way {
  readonly sentMs: number;
  readonly trueMs: number;
  readonly outMs: number;
  readonly backMs: number;
  /** How long the server takes. */
  readonly heldMs?: number;
}

function exchange({ sentMs, trueMs, outMs, backMs, heldMs = 0 }: Way) {
  const t2 = sentMs + outMs + trueMs;
  return { t1: sentMs, t2, t3: t2 + heldMs, t4: sentMs + outMs + heldMs + backMs };
}

describe('ClockSync', () => {
  test('has the offset, the round trip and the latency of the protocol', () => {
    const sync = new ClockSync();
    expect([sync.offsetMs, sync.roundTripMs, sync.latencyOf(0, 0)]).toEqual([null, null, null]);
    expect(sync.add({ t1: 1_000, t2: 6_010, t3: 6_015, t4: 1_025 })).toBe(true);
    expect(sync.roundTripMs).toBe(20);
    expect(sync.offsetMs).toBe(5_000);
    expect(sync.latencyOf(7_000, 2_012)).toBe(12);
  });

  test('discards an exchange whose round trip is 100 ms or more', () => {
    const sync = new ClockSync();
    expect(sync.add({ t1: 0, t2: 50, t3: 50, t4: 100 })).toBe(false);
    expect(sync.offsetMs).toBeNull();
    expect(sync.add({ t1: 0, t2: 50, t3: 50, t4: 99.9 })).toBe(true);
    // The server's own time does not count.
    expect(sync.add({ t1: 0, t2: 50, t3: 450, t4: 480 })).toBe(true);
  });

  test('discards impossible and unreadable times, but not what rounding makes a little negative', () => {
    const sync = new ClockSync();
    expect(sync.add({ t1: 10, t2: 0, t3: 0, t4: 0 })).toBe(false);
    expect(sync.add({ t1: 0, t2: Number.NaN, t3: 1, t4: 2 })).toBe(false);
    expect(sync.add({ t1: 0, t2: Infinity, t3: Infinity, t4: 2 })).toBe(false);
    expect(sync.offsetMs).toBeNull();
    expect(sync.add({ t1: 1, t2: 1, t3: 2, t4: 1 })).toBe(true);
    expect(sync.roundTripMs).toBe(0);
  });

  test('trusts the shortest round trip, however many slow ones come after it', () => {
    const sync = new ClockSync();
    sync.add(exchange({ sentMs: 0, trueMs: 500, outMs: 2, backMs: 2 }));
    for (let n = 1; n < 16; n++) {
      sync.add(exchange({ sentMs: n * 5_000, trueMs: 500, outMs: 60, backMs: 10 }));
    }
    expect(sync.offsetMs).toBe(500);
    sync.add(exchange({ sentMs: 80_000, trueMs: 500, outMs: 60, backMs: 10 }));
    expect(sync.offsetMs).toBe(525);
  });

  test('prefers a newer exchange of the same round trip, because clocks drift', () => {
    const sync = new ClockSync();
    sync.add(exchange({ sentMs: 0, trueMs: 500, outMs: 2, backMs: 2 }));
    sync.add(exchange({ sentMs: 5_000, trueMs: 500.5, outMs: 2, backMs: 2 }));
    expect(sync.offsetMs).toBe(500.5);
  });

  test('forgets what it knew when one of the clocks was set', () => {
    const sync = new ClockSync();
    sync.add(exchange({ sentMs: 0, trueMs: 500, outMs: 1, backMs: 1 }));
    sync.add(exchange({ sentMs: 5_000, trueMs: 90_500, outMs: 20, backMs: 20 }));
    expect(sync.offsetMs).toBe(90_500);
  });

  test('is off by at most half a round trip, however lopsided the way', () => {
    const delay = fc.integer({ min: 0, max: 49 });
    const ways = fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(ways, fc.integer({ min: -1e12, max: 1e12 }), (list, trueMs) => {
        const sync = new ClockSync();
        list.forEach(([outMs, backMs], n) => {
          sync.add(exchange({ sentMs: n * 1_000, trueMs, outMs, backMs, heldMs: n % 3 }));
          const errorMs = Math.abs((sync.offsetMs ?? Number.NaN) - trueMs);
          expect(errorMs).toBeLessThanOrEqual((sync.roundTripMs ?? Number.NaN) / 2);
        });
      }),
    );
  });
});
