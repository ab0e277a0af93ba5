// The test sound: a soft chord that swells and wanders slowly from side to side, and repeats after
// one loop.

import { FRAMES_PER_SECOND, LOOP_FRAMES } from '../../src/adapters/test-source/picture.ts';

const SAMPLE_RATE = 48_000;
const CHANNELS = 2;
const LOOP_SECONDS = LOOP_FRAMES / FRAMES_PER_SECOND;
const LOOP_SAMPLES = SAMPLE_RATE * LOOP_SECONDS;
/** −20 dBFS: to be heard, not to startle. */
const PEAK = 0.1;

/**
 * Hertz, share of the peak, and swells per loop. Frequencies are multiples of 0.1 Hz: each partial
 * then has whole waves in a loop of 10 s.
 */
const PARTIALS = [
  { hertz: 220, share: 0.3, swells: 1 },
  { hertz: 440, share: 0.4, swells: 2 },
  { hertz: 660, share: 0.2, swells: 3 },
  { hertz: 880, share: 0.1, swells: 5 },
];

/** `loops` times the loop: stereo, 16 bits, little-endian. */
export function drawSound(loops: number): Uint8Array {
  const samples = new DataView(new ArrayBuffer(LOOP_SAMPLES * CHANNELS * 2 * loops));
  for (let at = 0; at < LOOP_SAMPLES * loops; at++) {
    const seconds = (at % LOOP_SAMPLES) / SAMPLE_RATE;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const value = Math.round(sampleAt(seconds, channel) * PEAK * 32_767);
      samples.setInt16((at * CHANNELS + channel) * 2, value, true);
    }
  }
  return new Uint8Array(samples.buffer);
}

/** −1 to 1. */
function sampleAt(seconds: number, channel: number): number {
  // What swells on the left fades on the right.
  const side = channel === 0 ? 1 : -1;
  const loops = (seconds / LOOP_SECONDS) * 2 * Math.PI;
  return PARTIALS.reduce((sum, { hertz, share, swells }) => {
    const swell = 0.75 + 0.25 * side * Math.sin(loops * swells);
    return sum + share * swell * Math.sin(2 * Math.PI * hertz * seconds);
  }, 0);
}
