// How one frame of a channel is divided into windows and bands: ics_info (ISO/IEC 14496-3 §4.4.2.1,
// table 4.6; §4.5.2.3).

import { InputError } from '#std/errors.ts';
import type { Bands } from './bands.ts';
import type { BlockBits } from './bits.ts';

export const LONG_START = 1;
export const EIGHT_SHORT = 2;
export const LONG_STOP = 3;

/** Coefficients of one of eight short windows; they lie one window behind the other. */
export const SHORT_LENGTH = 128;
/** What is kept for each band lies at group · 64 + band: there are at most 51. */
export const BANDS_PER_GROUP = 64;

export interface WindowInfo {
  /** 0: one long window; 1 and 3 lead to and from the eight short ones of 2. */
  readonly sequence: number;
  /** Of the half that the next frame overlaps: 0 sine, 1 Kaiser-Bessel. */
  readonly shape: number;
  readonly bands: Bands;
  /** Bands from here on are empty. */
  readonly maxBand: number;
  /** How many neighbouring windows share their scale factors; one long window is one group of one. */
  readonly groups: readonly number[];
}

export function readWindowInfo(
  bits: BlockBits,
  rate: { readonly long: Bands; readonly short: Bands },
): WindowInfo {
  bits.skip(1); // ics_reserved_bit
  const sequence = bits.read(2);
  const shape = bits.read(1);
  const isShort = sequence === EIGHT_SHORT;
  const bands = isShort ? rate.short : rate.long;
  const maxBand = bits.read(isShort ? 4 : 6);
  if (maxBand > bands.offsets.length - 1) {
    throw invalid(`it has ${maxBand} bands, and its rate only ${bands.offsets.length - 1}`);
  }
  const groups = isShort ? readGroups(bits) : [1];
  if (!isShort && bits.readFlag()) throw invalid('it uses prediction, which AAC-LC has not');
  return { sequence, shape, bands, maxBand, groups };
}

/** A bit for each window after the first: whether it belongs to the group of the one before. */
function readGroups(bits: BlockBits): number[] {
  const groups = [1];
  for (let window = 1; window < 8; window++) {
    if (bits.readFlag()) groups.push((groups.pop() ?? 0) + 1);
    else groups.push(1);
  }
  return groups;
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot decode the AAC access unit: ${reason}.`, { code: 'invalid_aac' });
}
