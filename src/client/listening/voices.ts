// What makes samples of packets, and what may look at them: the seams of the player.

import type { BufferedItem } from '#media/jitter/item-queue.ts';
import type { SoundPacket } from './sound-packet.ts';

export type SoundItem = BufferedItem<SoundPacket>;

/** One sample array for each channel, all as long. */
export type Planes = readonly Float32Array[];

/** All channels of one codec. */
export interface Voices {
  /** Fills the planes with an item's sound. False: some of it was missing and was bridged. */
  play(item: SoundItem, planes: Planes, isContinuous: boolean): boolean;
  /** Fills the planes with what bridges a gap; `following` comes after it, if that is at hand. */
  conceal(planes: Planes, following: SoundItem | undefined): void;
  close(): void;
}

/** Hears every channel as it came, before anything is blended. The samples are its own for the call only. */
export interface SoundTap {
  heard(channel: number, samples: Float32Array): void;
  /** What is heard next does not follow what was heard before. */
  missed(channel: number): void;
}

/** One channel's. */
export interface OpusDecoder {
  /** Fills the samples with a frame of that length; false if it is damaged. */
  decode(frame: Uint8Array, samples: Float32Array): boolean;
  /** Fills them with what a missing frame may have been. */
  conceal(samples: Float32Array): void;
  close(): void;
}

export type OpenOpusDecoder = () => OpusDecoder;
