// Takes AAC frames (access units) out of RTP payloads (RFC 3640, RFC 6416). They come out as they
// went in, never split or joined: decoders find no boundaries inside AAC.

import { parseAudioSpecificConfig } from './audio-specific-config.ts';
import { GenericPayload, type HeaderWidths } from './generic-payload.ts';
import { LatmPayload } from './latm-payload.ts';
import type { PayloadReader } from './payload-reader.ts';

const NO_FRAMES: readonly Uint8Array[] = [];

export class AacDepacketizer {
  readonly #reader: PayloadReader;
  /** Payloads that made no sense. */
  malformed = 0;

  constructor(format: HeaderWidths & { readonly packing: 'generic' | 'latm' }) {
    this.#reader = format.packing === 'latm' ? new LatmPayload() : new GenericPayload(format);
  }

  /**
   * The frames that this payload completes, the first of them at the packet's timestamp and each
   * `samplesOf` after the one before. Views into the payload where a frame is whole in it.
   */
  push(payload: Uint8Array, marker: boolean): readonly Uint8Array[] {
    const frames = this.#reader.read(payload, marker);
    if (!frames) this.malformed++;
    return frames ?? NO_FRAMES;
  }

  /** Packets are missing before the next one: pieces of a frame are given up. */
  reset(): void {
    this.#reader.reset();
  }
}

/** How long one frame lasts, in ticks of the RTP clock. */
export function samplesOf(format: {
  readonly config: Uint8Array;
  readonly clockRate: number;
}): number {
  const { frameSamples, sampleRate } = parseAudioSpecificConfig(format.config);
  return Math.round((frameSamples * format.clockRate) / sampleRate);
}
