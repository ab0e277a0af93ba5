// The entity tag that names an ICE session (RFC 9110 §8.8.3, RFC 9725 §4.3).

import { InputError, StateError } from '#std/errors.ts';

export function formatEntityTag(tag: string): string {
  return `"${tag}"`;
}

/** What `If-Match` asks for: any session (`*`), the one with this tag, or nothing. */
export function parseIfMatch(header: string | undefined): string | undefined {
  const text = header?.trim();
  if (text === undefined || text === '*') return text;
  if (text.startsWith('W/')) {
    throw new StateError(
      'If-Match has a weak entity tag, which never matches. Send the ETag as it came.',
      { code: 'stale_session' },
    );
  }
  const tag = /^"([\x21\x23-\x7e]{1,128})"$/.exec(text)?.[1];
  if (tag === undefined || tag === '*') {
    throw new InputError(
      'If-Match is not one entity tag in double quotes. Send the ETag of the answer as it came.',
    );
  }
  return tag;
}
