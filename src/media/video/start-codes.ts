// NAL units that stand behind one another in a byte stream (ITU-T H.264 and H.265, Annex B).
//
//   [00 …] 00 00 01 | NAL unit | [00 …] 00 00 01 | NAL unit | [00 …]

export const START_CODE_BYTES = 3;

/** Where the next 00 00 01 begins, or `end`. */
export function findStartCode(bytes: Uint8Array, from: number, end = bytes.length): number {
  for (let at = bytes.indexOf(1, from + 2); at !== -1 && at < end; at = bytes.indexOf(1, at + 1)) {
    if (bytes[at - 1] === 0 && bytes[at - 2] === 0) return at - 2;
  }
  return end;
}

/** No NAL unit ends with a zero byte (§7.4.1), so zeros before a start code are padding. */
export function trimZeros(bytes: Uint8Array, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && bytes[trimmed - 1] === 0) trimmed--;
  return trimmed;
}
