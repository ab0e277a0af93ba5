// What an attempt at a change has thrown, in words.

import { describeFailure as readFailure } from '#client/connection-state.ts';
import { describeFailure } from './state-words.ts';
import type { Language } from './words.ts';

export function describeError(cause: unknown, language: Language): string {
  return describeFailure(readFailure(cause), language);
}
