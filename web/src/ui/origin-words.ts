// Where a stream was configured, in words.

import type { StreamOrigin } from '#contract/streams.ts';
import type { Words } from './words.ts';

export function describeOrigin({ kind, file, line }: StreamOrigin, words: Words['origin']): string {
  return kind === 'file' ? words.file(file ?? '', line ?? 0) : words[kind];
}

/** What was made elsewhere is changed there; the built-in stream is there to be replaced. */
export function isChangeable({ kind }: StreamOrigin): boolean {
  return kind === 'api' || kind === 'builtin';
}
