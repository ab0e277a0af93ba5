// Why a camera cannot be played, in words with a remedy.

import type { Verdict } from './authorization.ts';
import type { RtspResponse } from './message.ts';

export interface RtspFailure {
  /** Goes on from `Cannot open camera "gate": `. */
  readonly reason: string;
  /** `refused`: trying again by itself would be useless or do harm. */
  readonly kind: 'retry' | 'refused';
}

const MAX_REASON_CHARACTERS = 60;

const WORDS: Readonly<Record<number, string>> = {
  400: 'it does not understand the request; check the path of the address',
  403: 'it does not allow this; check the rights of the user, and whether RTSP is switched on',
  404: 'there is nothing at this path; check the address in the manual of the camera',
  405: 'it does not allow this method; is it a camera?',
  453: 'it has no bandwidth for another viewer; close other connections or use its sub stream',
  454: 'it has forgotten the session',
  461: 'it does not send RTP in this way; set another transport',
  503: 'it is busy or starting; close other connections if this stays',
};

export function statusFailure(response: RtspResponse, peer: string): RtspFailure {
  const { status } = response;
  const fallback = status >= 500 ? 'it reports an error of its own' : 'it refuses';
  return retry(`${WORDS[status] ?? fallback} (${statusOf(response)} from ${peer})`);
}

export function authorizationFailure(
  verdict: Exclude<Verdict, 'again'>,
  peer: string,
): RtspFailure {
  const reason = {
    'no-credentials': `it wants a user name and a password (401 from ${peer}). Set them`,
    'unknown-scheme': `it wants a login that is neither Digest nor Basic (401 from ${peer}). Set Digest in its settings`,
    rejected: `wrong user name or password (401 from ${peer}). Not retrying: some cameras lock the account`,
  }[verdict];
  return { reason, kind: 'refused' };
}

export function retry(reason: string): RtspFailure {
  return { reason, kind: 'retry' };
}

/** The camera's own words, shortened, without what a terminal would obey. */
function statusOf({ status, reason }: RtspResponse): string {
  return `${status} ${reason.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_REASON_CHARACTERS)}`.trim();
}

/** What an error says, without the "Cannot …: " that the caller says better. */
export function reasonOf(error: Error): string {
  return error.message.replace(/^Cannot [^:]*: /, '').replace(/\.$/, '');
}
