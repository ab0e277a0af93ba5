// L16: 16-bit samples, highest byte first (RFC 3551 §4.5.11).

const FULL_SCALE = 32_768;

/** Samples between −1 and 1, of channels in turn; an odd byte at the end is left out. */
export function decodeL16(payload: Uint8Array): Float32Array {
  const samples = new Float32Array(payload.length >> 1);
  for (let at = 0; at < samples.length; at++) {
    const word = ((payload[2 * at] ?? 0) << 24) | ((payload[2 * at + 1] ?? 0) << 16);
    samples[at] = (word >> 16) / FULL_SCALE;
  }
  return samples;
}
