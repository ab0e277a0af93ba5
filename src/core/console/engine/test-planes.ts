// What stands in for a rendition's samples in test mode (PRODUCT 2.2): after the resampler, before the
// encoder, so that listeners get the very numbers.

import { fillTestConstant, fillTestTone } from '#media/pcm/test-signal.ts';
import type { Rendition } from '../../ports/sound-engine.ts';

/** Where a tick's samples are found. */
export interface PlaneSource {
  /** Of a channel that the source does not have: silence. */
  plane(channel: number): Float32Array;
}

export class TestPlanes implements PlaneSource {
  readonly #codec: Rendition['codec'];
  readonly #frames: number;
  /** Of PCM, by channel. */
  readonly #constants = new Map<number, Float32Array>();
  /** Of Opus: encoded before the next one is asked for. */
  readonly #tone: Float32Array;
  /** Of the tick's first sample: the tones go on from there. */
  position = 0;

  /** `frames` of the longest tick. */
  constructor(codec: Rendition['codec'], frames: number) {
    this.#codec = codec;
    this.#frames = frames;
    this.#tone = new Float32Array(frames);
  }

  plane(channel: number): Float32Array {
    if (this.#codec !== 'opus') return this.#constants.get(channel) ?? this.#addConstant(channel);
    fillTestTone(this.#tone, { channel, firstFrame: this.position });
    return this.#tone;
  }

  #addConstant(channel: number): Float32Array {
    const plane = new Float32Array(this.#frames);
    fillTestConstant(plane, { channel, bits: this.#codec === 'pcm' ? 16 : 24 });
    this.#constants.set(channel, plane);
    return plane;
  }
}
