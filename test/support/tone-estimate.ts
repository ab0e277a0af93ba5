// Which sine sounds: found without being told where to look.

interface Tone {
  readonly hz: number;
  /** Of its peak: 0 is full scale. */
  readonly dbfs: number;
  /** Of all there is, 0 to 1, the sine’s part of the energy. */
  readonly purity: number;
}

/** Of samples from -1 to 1. */
export function estimateTone(samples: Float32Array, rate: number): Tone {
  const hz = estimateHz(samples, rate);
  let energy = 0;
  let cosine = 0;
  let sine = 0;
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * hz * at) / rate;
    energy += sample * sample;
    cosine += sample * Math.cos(angle);
    sine += sample * Math.sin(angle);
  });
  const amplitude = (2 * Math.hypot(cosine, sine)) / samples.length;
  const purity = (amplitude ** 2 * samples.length) / 2 / energy;
  return { hz, dbfs: 20 * Math.log10(amplitude), purity };
}

/** By the time from the first rise through zero to the last one. */
function estimateHz(samples: Float32Array, rate: number): number {
  const rises: number[] = [];
  for (let at = 1; at < samples.length; at++) {
    const before = samples[at - 1]!;
    const after = samples[at]!;
    if (before < 0 && after >= 0) rises.push(at - after / (after - before));
  }
  return ((rises.length - 1) * rate) / (rises.at(-1)! - rises[0]!);
}
