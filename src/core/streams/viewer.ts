// What every viewer is, whatever it watches by.

import type { ViewerView } from '#contract/streams.ts';
import type { Subscriber } from './subscriber.ts';
import type { Track } from './track.ts';

export interface Viewer {
  readonly id: string;
  /** Who has it may end the session: it is neither logged nor shown. */
  readonly key: string;
  readonly streamId: string;
  readonly subscribers: readonly Subscriber[];
  /** Packets that its transport refused. */
  readonly sendFailures: number;
  /** RTCP packets that made no sense. */
  readonly malformed: number;
  /** Whether its place may be given to somebody who comes. */
  yieldsPlace(nowMs: number): boolean;
  /** Called once a second. Says why this viewer is to be closed, if it is. */
  tick(nowMs: number): string | undefined;
  /** Idempotent. */
  close(reason: string): void;
  view(): ViewerView;
}

export function watches(viewer: Viewer, tracks: readonly Track[]): boolean {
  return viewer.subscribers.some(({ track }) => tracks.includes(track));
}
