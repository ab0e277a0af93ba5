// Where streams are from, in words, and which of them the settings may change.

import { expect, test } from 'vitest';
import { describeOrigin, isChangeable } from './origin-words.ts';
import { words } from './words.ts';

const nowhere = { file: null, line: null };

test.each([
  [{ kind: 'file', file: 'yeoul.yaml', line: 7 }, 'yeoul.yaml, line 7', false],
  [{ kind: 'builtin', ...nowhere }, 'Built in: nothing is configured yet', true],
  [{ kind: 'api', ...nowhere }, 'Added in the settings', true],
  [{ kind: 'publisher', ...nowhere }, 'From whoever publishes it', false],
] as const)('%j reads "%s", changeable: %s', (origin, phrase, changeable) => {
  expect(describeOrigin(origin, words.en.origin)).toBe(phrase);
  expect(isChangeable(origin)).toBe(changeable);
});
