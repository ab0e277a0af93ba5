// Moves viewers between main and sub while they watch, without renegotiation.

import type { Log } from '#core/ports/log.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { chooseCodec, describeTrack } from './fitting.ts';
import { laneFor } from './lane.ts';
import type { Demand, Profile } from './profile.ts';
import type { Streams } from './streams.ts';
import type { Subscriber } from './subscriber.ts';
import type { Track } from './track.ts';
import { sameCarriage } from './track-format.ts';
import type { ViewerList } from './viewer-list.ts';
import { WebrtcViewer } from './webrtc-viewer.ts';

const TICK_MS = 1_000;
/** A profile that could not be had is not asked for again before. */
const REST_AFTER_FAILURE_MS = 30_000;
/** What the browser could not play it will not learn; the camera's settings may change. */
const REST_AFTER_MISFIT_MS = 10 * 60_000;
/** Opening a sub stream and its first key frame. */
const READY_WITHIN_MS = 10_000;
/** A change waits for a key frame; cameras with smart codecs take this long. */
const KEY_FRAME_WITHIN_MS = 60_000;

interface ProfileChangesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly streams: Streams;
  readonly list: ViewerList;
  /** What the viewer offered to receive. */
  readonly codecsOf: (viewer: WebrtcViewer, kind: 'video' | 'audio') => readonly OfferedCodec[];
}

interface Change {
  readonly to: Profile;
  readonly why: string;
  readonly track: Track;
  readonly subscriber: Subscriber;
  readonly demand: Demand;
  readonly untilMs: number;
}

export class ProfileChanges {
  readonly #options: ProfileChangesOptions;
  readonly #ticker: Timer;
  /** Those that wait for their profile or its key frame. */
  readonly #pending = new Map<WebrtcViewer, Change | 'opening'>();
  readonly #restUntilMs = new WeakMap<WebrtcViewer, number>();

  constructor(options: ProfileChangesOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  close(): void {
    this.#ticker.cancel();
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [viewer, change] of this.#pending) {
      if (change !== 'opening') this.#look(viewer, change, nowMs);
    }
    for (const viewer of this.#options.list.all) {
      if (viewer instanceof WebrtcViewer) this.#decide(viewer, nowMs);
    }
  }

  #decide(viewer: WebrtcViewer, nowMs: number): void {
    if (viewer.state !== 'connected' || this.#pending.has(viewer)) return;
    if (nowMs < (this.#restUntilMs.get(viewer) ?? 0)) return;
    const { streams } = this.#options;
    const stream = streams.has(viewer.streamId) ? streams.get(viewer.streamId) : undefined;
    const sub = stream?.profile('sub');
    if (!sub) return;
    const subHeight = sub.video?.picture?.height;
    const wanted = viewer.quality.decide(subHeight, nowMs);
    const profile = wanted === viewer.profile ? undefined : stream?.profile(wanted);
    if (profile) void this.#open(viewer, profile, viewer.quality.explain(subHeight));
  }

  async #open(viewer: WebrtcViewer, profile: Profile, why: string): Promise<void> {
    this.#pending.set(viewer, 'opening');
    const demand = profile.demand();
    const ready = await profile.waitReady(READY_WITHIN_MS);
    const change = ready ? this.#begin(viewer, profile, { demand, why }) : undefined;
    if (change) {
      this.#pending.set(viewer, change);
      return;
    }
    demand.release();
    this.#pending.delete(viewer);
    const restMs = ready ? REST_AFTER_MISFIT_MS : REST_AFTER_FAILURE_MS;
    this.#restUntilMs.set(viewer, this.#options.clock.nowMs() + restMs);
  }

  /** Undefined if the viewer cannot play what that profile sends, or is gone. */
  #begin(
    viewer: WebrtcViewer,
    profile: Profile,
    { demand, why }: { demand: Demand; why: string },
  ): Change | undefined {
    const subscriber = viewer.subscribers.find(({ track }) => track.format.kind === 'video');
    const track = profile.video;
    if (viewer.state !== 'connected' || !subscriber || !track || track.reorders) return undefined;
    const codec = chooseCodec(track, this.#options.codecsOf(viewer, 'video'));
    if (!codec) return undefined;
    subscriber.changeTo(track, laneFor(codec, subscriber.lane.ssrc));
    profile.requestKeyFrame();
    const untilMs = this.#options.clock.nowMs() + KEY_FRAME_WITHIN_MS;
    return { to: profile, why, track, subscriber, demand, untilMs };
  }

  #look(viewer: WebrtcViewer, change: Change, nowMs: number): void {
    const { subscriber, track, to, untilMs } = change;
    const gone = viewer.state === 'closed';
    const done = subscriber.track === track;
    const hopeless = nowMs >= untilMs || !to.tracks.includes(track);
    if (!gone && !done && !hopeless) return;
    this.#pending.delete(viewer);
    if (!gone && done) this.#finish(viewer, change);
    else this.#abandon(viewer, change, nowMs);
  }

  #abandon(viewer: WebrtcViewer, { subscriber, demand }: Change, nowMs: number): void {
    // Or a late key frame would move it to what it has no demand for.
    subscriber.changeTo(subscriber.track, subscriber.lane);
    demand.release();
    this.#restUntilMs.set(viewer, nowMs + REST_AFTER_FAILURE_MS);
  }

  #finish(viewer: WebrtcViewer, { to, why, track, demand }: Change): void {
    const words = `${to.name}: ${describeTrack(track)} is sent, ${why}`;
    const alone = moveSound(viewer, to);
    viewer.change({ profile: to.name, words, demand, alone });
    const fields = { viewer: viewer.id, stream: viewer.streamId, profile: to.name, why };
    this.#options.log.info('Viewer changed profile', fields);
  }
}

/** Whether the viewer's sound, if it has any, now comes from the same profile as its picture. */
function moveSound(viewer: WebrtcViewer, { audio }: Profile): boolean {
  const subscriber = viewer.subscribers.find(({ track }) => track.format.kind === 'audio');
  if (!subscriber) return true;
  if (!audio || !sameCarriage(subscriber.track.format, audio.format)) return false;
  subscriber.changeTo(audio, subscriber.lane);
  return true;
}
