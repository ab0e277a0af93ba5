// The stream in the picture's background: deep blue-green water flowing to the right, with lines of
// light on its ripples. All of it repeats after one loop.

import { PICTURE_HEIGHT, PICTURE_WIDTH } from '../../src/adapters/test-source/picture.ts';
import type { Canvas, Colour } from './canvas.ts';
import { createNoise, type Noise } from './noise.ts';

const DEEP: Colour = [3, 30, 46];
const SHALLOW: Colour = [14, 104, 112];
const LIGHT: Colour = [168, 240, 226];

/** The water moves this far in a loop. */
const DRIFT_PIXELS = 1280;
/** Rows of cells after which the noise repeats: more than the picture is high. */
const ROWS = 251;

/** A sheet of noise that drifts along, its cells longer along the stream than across. */
interface Sheet {
  readonly noise: Noise;
  /** Along the drift of one loop: a whole number, or the loop would have a seam. */
  readonly columns: number;
  readonly cellHeight: number;
  /** Cells of time per loop: how often the sheet changes its form. */
  readonly changes: number;
}

const BEND = createSheet({ columns: 4, cellHeight: 180, changes: 3, seed: 1 });
const RIPPLE = createSheet({ columns: 5, cellHeight: 52, changes: 6, seed: 2 });
const FINE = createSheet({ columns: 12, cellHeight: 24, changes: 8, seed: 3 });
const CLOUD = createSheet({ columns: 3, cellHeight: 240, changes: 2, seed: 4 });

/** `phase` is 0 at the loop's start and 1 at its end. */
export function drawWater(canvas: Canvas, phase: number): void {
  for (let y = 0; y < PICTURE_HEIGHT; y++) {
    for (let x = 0; x < PICTURE_WIDTH; x++) drawPixel(canvas.rgb, x, y, phase);
  }
}

function drawPixel(rgb: Float32Array, x: number, y: number, phase: number): void {
  const bentY = y + 34 * sample(BEND, x, y, phase);
  const ripple = sample(RIPPLE, x, bentY, phase);
  const fine = sample(FINE, x, bentY, phase);
  const cloud = sample(CLOUD, x, y, phase);
  // A line of light runs where the two sheets of ripples cancel each other.
  const nearness = 1 - Math.min(1, Math.abs(ripple + 0.45 * fine) * 2.6);
  const line = nearness ** 5;
  const glint = nearness ** 14 * Math.max(0, cloud + 0.25) * 1.2;
  const depth = clamp(0.3 + 0.32 * (y / PICTURE_HEIGHT) + 0.38 * cloud + 0.22 * ripple);
  const light = clamp(line * (0.1 + 0.22 * clamp(0.5 + cloud)) + glint * 0.45);
  const at = (y * PICTURE_WIDTH + x) * 3;
  for (let part = 0; part < 3; part++) {
    const water = mix(DEEP[part] ?? 0, SHALLOW[part] ?? 0, depth);
    rgb[at + part] = mix(water, LIGHT[part] ?? 0, light);
  }
}

function createSheet(form: Omit<Sheet, 'noise'> & { seed: number }): Sheet {
  const periods = { x: form.columns, y: ROWS, t: form.changes };
  return { ...form, noise: createNoise(periods, form.seed) };
}

function sample(sheet: Sheet, x: number, y: number, phase: number): number {
  return sheet.noise(
    (x / DRIFT_PIXELS - phase) * sheet.columns,
    y / sheet.cellHeight,
    phase * sheet.changes,
  );
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
