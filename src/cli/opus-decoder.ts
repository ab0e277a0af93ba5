// libopus, decoding one channel a decoder, and bridging what is missing of it.

import { createDecoder, loadLibopus, type OpusDecoderHandle } from 'libopus-wasm';
import type { OpenOpusDecoder, OpusDecoder } from '#client/listening/voices.ts';

/** 2.5 ms at 48 kHz: libopus bridges whole steps of it. */
const STEP_SAMPLES = 120;

/** Loads libopus; from then on decoders are opened without waiting. */
export async function openOpusDecoders(): Promise<OpenOpusDecoder> {
  await loadLibopus();
  return () => new LibopusDecoder();
}

/**
 * The library opens decoders by promises. Once it is loaded, they are kept before the event loop's next
 * turn: what is decoded in the same turn is silence, and counts as damaged.
 */
class LibopusDecoder implements OpusDecoder {
  #handle: OpusDecoderHandle | undefined;
  #isClosed = false;

  constructor() {
    createDecoder({ channels: 1 }).then(
      (handle) => this.#keep(handle),
      // Out of memory: this channel is silent, the others sound.
      () => {},
    );
  }

  decode(frame: Uint8Array, samples: Float32Array): boolean {
    try {
      const decoded = this.#handle?.decodeFloat(frame);
      if (decoded?.length !== samples.length) return false;
      samples.set(decoded);
      return true;
    } catch {
      return false;
    }
  }

  conceal(samples: Float32Array): void {
    const steps = Math.floor(samples.length / STEP_SAMPLES);
    samples.fill(0);
    if (!this.#handle || steps === 0) return;
    try {
      samples.set(this.#handle.decodePacketLossFloat(steps * STEP_SAMPLES));
    } catch {
      // Silence is a bridge too.
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#handle?.free();
    this.#handle = undefined;
  }

  #keep(handle: OpusDecoderHandle): void {
    if (this.#isClosed) handle.free();
    else this.#handle = handle;
  }
}
