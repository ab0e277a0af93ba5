// Candidates that come after the offer, for a session that watches or publishes (RFC 9725 §4.3).

import type { Peer } from '#core/ports/peer-transport.ts';
import type { Offer } from '#media/sdp/offer.ts';
import { readTrickleFragment } from '#media/sdp/trickle-fragment.ts';
import { StateError } from '#std/errors.ts';

interface IceSession {
  readonly offer: Offer;
  /** Names it, for `If-Match`. */
  readonly etag: string;
  readonly peer: Peer | undefined;
}

/** Throws `stale_session`, `ice_restart_unsupported`, `invalid_candidate`. */
export function takeTrickle(session: IceSession, fragment: string, etag: string | undefined): void {
  if (etag !== undefined && etag !== session.etag) throw staleSession();
  const { ufrag, pwd, candidates } = readTrickleFragment(fragment);
  const { transport } = session.offer;
  if ((ufrag ?? transport.ufrag) !== transport.ufrag) throw iceRestart();
  if ((pwd ?? transport.pwd) !== transport.pwd) throw iceRestart();
  for (const candidate of candidates) session.peer?.addCandidate(candidate);
}

function staleSession(): StateError {
  return new StateError(
    'If-Match does not name the present ICE session. Use the ETag of the answer.',
    { code: 'stale_session' },
  );
}

function iceRestart(): StateError {
  return new StateError(
    'The fragment has other credentials: an ICE restart, which is not supported. Make a new session with POST.',
    { code: 'ice_restart_unsupported' },
  );
}
