// The state of a player in words, with its reason.

import type { Failure } from '#client/connection-state.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { explainProblem } from './problem-words.ts';
import { type Language, words } from './words.ts';

/** How a state looks: it flows, it is on its way, or it needs somebody. */
export type Tone = 'live' | 'busy' | 'bad' | 'still';

export function playerTone({ connection, playing }: PlayerView): Tone {
  switch (connection.kind) {
    case 'connected':
      return playing ? 'live' : 'busy';
    case 'gave-up':
      return 'bad';
    case 'connecting':
    case 'waiting':
      return 'busy';
    default:
      return 'still';
  }
}

export function describePlayer(
  { connection, playing, retryInS }: PlayerView,
  language: Language,
): string {
  const text = words[language].connection;
  switch (connection.kind) {
    case 'idle':
      return text.idle;
    case 'connecting':
      return connection.attempt === 0 ? text.connecting : text.connectingAgain(connection.attempt);
    case 'connected':
      return playing ? text.connected : text.awaitingPicture;
    case 'waiting':
      return text.waiting(retryInS ?? 0);
    case 'gave-up':
      return text.gaveUp;
    case 'closed':
      return text.closed;
  }
}

/** Problems whose detail is for programmers: the request, not what it means to somebody who watches. */
const TECHNICAL: readonly string[] = ['stream_not_found'];

/** Why the last attempt failed. The server's own words are English; the meaning of its code is not. */
export function describeFailure(failure: Failure, language: Language): string {
  const own: Readonly<Record<string, string>> = words[language].failure;
  const { code, reason } = failure;
  if (code !== null && Object.hasOwn(own, code)) return own[code] ?? reason;
  if (code === null || (language === 'en' && !TECHNICAL.includes(code))) return reason;
  return explainProblem(code, language) ?? reason;
}
