// What a track carries, as its source declares it: what a session description can say of it.

import type { DescribedAac, DescribedFormat } from '#media/sdp/described-format.ts';

export type TrackFormat = DescribedFormat;
export type VideoFormat = Extract<TrackFormat, { kind: 'video' }>;
export type AudioFormat = Extract<TrackFormat, { kind: 'audio' }>;
export type AacFormat = DescribedAac;

/** Whether what fits the one fits the other too, for whoever receives it. */
export function sameCarriage(one: TrackFormat, other: TrackFormat): boolean {
  if (one.codec !== other.codec || one.clockRate !== other.clockRate) return false;
  if (one.kind === 'video' || other.kind === 'video') return true;
  if (one.channels !== other.channels) return false;
  return one.codec !== 'AAC' || other.codec !== 'AAC' || `${one.config}` === `${other.config}`;
}
