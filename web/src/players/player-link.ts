// What a player needs of its link, whichever way the medium takes.

import type { DialContext, Link } from '#client/connection.ts';
import type { QualityWish } from '#client/negotiation.ts';
import type { StreamNews, ViewerStats } from '#client/signalling-client.ts';
import type { StatsSnapshot } from '#client/stats-snapshot.ts';
import type { Medium } from './video-stage.ts';

export interface PlayerLink extends Link {
  readonly medium: Medium;
  /** Resolves when the medium can flow. */
  open(context: DialContext): Promise<this>;
  snapshot(): Promise<StatsSnapshot>;
  setQuality(wish: QualityWish): void;
}

/** What a link tells its player. */
export interface PlayerLinkEvents {
  /** The medium still has its picture, for the last time. */
  onClosing(medium: Medium): void;
  onStream(news: StreamNews): void;
  onStats(stats: ViewerStats): void;
}
