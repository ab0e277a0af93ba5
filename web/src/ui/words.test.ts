// Both languages, word by word.

import { expect, test } from 'vitest';
import { type Language, words } from './words.ts';

/** Every text by its path; texts with parameters are called with 2 and 3. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(2, 3))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

const table = (language: Language) => new Map(texts(words[language], ''));

/** The same in both languages. */
const UNTRANSLATED: readonly string[] = ['.otherLanguage'];

test('Every word exists in both languages and none is empty', () => {
  expect([...table('ko').keys()]).toEqual([...table('en').keys()]);
  for (const language of ['en', 'ko'] as const) {
    for (const [path, text] of table(language)) expect(text.trim(), path).not.toBe('');
  }
});

test('Korean words are Korean, and English words are not', () => {
  const hangul = /[가-힣]/;
  for (const [path, text] of table('ko')) {
    if (!UNTRANSLATED.includes(path)) expect(text, path).toMatch(hangul);
  }
  for (const [path, text] of table('en')) {
    if (!UNTRANSLATED.includes(path)) expect(text, path).not.toMatch(hangul);
  }
});

test('Texts with numbers show them', () => {
  expect(words.en.wall.flowing(4, 6)).toBe('4 of 6 streams are flowing');
  expect(words.en.wall.flowing(6, 6)).toBe('All 6 streams are flowing');
  expect(words.ko.wall.flowing(6, 6)).toBe('영상 6개 모두 흐르는 중');
  expect(words.en.wall.viewers(1)).toBe('1 viewer');
  expect(words.ko.connection.waiting(0)).toBe('다시 시도하는 중…');
  expect(words.en.connection.waiting(0)).toBe('Trying again…');
});
