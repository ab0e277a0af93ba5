// L24: 24-bit samples, highest byte first, channels in turn (RFC 3190 §4).

const FULL_SCALE = 8_388_608;
const MAX_SAMPLE = FULL_SCALE - 1;
const SAMPLE_BYTES = 3;

/**
 * Fills the payload with the channels' samples from frame `from` on. A sample that was 24 bits comes out
 * as it was; what is beyond full scale is clipped, no number is silence.
 */
export function writeL24(payload: Uint8Array, planes: readonly Float32Array[], from: number): void {
  const stride = planes.length * SAMPLE_BYTES;
  for (let channel = 0; channel < planes.length; channel++) {
    const plane = planes[channel];
    if (!plane) continue;
    let frame = from;
    for (let at = channel * SAMPLE_BYTES; at < payload.length; at += stride) {
      const value = Math.floor((plane[frame++] ?? 0) * FULL_SCALE + 0.5);
      const sample = Math.min(MAX_SAMPLE, Math.max(-FULL_SCALE, value));
      payload[at] = sample >> 16;
      payload[at + 1] = sample >> 8;
      payload[at + 2] = sample;
    }
  }
}

/** As many frames as are whole and the planes can hold; says how many. */
export function readL24(payload: Uint8Array, planes: readonly Float32Array[]): number {
  const stride = planes.length * SAMPLE_BYTES;
  const frames = Math.min(Math.floor(payload.length / stride), planes[0]?.length ?? 0);
  planes.forEach((plane, channel) => {
    let at = channel * SAMPLE_BYTES;
    for (let frame = 0; frame < frames; frame++, at += stride) plane[frame] = sampleAt(payload, at);
  });
  return frames;
}

function sampleAt(payload: Uint8Array, at: number): number {
  const high = ((payload[at] ?? 0) << 24) | ((payload[at + 1] ?? 0) << 16);
  return ((high | ((payload[at + 2] ?? 0) << 8)) >> 8) / FULL_SCALE;
}
