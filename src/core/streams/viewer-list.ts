// Who watches what: places, counts, ends and what was sent in all.

import type { ViewerView } from '#contract/streams.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { ClosedError, NotFoundError, UnavailableError } from '#std/errors.ts';
import type { Stream } from './stream.ts';
import type { Track } from './track.ts';
import { type Viewer, watches } from './viewer.ts';
import { addViewer, emptyTotals, type ViewerTotals } from './viewer-totals.ts';

const TICK_MS = 1_000;

interface ViewerListOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly maxViewers: number;
}

export class ViewerList {
  readonly #options: ViewerListOptions;
  readonly #viewers = new Map<string, Viewer>();
  readonly #counts = new Map<string, number>();
  readonly #ticker: Timer;
  readonly #goneTotals = emptyTotals();
  #joining = 0;
  #closed = false;

  constructor(options: ViewerListOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get size(): number {
    return this.#viewers.size;
  }

  get all(): Iterable<Viewer> {
    return this.#viewers.values();
  }

  /** What was sent to all viewers ever: never goes down when one leaves. */
  totals(): ViewerTotals {
    const totals = { ...this.#goneTotals };
    for (const viewer of this.#viewers.values()) addViewer(totals, viewer);
    return totals;
  }

  views(streamId?: string): ViewerView[] {
    const views: ViewerView[] = [];
    for (const viewer of this.#viewers.values()) {
      if (streamId === undefined || viewer.streamId === streamId) views.push(viewer.view());
    }
    return views;
  }

  /** Kept, not counted: the list of streams asks for it once a stream. */
  count(streamId: string): number {
    return this.#counts.get(streamId) ?? 0;
  }

  /** Keeps a place while `join` runs; throws `too_many_viewers` if there is none. */
  async admit<Joined>(join: () => Promise<Joined>): Promise<Joined> {
    this.#findPlace();
    this.#joining++;
    try {
      return await join();
    } catch (error) {
      // Whatever went wrong then went wrong because of that.
      this.checkOpen();
      throw error;
    } finally {
      this.#joining--;
    }
  }

  add(viewer: Viewer): void {
    this.#viewers.set(viewer.key, viewer);
    this.#counts.set(viewer.streamId, this.count(viewer.streamId) + 1);
  }

  find(streamId: string, key: string): Viewer {
    const viewer = this.#viewers.get(key);
    if (viewer?.streamId === streamId) return viewer;
    throw viewerNotFound(streamId);
  }

  /** Sends a viewer away: `viewerId` is what people see, not the key that ends a session. */
  kick(streamId: string, viewerId: string): void {
    for (const viewer of this.#viewers.values()) {
      if (viewer.id !== viewerId || viewer.streamId !== streamId) continue;
      this.end(viewer, 'sent away');
      return;
    }
    throw viewerNotFound(streamId);
  }

  end(viewer: Viewer, reason: string): void {
    if (!this.#viewers.delete(viewer.key)) return;
    const left = this.count(viewer.streamId) - 1;
    if (left > 0) this.#counts.set(viewer.streamId, left);
    else this.#counts.delete(viewer.streamId);
    viewer.close(reason);
    addViewer(this.#goneTotals, viewer);
    this.#options.log.info('Viewer left', { viewer: viewer.id, stream: viewer.streamId, reason });
  }

  /** These tracks are no more: who watches them has to come anew. */
  endWatching(stream: Stream, tracks: readonly Track[], reason: string): void {
    for (const viewer of this.#viewers.values()) {
      if (viewer.streamId === stream.id && watches(viewer, tracks)) this.end(viewer, reason);
    }
  }

  close(): void {
    this.#closed = true;
    this.#ticker.cancel();
    for (const viewer of this.#viewers.values()) this.end(viewer, 'server is closing');
  }

  checkOpen(): void {
    if (this.#closed) throw new ClosedError('The server is closing. Try again in some seconds.');
  }

  #findPlace(): void {
    this.checkOpen();
    const { maxViewers } = this.#options;
    if (this.#viewers.size + this.#joining < maxViewers || this.#freePlace()) return;
    throw new UnavailableError(
      `All ${maxViewers} places for viewers are taken (webrtc.max_peers). Try again later.`,
      { code: 'too_many_viewers' },
    );
  }

  /** Offers that nobody follows up must not keep viewers out: the oldest of them goes. */
  #freePlace(): boolean {
    const nowMs = this.#options.clock.nowMs();
    for (const viewer of this.#viewers.values()) {
      if (!viewer.yieldsPlace(nowMs)) continue;
      this.end(viewer, 'place given to another');
      return true;
    }
    return false;
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const viewer of this.#viewers.values()) {
      const reason = viewer.tick(nowMs);
      if (reason) this.end(viewer, reason);
    }
  }
}

function viewerNotFound(streamId: string): NotFoundError {
  return new NotFoundError(
    `Stream "${streamId}" has no such session: its viewer left, vanished or never was. Join again.`,
    { code: 'viewer_not_found' },
  );
}
