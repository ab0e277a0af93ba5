// What the metrics are made of: plain figures, read when somebody scrapes and never in between.

import type { ConsoleView } from '#contract/console.ts';
import type { ProblemCode } from '#contract/problem.ts';
import type { StreamView, ViewerView } from '#contract/streams.ts';

export interface MetricFigures {
  readonly version: string;
  streams(): readonly StreamView[];
  viewers(): readonly ViewerCount[];
  transport(): TransportTotals;
  /** Undefined where there is no RTSP server. */
  rtsp(): RtspTotals | undefined;
  signalling(): SignallingTotals;
  /** Undefined where the console is switched off. */
  sound(): SoundFigures | undefined;
}

export interface SoundFigures {
  readonly view: ConsoleView;
  /** Encoders at work now. */
  readonly encodings: number;
  /** Of the sound engine's thread, since its start. */
  readonly cpuSeconds: number;
  readonly strayDatagrams: number;
}

/** All but `sockets` only grow. */
export interface SignallingTotals {
  readonly sockets: number;
  readonly refused: number;
  readonly malformed: number;
  readonly wrongSecrets: number;
  readonly dismissed: number;
  readonly dropped: number;
}

/** All but `connections` only grow. */
export interface RtspTotals {
  readonly connections: number;
  readonly refused: number;
  readonly malformed: number;
  readonly wrongPasswords: number;
  readonly dropped: number;
  readonly tooSlow: number;
}

/** How many viewers watch by this protocol, are in this state and on this path. */
export interface ViewerCount {
  readonly protocol: ViewerView['protocol'];
  readonly state: ViewerView['state'];
  /** Null until the path is known. */
  readonly path: ViewerView['path'];
  readonly count: number;
}

/** Sums over all viewers since the start, those that left included: they never go down. */
export interface TransportTotals {
  /** RTP packets handed to the engine, retransmissions included. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets that the engine refused. */
  readonly sendFailures: number;
  readonly retransmitted: number;
  /** Packets that viewers asked for again. */
  readonly nacks: number;
  /** Of those, the ones no longer at hand or over the limit. */
  readonly unanswered: number;
  /** Key frames that viewers asked for. */
  readonly plis: number;
  /** Packets skipped for a viewer, to the next key frame. */
  readonly dropped: number;
  /** RTCP packets that made no sense. */
  readonly malformedRtcp: number;
  /** Packets that did not fit into slow TCP connections. */
  readonly tcpDropped: number;
  readonly viewersJoined: number;
  readonly viewersLeft: number;
}

export interface RequestFigures {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly problem: ProblemCode | undefined;
}
