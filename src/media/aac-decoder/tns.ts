// Temporal noise shaping: filters along the frequencies that give the noise the shape of the sound
// in time (ISO/IEC 14496-3 §4.6.9).

import { InputError } from '#std/errors.ts';
import type { BlockBits } from './bits.ts';
import { EIGHT_SHORT, SHORT_LENGTH, type WindowInfo } from './window-info.ts';

/** What AAC-LC allows (table 4.139). */
const MAX_ORDER = { long: 12, short: 7 };

interface TnsFilter {
  /** In bands. */
  readonly length: number;
  readonly downwards: boolean;
  /** Of the recursive filter, from the newest value back. */
  readonly coefficients: readonly number[];
}

/** For each window its filters, from the highest band down. */
export type Tns = readonly (readonly TnsFilter[])[];

export function readTns(bits: BlockBits, info: WindowInfo): Tns {
  const isShort = info.sequence === EIGHT_SHORT;
  return Array.from({ length: isShort ? 8 : 1 }, () => {
    const count = bits.read(isShort ? 1 : 2);
    const resolution = count > 0 ? 3 + bits.read(1) : 0;
    return Array.from({ length: count }, () => readFilter(bits, isShort, resolution));
  });
}

export function applyTns(tns: Tns, info: WindowInfo, spectrum: Float64Array): void {
  const { bands, maxBand } = info;
  const reach = Math.min(bands.tnsBands, maxBand);
  tns.forEach((filters, window) => {
    let bottom = bands.offsets.length - 1;
    for (const filter of filters) {
      const top = bottom;
      bottom = Math.max(top - filter.length, 0);
      const start = bands.offsets[Math.min(bottom, reach)] ?? 0;
      const end = bands.offsets[Math.min(top, reach)] ?? 0;
      const base = window * SHORT_LENGTH;
      runFilter(filter, spectrum.subarray(base + start, base + end));
    }
  });
}

function readFilter(bits: BlockBits, isShort: boolean, resolution: number): TnsFilter {
  const length = bits.read(isShort ? 4 : 6);
  const order = bits.read(isShort ? 3 : 5);
  if (order > (isShort ? MAX_ORDER.short : MAX_ORDER.long)) {
    throw new InputError(
      `Cannot decode the AAC access unit: it has a noise shaping filter of order ${order}.`,
      { code: 'invalid_aac' },
    );
  }
  if (order === 0) return { length, downwards: false, coefficients: [] };
  const downwards = bits.readFlag();
  const width = resolution - bits.read(1);
  const reflections = Array.from({ length: order }, () =>
    dequantize(bits.read(width), width, resolution),
  );
  return { length, downwards, coefficients: toRecursive(reflections) };
}

/** §4.6.9.3: two's complement in, a reflection coefficient between −1 and 1 out. */
function dequantize(code: number, width: number, resolution: number): number {
  const value = code >= 1 << (width - 1) ? code - (1 << width) : code;
  const steps = 2 ** (resolution - 1) + (value >= 0 ? -0.5 : 0.5);
  return Math.sin((value * Math.PI) / 2 / steps);
}

/** Levinson's recursion. */
function toRecursive(reflections: readonly number[]): number[] {
  let coefficients: number[] = [];
  for (const reflection of reflections) {
    const last = coefficients.length - 1;
    coefficients = coefficients.map(
      (coefficient, index) => coefficient + reflection * (coefficients[last - index] ?? 0),
    );
    coefficients.push(reflection);
  }
  return coefficients;
}

function runFilter(filter: TnsFilter, span: Float64Array): void {
  const { coefficients, downwards } = filter;
  const step = downwards ? -1 : 1;
  let at = downwards ? span.length - 1 : 0;
  for (let done = 0; done < span.length; done++, at += step) {
    let value = span[at] ?? 0;
    const known = Math.min(done, coefficients.length);
    for (let back = 1; back <= known; back++) {
      value -= (coefficients[back - 1] ?? 0) * (span[at - back * step] ?? 0);
    }
    span[at] = value;
  }
}
