// The languages of the pages, and the shape that the words of each have.

import { english } from './words/english.ts';
import { korean } from './words/korean.ts';

export type Language = 'en' | 'ko';

/** The same shape with any texts, so that a language cannot miss a word. */
type Shape<T> = T extends string
  ? string
  : T extends (...parameters: infer P) => string
    ? (...parameters: P) => string
    : { readonly [K in keyof T]: Shape<T[K]> };

export type Words = Shape<typeof english>;

export const words: Readonly<Record<Language, Words>> = { en: english, ko: korean };
