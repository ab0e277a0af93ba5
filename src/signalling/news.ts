// What a viewer is told without asking: how its stream stands, which profile it gets, what it is sent.

import type { ServerMessage } from '#contract/signalling.ts';
import type { Streams } from '#core/streams/streams.ts';
import type { Session } from './session.ts';

const STATS_EVERY_MS = 2_000;

interface NewsOptions {
  readonly streamId: string;
  readonly streams: Streams;
  readonly send: (message: ServerMessage) => void;
}

export class News {
  readonly #options: NewsOptions;
  /** What was said last, to say nothing twice. */
  #standing = '';
  #profile: string | undefined;
  #statsAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  /** How the stream stands, if that is new. Nothing about one that does not exist. */
  tellStream(): void {
    const { streamId, streams, send } = this.#options;
    if (!streams.has(streamId)) return;
    const { main } = streams.get(streamId);
    const nextAttemptAt = main?.nextAttemptAtMs;
    const standing = {
      state: main?.state ?? ('disabled' as const),
      reason: main?.reason ?? null,
      nextAttemptAt: nextAttemptAt === undefined ? null : new Date(nextAttemptAt).toISOString(),
    };
    const words = JSON.stringify(standing);
    if (words === this.#standing) return;
    this.#standing = words;
    send({ type: 'event', event: 'stream', ...standing });
  }

  /** A session has begun: its profile is known from its first statistics. */
  begin(): void {
    this.#profile = undefined;
    this.#statsAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Called once a second. */
  tellSession(session: Session, nowMs: number): void {
    const viewer = session.view();
    if (!viewer) return;
    const { send } = this.#options;
    const { profile, choice } = viewer;
    if (this.#profile !== undefined && this.#profile !== profile) {
      send({ type: 'event', event: 'profile', profile, why: choice });
    }
    this.#profile = profile;
    if (nowMs - this.#statsAtMs < STATS_EVERY_MS) return;
    this.#statsAtMs = nowMs;
    const { mediaStartMs, droppedFrames } = session;
    send({ type: 'stats', viewer, mediaStartMs, droppedFrames });
  }
}
