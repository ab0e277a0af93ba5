// What If-Match may be, and what each form is taken for.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { formatEntityTag, parseIfMatch } from './entity-tag.ts';

test('an entity tag comes back as it went out', () => {
  const tag = fc.stringMatching(/^[\x21\x23-\x29\x2b-\x7e]{1,64}$/);
  fc.assert(fc.property(tag, (text) => parseIfMatch(formatEntityTag(text)) === text));
});

test('no If-Match is none, and a star is a star', () => {
  expect(parseIfMatch(undefined)).toBeUndefined();
  expect(parseIfMatch(' * ')).toBe('*');
});

test('a star in quotes is not taken for a star', () => {
  expect(() => parseIfMatch('"*"')).toThrow(InputError);
});

test('a weak tag never matches', () => {
  expect(() => parseIfMatch('W/"ice-1"')).toThrow(
    expect.objectContaining({ code: 'stale_session' }),
  );
});

test.each(['ice-1', '"ice-1', '""', '"a", "b"', `"${'x'.repeat(129)}"`, ''])(
  'If-Match: %s is refused',
  (header) => {
    expect(() => parseIfMatch(header)).toThrow(/one entity tag in double quotes/);
  },
);

test('any other text gives an InputError or a tag, nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (header) => {
      try {
        const tag = parseIfMatch(header);
        expect(tag === undefined || tag === '*' || /^[\x21-\x7e]+$/.test(tag)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});
