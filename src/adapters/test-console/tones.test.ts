// The music of the test console: soft, without clicks, the same each time, and different on every channel.

import { describe, expect, test } from 'vitest';
import { Tones } from './tones.ts';

const BLOCK = 240;
/** Two bars: every channel was heard. */
const FRAMES = 192_000;

function render(from: number, frames: number, block = BLOCK): Float32Array[] {
  const tones = new Tones();
  const planes = tones.planes.map(() => new Float32Array(frames));
  for (let at = 0; at < frames; at += block) {
    const length = Math.min(block, frames - at);
    tones.fill(from + at, length);
    for (const [channel, plane] of planes.entries()) {
      plane.set(tones.planes[channel]?.subarray(0, length) ?? [], at);
    }
  }
  return planes;
}

const decibels = (ratio: number) => 20 * Math.log10(ratio);
const energy = (plane: Float32Array) => plane.reduce((sum, each) => sum + each * each, 0);

describe('Tones', () => {
  const planes = render(FRAMES, FRAMES);

  test('are soft on each of 32 channels, and heard', () => {
    expect(planes).toHaveLength(32);
    for (const plane of planes) {
      const peakDb = decibels(plane.reduce((most, each) => Math.max(most, Math.abs(each)), 0));
      expect(peakDb).toBeGreaterThan(-20);
      expect(peakDb).toBeLessThan(-11);
      expect(decibels(Math.sqrt(energy(plane) / FRAMES))).toBeGreaterThan(-42);
    }
  });

  test('are different on all channels', () => {
    const energies = planes.map(energy);
    for (const [channel, plane] of planes.entries()) {
      for (const [other, otherPlane] of planes.slice(0, channel).entries()) {
        const product = plane.reduce((sum, each, at) => sum + each * (otherPlane[at] ?? 0), 0);
        const most = Math.sqrt((energies[channel] ?? 0) * (energies[other] ?? 0));
        expect(Math.abs(product) / most).toBeLessThan(0.5);
      }
    }
  });

  test('fade out before the next note, so that nothing clicks', () => {
    let notes = 0;
    for (const plane of planes) {
      for (let at = 12_000; at < FRAMES; at += 12_000) {
        const isStart = energy(plane.slice(at, at + 480)) > 4 * energy(plane.slice(at - 480, at));
        if (!isStart) continue;
        notes++;
        expect(Math.abs(plane[at - 1] ?? NaN)).toBeLessThan(0.002);
        expect(Math.abs(plane[at] ?? NaN)).toBeLessThan(0.002);
      }
    }
    expect(notes).toBeGreaterThan(50);
  });

  test('follow from the number of a sample, however the blocks are cut', () => {
    expect(render(FRAMES + 11_900, 480, 97)).toEqual(
      planes.map((plane) => plane.slice(11_900, 11_900 + 480)),
    );
  });

  test('repeat after 8 s and not before', () => {
    const bar = planes.map((plane) => plane.slice(0, 2_400));
    expect(render(FRAMES + 8 * 48_000, 2_400)).toEqual(bar);
    expect(render(FRAMES + 4 * 48_000, 2_400)).not.toEqual(bar);
  });

  test('begin with silence where a channel’s first note is still to come', () => {
    const first = render(0, 12_000);
    const silent = first.filter((plane) => plane.every((sample) => sample === 0));
    expect(silent.length).toBeGreaterThan(10);
    expect(energy(first[0] ?? new Float32Array())).toBeGreaterThan(0);
  });

  test('click at 1,500 Hz on the first beat of a bar, and at 1,000 Hz on the others', () => {
    const [click = new Float32Array()] = planes;
    // Rising through zero, counted in the first 10 ms of each beat.
    const cycles = [0, 24_000, 48_000, 72_000].map((beat) => {
      const heard = Array.from(click.slice(beat, beat + 480));
      return heard.filter((each, at) => each >= 0 && (heard[at - 1] ?? 0) < 0).length;
    });
    expect(cycles).toEqual([14, 9, 9, 9]);
  });
});
