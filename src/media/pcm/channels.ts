// Separating interleaved channels, and mixing many of them down to one or two.

/** What cannot be divided by the number of channels is left out. */
export function separateChannels(samples: Float32Array, count: number): Float32Array[] {
  if (count === 1) return [samples];
  const length = Math.floor(samples.length / count);
  return Array.from({ length: count }, (_, channel) => {
    const plane = new Float32Array(length);
    for (let at = 0; at < length; at++) plane[at] = samples[at * count + channel] ?? 0;
    return plane;
  });
}

/** Channels in turn, as encoders want them. */
export function interleaveChannels(planes: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0)] = planes;
  if (planes.length === 1) return first;
  const samples = new Float32Array(first.length * planes.length);
  planes.forEach((plane, channel) => {
    for (let at = 0; at < plane.length; at++)
      samples[at * planes.length + channel] = plane[at] ?? 0;
  });
  return samples;
}

/**
 * Mixes to `count` channels. Of more than two the order is AAC's - centre, left, right, then those
 * behind - and all but left and right are heard in both, 3 dB lower; gains are such that nothing can
 * be louder than full scale.
 */
export function mixChannels(planes: readonly Float32Array[], count: 1 | 2): Float32Array[] {
  const [first, second] = planes;
  if (!first || planes.length === count) return [...planes];
  if (!second) return [first, first];
  if (count === 1) return [mix(planes.map((plane) => ({ plane, gain: 1 })))];
  return [1, 2].map((own) =>
    mix(
      planes
        .map((plane, index) => ({ plane, gain: index === own ? 1 : Math.SQRT1_2 }))
        .filter((_, index) => index === own || index === 0 || index > 2),
    ),
  );
}

function mix(parts: readonly { plane: Float32Array; gain: number }[]): Float32Array {
  const total = parts.reduce((sum, { gain }) => sum + gain, 0);
  const mixed = new Float32Array(parts[0]?.plane.length ?? 0);
  for (const { plane, gain } of parts) {
    const share = gain / total;
    for (let at = 0; at < mixed.length; at++)
      mixed[at] = (mixed[at] ?? 0) + (plane[at] ?? 0) * share;
  }
  return mixed;
}
