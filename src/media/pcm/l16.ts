// L16: 16-bit samples, highest byte first, channels in turn (RFC 3551 §4.5.11).

const FULL_SCALE = 32_768;
const MAX_SAMPLE = FULL_SCALE - 1;
const SAMPLE_BYTES = 2;

/** Samples between −1 and 1, of channels in turn; an odd byte at the end is left out. */
export function decodeL16(payload: Uint8Array): Float32Array {
  const samples = new Float32Array(payload.length >> 1);
  for (let at = 0; at < samples.length; at++) samples[at] = sampleAt(payload, 2 * at);
  return samples;
}

/**
 * Fills the payload with the channels' samples from frame `from` on. A sample that was 16 bits comes out
 * as it was; others are rounded to the nearest value; what is beyond full scale is clipped, no number
 * is silence.
 */
export function writeL16(payload: Uint8Array, planes: readonly Float32Array[], from: number): void {
  const stride = planes.length * SAMPLE_BYTES;
  for (let channel = 0; channel < planes.length; channel++) {
    const plane = planes[channel];
    if (!plane) continue;
    let frame = from;
    for (let at = channel * SAMPLE_BYTES; at < payload.length; at += stride) {
      const value = Math.floor((plane[frame++] ?? 0) * FULL_SCALE + 0.5);
      const sample = Math.min(MAX_SAMPLE, Math.max(-FULL_SCALE, value));
      payload[at] = sample >> 8;
      payload[at + 1] = sample;
    }
  }
}

/** As many frames as are whole and the planes can hold; says how many. */
export function readL16(payload: Uint8Array, planes: readonly Float32Array[]): number {
  const stride = planes.length * SAMPLE_BYTES;
  const frames = Math.min(Math.floor(payload.length / stride), planes[0]?.length ?? 0);
  planes.forEach((plane, channel) => {
    let at = channel * SAMPLE_BYTES;
    for (let frame = 0; frame < frames; frame++, at += stride) plane[frame] = sampleAt(payload, at);
  });
  return frames;
}

function sampleAt(payload: Uint8Array, at: number): number {
  return ((((payload[at] ?? 0) << 24) | ((payload[at + 1] ?? 0) << 16)) >> 16) / FULL_SCALE;
}
