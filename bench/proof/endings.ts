// How the server ends while viewers watch, and what viewers who left leave behind.

import { type ProcessFigures, readProcess } from '../../test/support/process-figures.ts';
import { ServerProcess } from '../../test/support/server-process.ts';
import { until } from '../../test/support/until.ts';
import { untilViewers } from '../../test/support/viewer-count.ts';
import { joinByWhep, type WhepPeer } from '../../test/support/whep-peer.ts';
import type { Figure } from './figure.ts';

const EXITS = 8;
const VIEWERS_AT_EXIT = 2;
const ROUNDS = 3;
const VIEWERS_PER_ROUND = 20;
/** The server closes idle connections after 10 s. */
const FILES_SETTLE_WITHIN_MS = 15_000;
const MB = 1e6;

export async function measureExits(): Promise<Figure[]> {
  const exitsMs: number[] = [];
  const clean: number[] = [];
  for (let exit = 0; exit < EXITS; exit++) {
    const server = await ServerProcess.start();
    const viewers = await joinMany(server.url, VIEWERS_AT_EXIT);
    const startMs = performance.now();
    const code = await server.stop('SIGTERM');
    exitsMs.push(performance.now() - startMs);
    clean.push(code === 0 && !/ERROR|terminate called|Segmentation/.test(server.output) ? 1 : 0);
    for (const { media } of viewers) media.close();
    await server.dispose();
  }
  return [
    {
      name: 'SIGTERM to exit, with viewers',
      unit: 'ms',
      values: exitsMs,
      bound: { of: 'max', at: 'most', limit: 2_000 },
    },
    {
      name: `clean exits of ${EXITS}`,
      unit: '',
      values: [clean.reduce((sum, one) => sum + one, 0)],
      bound: { of: 'min', at: 'least', limit: EXITS },
    },
  ];
}

interface Left extends ProcessFigures {
  readonly heapBytes: number;
}

export async function measureLeftovers(): Promise<Figure[]> {
  const server = await ServerProcess.start();
  try {
    // The first round fills caches and pools that stay; what the later ones add would be a leak.
    await joinAndLeave(server);
    const before = await readLeft(server);
    const rounds: Left[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await joinAndLeave(server);
      rounds.push(await readLeft(server, before.openFiles));
    }
    return compare(before, rounds);
  } finally {
    await server.dispose();
  }
}

function compare(before: Left, rounds: readonly Left[]): Figure[] {
  const grown = (name: string, of: (left: Left) => number, limit: number): Figure => ({
    name: `${name} added by ${VIEWERS_PER_ROUND} joins and leaves`,
    unit: limit > 0 ? 'MB' : '',
    values: [...rounds.entries()].map(
      ([round, left]) => of(left) - of(rounds[round - 1] ?? before),
    ),
    bound: { of: 'median', at: 'most', limit },
  });
  return [
    grown('open files', ({ openFiles }) => openFiles, 0),
    grown('threads', ({ threads }) => threads, 0),
    grown('memory', ({ rssBytes }) => rssBytes / MB, 5),
    grown('JavaScript heap', ({ heapBytes }) => heapBytes / MB, 5),
    { name: 'memory in the end', unit: 'MB', values: [(rounds.at(-1)?.rssBytes ?? 0) / MB] },
  ];
}

async function joinAndLeave({ url }: ServerProcess): Promise<void> {
  const viewers = await joinMany(url, VIEWERS_PER_ROUND);
  for (const viewer of viewers) await viewer.leave();
  await untilViewers(url, 0, FILES_SETTLE_WITHIN_MS);
}

/** Resolves when each has a picture. */
async function joinMany(url: string, count: number): Promise<WhepPeer[]> {
  const viewers: WhepPeer[] = [];
  for (let at = 0; at < count; at++) viewers.push(await joinByWhep(url, `viewer-${at}`));
  await until(() => viewers.every(({ media }) => media.video.packets > 0), { what: 'pictures' });
  return viewers;
}

/** Reads when the connections of the requests are closed, or when it is plain that they stay. */
async function readLeft({ url, pid }: ServerProcess, files = 0): Promise<Left> {
  const settled = until(() => readProcess(pid).openFiles <= files, {
    what: 'closed files',
    withinMs: FILES_SETTLE_WITHIN_MS,
  });
  await settled.catch(() => undefined);
  const left = readProcess(pid);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const heap = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(metrics)?.[1];
  return { ...left, heapBytes: Number(heap) };
}
