// How many are opened at once, and in what order.

import { expect, test } from 'vitest';
import { OpenGate } from './open-gate.ts';

function fill(gate: OpenGate, count: number) {
  const opened: number[] = [];
  const passages = Array.from({ length: count }, (_, at) => gate.enter(() => opened.push(at)));
  return { opened, passages };
}

test('sixteen are let in at once, the others one by one as places get free, in their order', () => {
  const gate = new OpenGate();
  const { opened, passages } = fill(gate, 20);
  expect(opened).toHaveLength(16);
  passages[3]!.leave();
  passages[5]!.leave();
  expect(opened.slice(16)).toEqual([16, 17]);
  expect(gate.waiting).toBe(2);
});

test('leaving twice frees one place', () => {
  const gate = new OpenGate();
  const { opened, passages } = fill(gate, 20);
  passages[0]!.leave();
  passages[0]!.leave();
  expect(opened).toHaveLength(17);
});

test('who leaves while waiting is not let in later', () => {
  const gate = new OpenGate();
  const { opened, passages } = fill(gate, 18);
  passages[16]!.leave();
  passages[0]!.leave();
  expect(opened.slice(16)).toEqual([17]);
});

test('thousands that fail while they are let in do so one after the other', () => {
  const gate = new OpenGate();
  const { passages } = fill(gate, 16);
  let failed = 0;
  for (let each = 0; each < 20_000; each++) {
    const passage = gate.enter(() => {
      failed++;
      passage.leave();
    });
  }
  passages[0]!.leave();
  expect(failed).toBe(20_000);
  expect(gate.waiting).toBe(0);
  passages[1]!.leave();
  expect(fill(gate, 3).opened).toEqual([0, 1]);
});
