// libopus, encoding one channel of the console an encoder: restricted low delay, constant bitrate.

import {
  Application,
  Bandwidth,
  createEncoder,
  loadLibopus,
  type OpusEncoderHandle,
  Signal,
} from 'libopus-wasm';
import type {
  ChannelEncoder,
  ChannelEncoderOptions,
  OpenChannelEncoder,
} from '#core/ports/sound-output.ts';

/**
 * Of 10. From 5 on there is a pitch filter, without which packets of 2.5 ms are 9 dB noisier (SNR of
 * plucked strings and drums at 64 kb/s: 9.5 dB with 1, 18.7 dB with 5, 18.9 dB with 10). 8 and above
 * cost a fifth more for nothing that was measured.
 */
const COMPLEXITY = 5;
/** RFC 6716 §3.2.1: a frame is at most 1,275 bytes; libopus leaves the rest of its buffer alone. */
const MAX_FRAME_BYTES = 1_275;
/** Half of 32 kHz: who is to get less than 44.1 kHz gets the bits below 12 kHz. */
const SUPERWIDEBAND_MAX_HZ = 16_000;
const EMPTY_FRAME = new Uint8Array(0);

/** Loads libopus; from then on encoders are opened without waiting. */
export async function openOpusEncoders(): Promise<OpenChannelEncoder> {
  await loadLibopus();
  return (options) => new OpusChannelEncoder(options);
}

/**
 * The library opens encoders by promises. Once it is loaded, they are kept before the event loop's next
 * turn: only what is encoded in the same turn is an empty frame.
 */
class OpusChannelEncoder implements ChannelEncoder {
  readonly #encodeOptions = { maxPacketBytes: MAX_FRAME_BYTES };
  #handle: OpusEncoderHandle | undefined;
  #isClosed = false;

  constructor({ frames, bitrate, maxHz }: ChannelEncoderOptions) {
    createEncoder({
      channels: 1,
      application: Application.RestrictedLowDelay,
      bitrate,
      complexity: COMPLEXITY,
      frameSize: frames,
      maxBandwidth: bandwidthUpTo(maxHz),
      signal: Signal.Music,
      // Constant, so that the time on the air is, and a packet never grows past its limit.
      vbr: false,
    }).then(
      (handle) => this.#keep(handle),
      // Out of memory: its frames stay empty, the other channels sound.
      () => {},
    );
  }

  encode(samples: Float32Array): Uint8Array {
    return this.#handle?.encodeFloat(samples, this.#encodeOptions) ?? EMPTY_FRAME;
  }

  close(): void {
    this.#isClosed = true;
    this.#handle?.free();
    this.#handle = undefined;
  }

  #keep(handle: OpusEncoderHandle): void {
    if (this.#isClosed) handle.free();
    else this.#handle = handle;
  }
}

/** Superwideband ends at 12 kHz, fullband at 20 kHz; there is nothing between them (RFC 6716 §2). */
function bandwidthUpTo(maxHz: number): Bandwidth {
  return maxHz <= SUPERWIDEBAND_MAX_HZ ? Bandwidth.Superwideband : Bandwidth.Fullband;
}
