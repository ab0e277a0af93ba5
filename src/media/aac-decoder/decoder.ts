// A decoder of AAC-LC (ISO/IEC 14496-3 §4.5, §4.6) in frames of 1,024 samples. HE-AAC decodes to its
// core: half the rate, without the upper half of the frequencies.

import { InputError } from '#std/errors.ts';
import { bandsOf } from './bands.ts';
import { BlockBits } from './bits.ts';
import { readElements } from './elements.ts';
import { FilterBank, Transforms } from './filter-bank.ts';
import { NoiseGenerator } from './noise.ts';
import { applyTns } from './tns.ts';

export const SAMPLES_PER_FRAME = 1024;
const SILENCE = { sequence: 0, shape: 0 };

export class AacDecoder {
  readonly #bands: ReturnType<typeof bandsOf>;
  readonly #noise = new NoiseGenerator();
  readonly #transforms = new Transforms();
  #banks: FilterBank[] = [];

  /** `sampleRate`: the core's, in Hz. */
  constructor(sampleRate: number) {
    this.#bands = bandsOf(sampleRate);
  }

  /**
   * 1,024 samples between about −1 and 1 for each channel, in the order of the standard: of more
   * than two, the centre comes first. Throws InputError for what is no AAC; the next frame may be.
   */
  decode(accessUnit: Uint8Array): Float32Array[] {
    const context = { bands: this.#bands, noise: this.#noise };
    const channels = readElements(new BlockBits(accessUnit), context);
    if (channels.length === 0) {
      throw new InputError('Cannot decode the AAC access unit: there is no sound in it.', {
        code: 'invalid_aac',
      });
    }
    this.#setChannels(channels.length);
    return channels.map((channel, index) => {
      if (channel.tns) applyTns(channel.tns, channel.info, channel.spectrum);
      return this.#bank(index).run(channel.spectrum, channel.info);
    });
  }

  /** For a frame that is missing: the end of the last one, fading into silence. */
  conceal(): Float32Array[] {
    const nothing = new Float64Array(SAMPLES_PER_FRAME);
    return this.#banks.map((bank) => bank.run(nothing, SILENCE));
  }

  #setChannels(count: number): void {
    if (count === this.#banks.length) return;
    this.#banks = Array.from({ length: count }, () => new FilterBank(this.#transforms));
  }

  #bank(index: number): FilterBank {
    const bank = this.#banks[index];
    if (!bank) throw new Error(`invariant broken: channel ${index} has a filter bank`);
    return bank;
  }
}
