// Perceptual noise substitution: bands of which only the energy was sent (ISO/IEC 14496-3 §4.6.13).

import { BOOK_NOISE, type ChannelStream } from './channel-stream.ts';
import { forEachBand } from './each-band.ts';
import { BANDS_PER_GROUP } from './window-info.ts';

/** Any noise does; this one is cheap and the same on every machine. */
export class NoiseGenerator {
  #state = 0x2545f491;

  /** Fills the noise bands of a channel. */
  fill(channel: ChannelStream): void {
    const { books, scales, spectrum } = channel;
    forEachBand(channel.info, ({ group, band, start, end }) => {
      const index = group * BANDS_PER_GROUP + band;
      if (books[index] !== BOOK_NOISE) return;
      this.#fillBand(spectrum.subarray(start, end), 2 ** ((scales[index] ?? 0) / 4));
    });
  }

  #fillBand(span: Float64Array, amplitude: number): void {
    let energy = 0;
    for (let at = 0; at < span.length; at++) {
      this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
      span[at] = this.#state;
      energy += this.#state * this.#state;
    }
    const gain = energy > 0 ? amplitude / Math.sqrt(energy) : 0;
    for (let at = 0; at < span.length; at++) span[at] = (span[at] ?? 0) * gain;
  }
}
