// What two channels of a pair have in common: middle and side, intensity, and noise (ISO/IEC
// 14496-3 §4.6.8, §4.6.13.3).

import type { BlockBits } from './bits.ts';
import {
  BOOK_INTENSITY,
  BOOK_INTENSITY_OUT_OF_PHASE,
  BOOK_NOISE,
  type ChannelStream,
} from './channel-stream.ts';
import { forEachBand } from './each-band.ts';
import { BANDS_PER_GROUP, type WindowInfo } from './window-info.ts';

const MASK_SOME = 1;
const MASK_ALL = 2;

/** Which bands are coded as middle and side; by group · 64 + band. */
export function readMask(bits: BlockBits, info: WindowInfo): Uint8Array {
  const mask = new Uint8Array(8 * BANDS_PER_GROUP);
  const present = bits.read(2);
  if (present === MASK_ALL) mask.fill(1);
  if (present !== MASK_SOME) return mask;
  info.groups.forEach((_, group) => {
    for (let band = 0; band < info.maxBand; band++) {
      mask[group * BANDS_PER_GROUP + band] = bits.read(1);
    }
  });
  return mask;
}

/** Makes left and right of what was sent. Noise has been filled in. */
export function restoreStereo(left: ChannelStream, right: ChannelStream, mask: Uint8Array): void {
  forEachBand(left.info, ({ group, band, start, end }) => {
    const index = group * BANDS_PER_GROUP + band;
    restoreBand({
      left: left.spectrum.subarray(start, end),
      right: right.spectrum.subarray(start, end),
      leftBook: left.books[index] ?? 0,
      rightBook: right.books[index] ?? 0,
      leftScale: left.scales[index] ?? 0,
      rightScale: right.scales[index] ?? 0,
      masked: mask[index] === 1,
    });
  });
}

interface BandPair {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly leftBook: number;
  readonly rightBook: number;
  readonly leftScale: number;
  readonly rightScale: number;
  readonly masked: boolean;
}

function restoreBand(pair: BandPair): void {
  const { left, right, leftBook, rightBook, leftScale, rightScale, masked } = pair;
  if (rightBook === BOOK_INTENSITY || rightBook === BOOK_INTENSITY_OUT_OF_PHASE) {
    const inPhase = (rightBook === BOOK_INTENSITY) !== masked;
    copyScaled(left, right, (inPhase ? 1 : -1) * 0.5 ** (rightScale / 4));
    return;
  }
  if (!masked) return;
  const noises = [leftBook, rightBook].filter((book) => book === BOOK_NOISE).length;
  if (noises === 0) sumAndDifference(left, right);
  // The same noise in both, each with its own energy.
  if (noises === 2) copyScaled(left, right, 2 ** ((rightScale - leftScale) / 4));
}

function copyScaled(from: Float64Array, to: Float64Array, gain: number): void {
  for (let at = 0; at < from.length; at++) to[at] = (from[at] ?? 0) * gain;
}

function sumAndDifference(middle: Float64Array, side: Float64Array): void {
  for (let at = 0; at < middle.length; at++) {
    const [m, s] = [middle[at] ?? 0, side[at] ?? 0];
    middle[at] = m + s;
    side[at] = m - s;
  }
}
