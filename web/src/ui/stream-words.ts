// The state of a stream and of its profiles in words.

import type { StreamState, StreamView } from '#contract/streams.ts';
import type { Tone } from './state-words.ts';
import { type Language, words } from './words.ts';

interface Stateful {
  readonly state: StreamState;
  readonly nextAttemptAt: string | null;
}

/** With a countdown where another attempt is due. `nowMs` is the server's time. */
export function describeState(
  { state, nextAttemptAt }: Stateful,
  nowMs: number,
  language: Language,
) {
  const text = words[language];
  if (state !== 'retrying' || nextAttemptAt === null) return text.stream[state];
  const leftMs = Date.parse(nextAttemptAt) - nowMs;
  return text.stream.retryIn(Math.max(0, Math.ceil(leftMs / 1_000)));
}

export function stateTone(state: StreamState): Tone {
  if (state === 'live') return 'live';
  if (state === 'refused') return 'bad';
  return state === 'disabled' || state === 'idle' ? 'still' : 'busy';
}

/** Whether a viewer would be taken: a stream on demand is opened by its first one. */
export function isWatchable({ profiles }: Pick<StreamView, 'profiles'>): boolean {
  return profiles.some(({ state }) => ['idle', 'connecting', 'live', 'stalled'].includes(state));
}

/** Of the main profile, which speaks for the stream. */
export function nextAttemptOf({ profiles }: Pick<StreamView, 'profiles'>): string | null {
  return profiles.find(({ name }) => name === 'main')?.nextAttemptAt ?? null;
}

/** Of all profiles; each names what it is about. */
export function warningsOf({ profiles }: Pick<StreamView, 'profiles'>): readonly string[] {
  return profiles.flatMap(({ warnings }) => warnings);
}
