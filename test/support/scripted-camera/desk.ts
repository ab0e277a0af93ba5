// What all connections of one scripted camera share, and what tests read of it.

import type { Clock } from '#std/clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { CameraClip } from './clip.ts';
import type { Account } from './login.ts';
import type { Player, PlayerOptions } from './player.ts';

export interface CameraCounters {
  /** Open now. A tunnel has two. */
  connections: number;
  connectionsEver: number;
  /** By method. */
  readonly requests: Record<string, number>;
  /** RTP packets sent, by track. */
  readonly packets: number[];
  /** RTP packets that found the connection's buffer full: a camera drops them before TCP. */
  dropped: number;
  /** Reception blocks in what clients sent by RTCP. */
  receiverReports: number;
  /** Answers to the camera's own requests. */
  answers: number;
}

export interface CameraDesk {
  readonly behaviour: () => Behaviour;
  readonly clipFor: (uri: string) => CameraClip;
  readonly counters: CameraCounters;
  readonly account: Account;
  readonly clock: Clock;
  /** Called at a connection's first PLAY. */
  readonly createPlayer: (options: PlayerOptions) => Player;
}

export function emptyCounters(): CameraCounters {
  return {
    connections: 0,
    connectionsEver: 0,
    requests: {},
    packets: [],
    dropped: 0,
    receiverReports: 0,
    answers: 0,
  };
}
