// Closing what was opened.

import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

test('what was opened last is closed first, once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  for (const name of ['a', 'b', 'c']) closers.add(() => closed.push(name));
  await Promise.all([closers.close(), closers.close()]);
  expect(closed).toEqual(['c', 'b', 'a']);
});

test('one that fails does not keep the others open, and its failure is told', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add(() => closed.push('first'));
  closers.add(() => Promise.reject(new Error('stuck')));
  await expect(closers.close()).rejects.toThrow('stuck');
  expect(closed).toEqual(['first']);
});
