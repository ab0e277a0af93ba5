// Tests of what the terminal says when the server can't start.

import { expect, test } from 'vitest';
import { InputError, UnavailableError } from '#std/errors.ts';
import { describeStartError } from './start-error.ts';

test('expected errors are told without a stack', () => {
  expect(describeStartError(new InputError('yeoul.yaml:1:1: no'))).toBe('yeoul.yaml:1:1: no');
  expect(describeStartError(new UnavailableError('Cannot listen'))).toBe('Cannot listen');
});

test('a bug is told with its stack', () => {
  expect(describeStartError(new TypeError('oops'))).toMatch(
    /^Unexpected error: TypeError: oops\n.*start-error\.test/,
  );
  const bare = new Error('no stack');
  delete bare.stack;
  expect(describeStartError(bare)).toBe('Unexpected error: no stack');
  expect(describeStartError(7)).toBe('Unexpected error: 7');
});
