// The explained problems against those of the contract.

import { expect, test } from 'vitest';
import { problemStatus } from '#contract/problem.ts';
import { explainProblem, problemWords } from './problem-words.ts';

test('Every code of the contract is explained, with its status, and no other', () => {
  const statuses = Object.entries(problemWords).map(([code, { status }]) => [code, status]);
  expect(Object.fromEntries(statuses)).toEqual(problemStatus);
});

test('A code is explained in both languages', () => {
  expect(explainProblem('closing', 'en')).toBe('The server is shutting down.');
  expect(explainProblem('closing', 'ko')).toMatch(/[가-힣]/);
});

test('A code that is not of the contract has no explanation, whatever it is called', () => {
  expect(explainProblem('toString', 'en')).toBeUndefined();
});
