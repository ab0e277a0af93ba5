// What a viewer costs the server: processor time a delivered packet, memory a viewer.
//
// Server and viewers are processes of their own on loopback, so that only the server's time counts.

import { readProcess } from '../../test/support/process-figures.ts';
import { ServerProcess } from '../../test/support/server-process.ts';
import { until } from '../../test/support/until.ts';
import { spreadOf } from '../spread.ts';
import { formatTable } from '../table.ts';
import { type Load, startLoad } from './start-load.ts';

const SIZES = [10, 50, 200];
const SETTLE_MS = 5_000;
const MEASURE_MS = 15_000;
const ROUNDS = 3;

interface Round {
  readonly packetsPerSecond: number;
  readonly cpuMicrosPerPacket: number;
  readonly cpuPercent: number;
  readonly lost: number;
}

export async function run(words: readonly string[]): Promise<boolean> {
  const sizes = words.length > 0 ? words.map(Number) : SIZES;
  const rows: string[][] = [];
  for (const size of sizes) {
    process.stderr.write(`${size} viewers, about a minute …\n`);
    rows.push(await measure(size));
  }
  const head = [
    'viewers',
    'packets/s',
    'CPU µs/packet',
    '(min–max)',
    'CPU % of a core',
    'RSS MB',
    'KB/viewer',
    'lost',
  ];
  process.stdout.write(`\n${formatTable(head, rows)}\n`);
  return rows.every((row) => row.at(-1) === '0');
}

async function measure(size: number): Promise<string[]> {
  const server = await ServerProcess.start({ logLevel: 'warn' });
  try {
    await pause(SETTLE_MS);
    const idle = readProcess(server.pid);
    const load = startLoad(server.url, ['test'], size);
    await until(() => load.latest.connected === size, {
      what: `${size} viewers`,
      withinMs: 60_000,
    });
    await pause(SETTLE_MS);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound(server, load));
    const { rssBytes } = readProcess(server.pid);
    load.child.disconnect();
    return formatRow(size, rounds, { rssBytes, perViewer: (rssBytes - idle.rssBytes) / size });
  } finally {
    await server.stop();
    await server.dispose();
  }
}

async function measureRound(server: ServerProcess, load: Load): Promise<Round> {
  const before = { ...load.latest, ...readProcess(server.pid), atMs: performance.now() };
  await pause(MEASURE_MS);
  const after = { ...load.latest, ...readProcess(server.pid), atMs: performance.now() };
  const seconds = (after.atMs - before.atMs) / 1000;
  const packets = after.packets - before.packets;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    packetsPerSecond: packets / seconds,
    cpuMicrosPerPacket: (cpuSeconds * 1e6) / packets,
    cpuPercent: (cpuSeconds * 100) / seconds,
    lost: after.lost - before.lost,
  };
}

function formatRow(
  size: number,
  rounds: readonly Round[],
  memory: { rssBytes: number; perViewer: number },
): string[] {
  const micros = spreadOf(rounds.map(({ cpuMicrosPerPacket }) => cpuMicrosPerPacket));
  const middle = (of: (round: Round) => number) => spreadOf(rounds.map(of)).median;
  return [
    String(size),
    middle(({ packetsPerSecond }) => packetsPerSecond).toFixed(0),
    micros.median.toFixed(1),
    `${micros.min.toFixed(1)}–${micros.max.toFixed(1)}`,
    middle(({ cpuPercent }) => cpuPercent).toFixed(0),
    (memory.rssBytes / 1e6).toFixed(0),
    (memory.perViewer / 1e3).toFixed(0),
    String(rounds.reduce((sum, { lost }) => sum + lost, 0)),
  ];
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
