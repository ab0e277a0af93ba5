// A listener's sound, played: packets wait in a jitter buffer until their turn and become samples of each
// channel. Whoever plays asks for more when what it had is used up (PRODUCT 2.7).

import { JitterBuffer, type JitterThresholds, type Playout } from '#media/jitter/jitter-buffer.ts';
import type { BufferMode } from '#media/jitter/target-delay.ts';
import { timestampDistance } from '#media/rtp/distance.ts';
import type { SoundCodec } from '#media/sound/payload-types.ts';
import { OpusVoices } from './opus-voices.ts';
import { PcmVoices } from './pcm-voices.ts';
import type { SoundPacket } from './sound-packet.ts';
import type { OpenOpusDecoder, Planes, SoundItem, SoundTap, Voices } from './voices.ts';

/** Opus has no longer packets, and the buffer asks for nothing longer. */
const MAX_SOUND_MS = 120;
/** A tick at 44.1 kHz is a sample longer or shorter than the one before. */
const UNEVEN_FRAMES = 1;
/** Part numbers have 16 bits, below them the stream's SSRC. */
const SEQUENCE_VALUES = 0x1_0000;

export interface PlayerFormat {
  readonly codec: SoundCodec;
  /** Of the timestamps and of the samples. */
  readonly clockRate: number;
  /** In the order of the planes. */
  readonly channels: readonly number[];
}

export interface PlayerOptions {
  readonly openDecoder: OpenOpusDecoder;
  readonly thresholds: JitterThresholds;
  readonly mode?: BufferMode;
  /** By so much the moments of `next` vary. */
  readonly quantumMs?: number;
  readonly tap?: SoundTap | undefined;
}

/** Valid until the next call of `next`. */
export interface PlayedSound {
  readonly frames: number;
  readonly planes: Planes;
}

export interface PlayerCounts {
  /** Times something was bridged, because it was not there when its turn came. */
  readonly concealed: number;
  /** Packets that came and were not played. */
  readonly dropped: number;
}

export class Player {
  readonly format: PlayerFormat;
  readonly #buffer: JitterBuffer<SoundPacket>;
  readonly #voices: Voices;
  readonly #planes: Planes;
  /** Items of which some parts were missing. */
  #brokenItems = 0;

  constructor(format: PlayerFormat, options: PlayerOptions) {
    const { clockRate, channels } = format;
    const { openDecoder, thresholds, mode, quantumMs, tap } = options;
    this.format = format;
    this.#buffer = new JitterBuffer({
      clockRate,
      thresholds,
      ...(mode && { mode }),
      ...(quantumMs !== undefined && { quantumMs }),
    });
    this.#voices =
      format.codec === 'opus'
        ? new OpusVoices({ channels, openDecoder, tap })
        : new PcmVoices({ channels, sampleRate: clockRate, tap });
    const maxFrames = Math.ceil((clockRate * MAX_SOUND_MS) / 1_000);
    this.#planes = channels.map(() => new Float32Array(maxFrames));
  }

  /** How many samples to take for each one played, so that the delay stays where it should be. */
  get ratio(): number {
    return this.#buffer.ratio;
  }

  get delayMs(): number {
    return this.#buffer.delayMs;
  }

  get counts(): PlayerCounts {
    const { concealed, late, dropped, skipped, overflow } = this.#buffer.counters;
    return {
      concealed: concealed + this.#brokenItems,
      dropped: late + dropped + skipped + overflow,
    };
  }

  set thresholds(thresholds: JitterThresholds) {
    this.#buffer.thresholds = thresholds;
  }

  /** `timestamp` and `ticks` are those of the packet's tick. */
  insert(
    packet: SoundPacket,
    tick: { readonly timestamp: number; readonly ticks: number; readonly arrivedAtMs: number },
  ): void {
    this.#buffer.insert({
      timestamp: tick.timestamp,
      durationTicks: tick.ticks,
      part: packet.stream.ssrc * SEQUENCE_VALUES + packet.sequence,
      payload: packet,
      arrivedAtMs: tick.arrivedAtMs,
    });
  }

  /** Undefined: nothing for the moment; silence of any length will do until the next call. */
  next(nowMs: number): PlayedSound | undefined {
    const playout = this.#buffer.pull(nowMs);
    return playout && this.#render(playout);
  }

  close(): void {
    this.#voices.close();
  }

  #render(playout: Playout<SoundPacket>): PlayedSound {
    if (playout.kind === 'conceal') {
      const planes = this.#cut(playout.durationTicks);
      this.#voices.conceal(planes, playout.following);
      return { frames: playout.durationTicks, planes };
    }
    const frames = this.#countFrames(playout.item);
    const planes = this.#cut(frames);
    if (!this.#voices.play(playout.item, planes, playout.isContinuous)) this.#brokenItems++;
    return { frames, planes };
  }

  /** Up to the end of its last part: which ticks are the longer ones is in no header. */
  #countFrames({ timestamp, durationTicks, payloads }: SoundItem): number {
    let end = 0;
    for (const packet of payloads) {
      end = Math.max(end, timestampDistance(timestamp, packet.timestamp) + packet.ticks);
    }
    return Math.abs(end - durationTicks) <= UNEVEN_FRAMES ? end : durationTicks;
  }

  #cut(frames: number): Planes {
    return this.#planes.map((plane) => plane.subarray(0, frames));
  }
}
