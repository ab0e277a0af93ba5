// Smooth gradient noise in x, y and time that repeats after whole periods, so that what is drawn
// with it loops without a seam.

interface NoisePeriods {
  /** Whole numbers of cells after which the noise repeats. */
  readonly x: number;
  readonly y: number;
  readonly t: number;
}

export type Noise = (x: number, y: number, t: number) => number;

/** Numerical Recipes' linear congruential generator: the clip is the same at every run. */
const LCG_FACTOR = 1664525;
const LCG_STEP = 1013904223;
const TABLE_SIZE = 256;
/** Brings the sum of gradients of length 1 to about −1 to 1. */
const GAIN = 1.6;

/** Noise of about −1 to 1, one hill or hollow per cell. */
export function createNoise(periods: NoisePeriods, seed: number): Noise {
  const table = shuffledTable(seed);
  const gradients = Float64Array.from({ length: TABLE_SIZE * 3 }, (_, at) => gradientPart(at));
  const look = (index: number): number => table[index & (TABLE_SIZE - 1)] ?? 0;
  /** What a corner's gradient adds at this distance from it. */
  const pull = (corner: number, dx: number, dy: number, dt: number): number => {
    const at = look(corner) * 3;
    return (
      (gradients[at] ?? 0) * dx + (gradients[at + 1] ?? 0) * dy + (gradients[at + 2] ?? 0) * dt
    );
  };
  return (x, y, t) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const dx = x - x0;
    const dy = y - y0;
    const dt = t - Math.floor(t);
    const column = modulo(x0, periods.x);
    const nextColumn = modulo(x0 + 1, periods.x);
    const row = modulo(y0, periods.y);
    const nextRow = modulo(y0 + 1, periods.y);
    const slice = (moment: number, away: number): number => {
      const upper = look(moment + row);
      const lower = look(moment + nextRow);
      const top = mix(
        pull(upper + column, dx, dy, away),
        pull(upper + nextColumn, dx - 1, dy, away),
        smooth(dx),
      );
      const bottom = mix(
        pull(lower + column, dx, dy - 1, away),
        pull(lower + nextColumn, dx - 1, dy - 1, away),
        smooth(dx),
      );
      return mix(top, bottom, smooth(dy));
    };
    const now = slice(look(modulo(Math.floor(t), periods.t)), dt);
    const next = slice(look(modulo(Math.floor(t) + 1, periods.t)), dt - 1);
    return mix(now, next, smooth(dt)) * GAIN;
  };
}

function shuffledTable(seed: number): Uint8Array {
  const table = Uint8Array.from({ length: TABLE_SIZE }, (_, index) => index);
  let state = seed >>> 0;
  for (let last = TABLE_SIZE - 1; last > 0; last--) {
    state = (Math.imul(state, LCG_FACTOR) + LCG_STEP) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [table[last], table[other]] = [table[other] ?? 0, table[last] ?? 0];
  }
  return table;
}

/** Directions spread evenly over the sphere (a Fibonacci spiral): x, y and t of each in turn. */
function gradientPart(at: number): number {
  const index = Math.floor(at / 3);
  const height = 1 - (2 * index + 1) / TABLE_SIZE;
  const angle = index * Math.PI * (3 - Math.sqrt(5));
  const radius = Math.sqrt(1 - height * height);
  return [radius * Math.cos(angle), radius * Math.sin(angle), height][at % 3] ?? 0;
}

/** Quintic: no visible edges of cells in the second derivative. */
function smooth(part: number): number {
  return part * part * part * (part * (part * 6 - 15) + 10);
}

function modulo(value: number, period: number): number {
  const rest = value % period;
  return rest < 0 ? rest + period : rest;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
