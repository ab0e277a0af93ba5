// How long a packet takes through the server: from a camera's send to a viewer's receipt, for 20 cameras
// with 5 viewers each. Cameras stamp each packet, viewers read the stamp; loopback, the engine's threads
// and the viewers' decryption are in it.

import { until } from '../../test/support/until.ts';
import { startCameras, stopCameras } from '../cameras/start-fleet.ts';
import { formatTable } from '../table.ts';
import { startLoad } from '../viewers/start-load.ts';

const CAMERAS = 20;
const VIEWERS_EACH = 5;
const KBPS = 1_000;
const SETTLE_MS = 15_000;
const MEASURE_MS = 20_000;
const ROUNDS = 3;
/** Promised for 20 cameras with 5 viewers each. */
const MAX_P99_MS = 20;

export async function run(): Promise<boolean> {
  const world = await startCameras({ count: CAMERAS, kbps: KBPS, stamped: true });
  try {
    const load = startLoad(world.server.url, world.streams, VIEWERS_EACH);
    const viewers = CAMERAS * VIEWERS_EACH;
    await until(() => load.latest.connected === viewers, {
      what: `${viewers} viewers`,
      withinMs: 60_000,
    });
    await pause(SETTLE_MS);
    const rounds: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      load.delaysMs = [];
      await pause(MEASURE_MS);
      rounds.push(load.delaysMs.toSorted((a, b) => a - b));
    }
    load.child.disconnect();
    return report(rounds, load.latest.lost);
  } finally {
    await stopCameras(world);
  }
}

function report(rounds: readonly number[][], lost: number): boolean {
  const head = ['round', 'packets', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'];
  const rows = rounds.map((delays, round) => [
    String(round + 1),
    String(delays.length),
    ...[0.5, 0.9, 0.99, 1].map((part) => at(delays, part).toFixed(2)),
  ]);
  process.stdout.write(`\n${formatTable(head, rows)}\nlost: ${lost}\n`);
  return rounds.every((delays) => delays.length > 0 && at(delays, 0.99) < MAX_P99_MS);
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
