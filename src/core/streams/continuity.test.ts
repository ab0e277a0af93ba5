// Where a packet stands in its sender's order.

import { expect, test } from 'vitest';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { Continuity } from './continuity.ts';

const payload = Uint8Array.of(0x41);
const numbered = (sequence: number, ssrc = 1) =>
  rtpPacket(payload, { sequence, timestamp: 0, ssrc });

test('Continuity follows a sender over the wrap', () => {
  const continuity = new Continuity();
  expect([65_534, 65_535, 0, 1].map((sequence) => continuity.place(numbered(sequence)))).toEqual([
    'first',
    'next',
    'next',
    'next',
  ]);
  expect(continuity.lost).toBe(0);
});

test('Continuity counts what a gap lacks', () => {
  const continuity = new Continuity();
  continuity.place(numbered(65_535));
  expect(continuity.place(numbered(3))).toBe('gap');
  expect(continuity.lost).toBe(3);
  expect(continuity.place(numbered(4))).toBe('next');
});

test('Continuity tells a late packet from the next one', () => {
  const continuity = new Continuity();
  continuity.place(numbered(10));
  expect(continuity.place(numbered(10))).toBe('late');
  expect(continuity.place(numbered(9))).toBe('late');
  expect(continuity.place(numbered(11))).toBe('next');
});

test('Continuity takes another SSRC for a sender that started anew, not for loss', () => {
  const continuity = new Continuity();
  continuity.place(numbered(10));
  expect(continuity.place(numbered(12, 2))).toBe('restart');
  expect(continuity.lost).toBe(0);
});

test('Continuity follows a sender that changes its SSRC while its numbers go on', () => {
  const continuity = new Continuity();
  continuity.place(numbered(10));
  expect(continuity.place(numbered(11, 2))).toBe('next');
  expect(continuity.place(numbered(12, 2))).toBe('next');
});

test('Continuity takes the first packet of another connection for a new start, whatever its number', () => {
  const continuity = new Continuity();
  continuity.place(numbered(50));
  continuity.restart();
  expect(continuity.place(numbered(1))).toBe('restart');
  expect(continuity.place(numbered(2))).toBe('next');
  expect(continuity.lost).toBe(0);
});

test.each([
  ['far ahead', 5000],
  ['far back', 60_000],
])(
  'Continuity takes two packets in a row from %s for a sender that started anew',
  (_, sequence) => {
    const continuity = new Continuity();
    continuity.place(numbered(10));
    expect(continuity.place(numbered(sequence))).toBe('late');
    expect(continuity.place(numbered(sequence + 1))).toBe('restart');
    expect(continuity.place(numbered(sequence + 2))).toBe('next');
    expect(continuity.lost).toBe(0);
  },
);

test('Continuity lets one stray packet from far away pass', () => {
  const continuity = new Continuity();
  continuity.place(numbered(300));
  expect(continuity.place(numbered(110))).toBe('late');
  expect(continuity.place(numbered(301))).toBe('next');
  expect(continuity.place(numbered(111))).toBe('late');
  expect(continuity.lost).toBe(0);
});
