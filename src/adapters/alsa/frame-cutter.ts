// Cuts what is read from the card into planes of whole frames; what is left of a frame waits for the next read.

import { readInterleaved, SAMPLE_BYTES, type SampleFormat } from '#media/pcm/interleaved.ts';

/** Node reads at most so much at once: 10.6 ms of 32 channels of 32 bits at 48 kHz. */
const READ_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

export class FrameCutter {
  readonly #stride: number;
  readonly #target: { readonly format: SampleFormat; readonly planes: readonly Float32Array[] };
  /** Less than a frame. */
  #rest: Buffer = NOTHING;

  constructor({ format, channels }: { format: SampleFormat; channels: number }) {
    this.#stride = channels * SAMPLE_BYTES[format];
    const capacity = Math.ceil(READ_BYTES / this.#stride) + 1;
    const planes = Array.from({ length: channels }, () => new Float32Array(capacity));
    this.#target = { format, planes };
  }

  get planes(): readonly Float32Array[] {
    return this.#target.planes;
  }

  /** Fills the planes and says with how many frames: once for each read, if it is no larger than reads are. */
  cut(bytes: Buffer, onFrames: (frames: number) => void): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    while (rest.length >= this.#stride) {
      const frames = readInterleaved(rest, this.#target);
      rest = rest.subarray(frames * this.#stride);
      onFrames(frames);
    }
    this.#rest = rest;
  }
}
