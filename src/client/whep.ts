// WHEP (RFC 9725's playing sibling, draft-ietf-wish-whep): one POST opens a viewer, DELETE ends it.

import { UnavailableError } from '#std/errors.ts';
import { type CandidateFragment, formatCandidateFragment } from './candidate-fragment.ts';
import { type Fetch, request } from './http.ts';
import { type IceServer, parseIceServers } from './link-header.ts';

/** Answers are some KB; anything larger is not one. */
const MAX_ANSWER_CHARS = 128 * 1024;

interface WhepOffer {
  /** Absolute, so that a relative `Location` can be resolved. */
  readonly url: string;
  readonly sdp: string;
  readonly signal?: AbortSignal;
}

/** A viewer at the server. */
export interface WhepSession {
  readonly answer: string;
  /** Absolute. */
  readonly location: string;
  readonly etag: string | null;
  readonly iceServers: readonly IceServer[];
}

/** Throws what `request` throws, and `UnavailableError` `invalid_answer` for a useless success. */
export async function openWhep(fetch: Fetch, offer: WhepOffer): Promise<WhepSession> {
  const response = await request(fetch, offer.url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', accept: 'application/sdp' },
    body: offer.sdp,
    ...(offer.signal && { signal: offer.signal }),
  });
  const answer = await response.text();
  const location = resolve(response.headers.get('location'), offer.url);
  if (location === undefined || !answer.startsWith('v=0') || answer.length > MAX_ANSWER_CHARS) {
    if (location !== undefined) closeWhep(fetch, location);
    throw new UnavailableError(
      'The server answered the offer without a session. Is the address that of a WHEP server?',
      { code: 'invalid_answer' },
    );
  }
  return {
    answer,
    location,
    etag: response.headers.get('etag'),
    iceServers: parseIceServers(response.headers.get('link')),
  };
}

/** Tells the server more of our candidates. */
export async function trickleWhep(
  fetch: Fetch,
  session: WhepSession,
  fragment: CandidateFragment,
): Promise<void> {
  await request(fetch, session.location, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/trickle-ice-sdpfrag',
      ...(session.etag !== null && { 'if-match': session.etag }),
    },
    body: formatCandidateFragment(fragment),
  });
}

/** Ends the viewer, even while the page goes away. A server that cannot hear it notices by itself. */
export function closeWhep(fetch: Fetch, location: string): void {
  fetch(location, { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

/** Absolute, and on the same origin: candidates and DELETEs are for nobody else. */
function resolve(location: string | null, base: string): string | undefined {
  if (location === null) return undefined;
  try {
    const url = new URL(location, base);
    const own = new URL(base);
    const same = url.protocol === own.protocol && url.hostname === own.hostname;
    return same && url.port === own.port ? url.href : undefined;
  } catch {
    return undefined;
  }
}
