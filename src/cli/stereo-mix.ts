// Many channels to two: spread from left to right in their order, at constant power.

import type { Planes } from '#client/listening/voices.ts';

/** As loud as one channel, if they have nothing in common. */
export function mixToStereo(planes: Planes): [left: Float32Array, right: Float32Array] {
  const frames = planes[0]?.length ?? 0;
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  const gain = 1 / Math.sqrt(Math.max(1, planes.length));
  planes.forEach((plane, place) => {
    const position = planes.length > 1 ? place / (planes.length - 1) : 0.5;
    const leftGain = gain * Math.cos((position * Math.PI) / 2);
    const rightGain = gain * Math.sin((position * Math.PI) / 2);
    for (let at = 0; at < frames; at++) {
      const sample = plane[at] ?? 0;
      left[at] = (left[at] ?? 0) + leftGain * sample;
      right[at] = (right[at] ?? 0) + rightGain * sample;
    }
  });
  return [left, right];
}
