// What channels carry in test mode, so that a listener can prove that each came to its place (PRODUCT
// 2.2): with PCM each sample of channel n is the integer n, with Opus channel n is a sine of 100·n Hz.

/** Of all sines at 48 kHz: 100 Hz has 480 samples a period, 100·n Hz has n periods in them. */
const PERIOD_FRAMES = 480;
/** −12 dBFS: far from clipping, far above what a codec adds. */
const AMPLITUDE = 10 ** (-12 / 20);

const SINE = Float32Array.from(
  { length: PERIOD_FRAMES },
  (_, at) => AMPLITUDE * Math.sin((2 * Math.PI * at) / PERIOD_FRAMES),
);

/** With 16 or 24 bits of each sample. */
export function fillTestConstant(
  samples: Float32Array,
  { channel, bits }: { readonly channel: number; readonly bits: 16 | 24 },
): void {
  samples.fill(channel / 2 ** (bits - 1));
}

/** At 48 kHz. `firstFrame` is counted on from block to block: so the sine goes on. */
export function fillTestTone(
  samples: Float32Array,
  { channel, firstFrame }: { readonly channel: number; readonly firstFrame: number },
): void {
  let phase = (channel * firstFrame) % PERIOD_FRAMES;
  for (let at = 0; at < samples.length; at++) {
    samples[at] = SINE[phase] ?? 0;
    phase = (phase + channel) % PERIOD_FRAMES;
  }
}
