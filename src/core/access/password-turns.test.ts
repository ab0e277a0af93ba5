// How many passwords are checked at once, and what becomes of the others.

import { beforeEach, expect, test } from 'vitest';
import { PasswordTurns } from './password-turns.ts';

let turns: PasswordTurns;
let running: ((error?: Error) => void)[];
let started: number[];

beforeEach(() => {
  turns = new PasswordTurns();
  running = [];
  started = [];
});

function take(name: number): Promise<number> {
  return turns.take(() => {
    started.push(name);
    return new Promise((resolve, reject) => {
      running.push((error) => (error ? reject(error) : resolve(name)));
    });
  });
}

test('two run at once; the others follow in their order', async () => {
  const all = [1, 2, 3, 4].map(take);
  await Promise.resolve();
  expect(started).toEqual([1, 2]);
  running[1]?.();
  await expect(all[1]).resolves.toBe(2);
  expect(started).toEqual([1, 2, 3]);
  for (const index of [0, 2, 3]) {
    running[index]?.();
    await all[index];
  }
  expect(started).toEqual([1, 2, 3, 4]);
});

test('one that fails gives its place on', async () => {
  const all = [1, 2, 3].map(take);
  running[0]?.(new Error('no memory'));
  await expect(all[0]).rejects.toThrow('no memory');
  expect(started).toEqual([1, 2, 3]);
});

test('eight wait, the next is refused, and there is room again later', async () => {
  const all = Array.from({ length: 10 }, (_, index) => take(index));
  await expect(take(10)).rejects.toMatchObject({ code: 'too_many_logins' });
  expect(started).toEqual([0, 1]);
  for (let index = 0; index < 10; index++) {
    running[index]?.();
    await all[index];
  }
  const later = [take(11), take(12), take(13)];
  expect(started.slice(-2)).toEqual([11, 12]);
  for (const each of running) each();
  await Promise.all(later.slice(0, 2));
  expect(started.at(-1)).toBe(13);
});
