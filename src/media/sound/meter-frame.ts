// Levels of all channels as they go to an admin's page: one binary message of a WebSocket.
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +---------------+---------------+---------------+---------------+
//  |  version = 1  |   channels    |  peak 1 (i8)  |   RMS 1 (i8)  |
//  +---------------+---------------+---------------+---------------+
//  |  peak 2 (i8)  |   RMS 2 (i8)  | …                             |
//  +---------------+---------------+-------------------------------+
//
// Levels are whole dBFS: 0 is full scale, -120 is silence.

import { InputError } from '#std/errors.ts';

const VERSION = 1;
const HEADER_BYTES = 2;
const CHANNEL_BYTES = 2;
const SILENCE_DB = -120;

interface Levels {
  /** One for each channel, as many as of `rmsDb`. */
  readonly peakDb: readonly number[];
  readonly rmsDb: readonly number[];
}

export function writeMeterFrame({ peakDb, rmsDb }: Levels): Uint8Array {
  const frame = new Int8Array(HEADER_BYTES + CHANNEL_BYTES * peakDb.length);
  frame[0] = VERSION;
  frame[1] = peakDb.length;
  for (const [index, peak] of peakDb.entries()) {
    const at = HEADER_BYTES + CHANNEL_BYTES * index;
    frame[at] = toWhole(peak);
    frame[at + 1] = toWhole(rmsDb[index] ?? SILENCE_DB);
  }
  return new Uint8Array(frame.buffer);
}

/** Throws `InputError` for another version, and for a length that does not fit. */
export function readMeterFrame(bytes: Uint8Array): Levels {
  const [version, channels = 0] = bytes;
  if (version !== VERSION || bytes.length !== HEADER_BYTES + CHANNEL_BYTES * channels) {
    throw new InputError(
      `These ${bytes.length} bytes are no meter frame of version ${VERSION}. Reload the page.`,
    );
  }
  const levels = Array.from(new Int8Array(bytes.subarray(HEADER_BYTES)));
  return {
    peakDb: levels.filter((_, at) => at % CHANNEL_BYTES === 0),
    rmsDb: levels.filter((_, at) => at % CHANNEL_BYTES === 1),
  };
}

/** What is no number is silence. */
function toWhole(db: number): number {
  return Number.isNaN(db) ? SILENCE_DB : Math.round(Math.max(SILENCE_DB, Math.min(0, db)));
}
