// The figures of receiver reports: loss since the last report and in all, wraps, jitter.

import { describe, expect, test } from 'vitest';
import { Reception } from './reception.ts';

function receive(sequences: readonly number[], transitTicks: (index: number) => number = () => 0) {
  const reception = new Reception();
  reception.restart(sequences[0] ?? 0);
  for (const [index, each] of sequences.entries()) reception.take(each, transitTicks(index));
  return reception;
}

describe('Reception', () => {
  test('tells what is missing, and as a fraction only what went missing since the last report', () => {
    const reception = receive([10, 11, 13, 14]);
    expect(reception.report()).toMatchObject({ fractionLost: 51, cumulativeLost: 1 });
    reception.take(15, 0);
    expect(reception.report()).toMatchObject({ fractionLost: 0, cumulativeLost: 1 });
  });

  test('counts a late packet as received after all, and duplicates against the losses', () => {
    expect(receive([1, 3, 2]).report()).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
    expect(receive([1, 2, 2, 2]).report()).toMatchObject({ fractionLost: 0, cumulativeLost: -2 });
  });

  test('extends sequence numbers by their wraps', () => {
    const { highestSequence, cumulativeLost } = receive([65_534, 65_535, 0, 1]).report();
    expect([highestSequence, cumulativeLost]).toEqual([65_537, 0]);
  });

  test('has no loss to tell when nothing came since the last report', () => {
    const reception = receive([1, 2]);
    reception.report();
    expect(reception.report().fractionLost).toBe(0);
  });

  test('has the jitter of RFC 3550 A.8, through a wrap of the transit time', () => {
    // Transit swings by 160 ticks each packet: the filter closes in on 160.
    const swinging = receive(
      Array.from({ length: 200 }, (_, index) => index),
      (index) => (0x7fff_fff0 + (index % 2) * 160) | 0,
    );
    expect(swinging.report().jitter).toBe(159);
    expect(receive([1, 2], (index) => index * 160).report().jitter).toBe(10);
  });

  test('begins anew with another sender', () => {
    const reception = receive([1, 9], (index) => index * 900);
    reception.restart(500);
    reception.take(500, 77_777);
    expect(reception.report()).toEqual({
      fractionLost: 0,
      cumulativeLost: 0,
      highestSequence: 500,
      jitter: 0,
    });
  });

  test('keeps the cumulative loss within its 24 bits', () => {
    const reception = new Reception();
    reception.restart(0);
    for (let sequence = 0; sequence < 400_000; sequence++) {
      reception.take((sequence * 30) & 0xffff, 0);
    }
    expect(reception.report().cumulativeLost).toBe(0x7f_ffff);
  });
});
