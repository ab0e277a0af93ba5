// The proof in figures: `npm run bench -- proof [PART …]` measures and holds each against its bound.

import { formatTable } from '../table.ts';
import { measureReaper, measureReloads, measureRestarts, measureStandstill } from './comebacks.ts';
import { measureExits, measureLeftovers } from './endings.ts';
import { type Figure, formatFigure, HEAD, holds } from './figure.ts';
import { measureLoss } from './loss.ts';
import { measureJoins, measurePicture } from './picture.ts';

const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  picture: measurePicture,
  joins: measureJoins,
  reloads: measureReloads,
  restarts: measureRestarts,
  standstill: measureStandstill,
  reaper: measureReaper,
  loss: measureLoss,
  exits: measureExits,
  leftovers: measureLeftovers,
};

/** True if every bound holds. One after the other: each needs the processor for itself. */
export async function run(words: readonly string[]): Promise<boolean> {
  const names = words.length > 0 ? words : Object.keys(parts);
  const figures: Figure[] = [];
  let allMeasured = true;
  for (const name of names) {
    const measure = parts[name];
    const startMs = performance.now();
    try {
      if (!measure) throw new Error(`there are only ${Object.keys(parts).join(', ')}`);
      figures.push(...(await measure()));
    } catch (error) {
      allMeasured = false;
      process.stderr.write(`${name} could not be measured: ${String(error)}\n`);
    }
    const seconds = (performance.now() - startMs) / 1_000;
    process.stderr.write(`${name}: ${seconds.toFixed(0)} s\n`);
  }
  process.stdout.write(`\n${formatTable(HEAD, figures.map(formatFigure))}\n`);
  return allMeasured && figures.every(holds);
}
