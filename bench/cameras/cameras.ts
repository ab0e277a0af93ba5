// What a hundred cameras cost the server, at 100 kb/s and at 1 Mb/s each, with one viewer per ten.
//
//   npm run bench -- cameras [MINUTES] [KBPS]      default: 10 minutes, both

import { readProcess } from '../../test/support/process-figures.ts';
import { until } from '../../test/support/until.ts';
import { formatTable } from '../table.ts';
import { type Load, startLoad } from '../viewers/start-load.ts';
import { type CameraWorld, startCameras, stopCameras } from './start-fleet.ts';

const CAMERAS = 100;
const VIEWED_EVERY = 10;
const BITRATES_KBPS = [100, 1_000];
const SETTLE_MS = 20_000;
const MINUTE_MS = 60_000;
/** What the timer that measures it waits for: a thread that is never late shows this. */
const LOOP_RESOLUTION_MS = 10;
/** Memory may move by so much between the first and the last minute. */
const FLAT_MB = 25;

export async function run(words: readonly string[]): Promise<boolean> {
  const minutes = Number(words[0] ?? 10);
  const bitrates = words[1] === undefined ? BITRATES_KBPS : [Number(words[1])];
  let passed = true;
  for (const kbps of bitrates) {
    process.stderr.write(`${CAMERAS} cameras at ${kbps} kb/s, ${minutes} minutes …\n`);
    const rows = await measure(kbps, minutes);
    process.stdout.write(
      `\n${CAMERAS} cameras at ${kbps} kb/s, ${CAMERAS / VIEWED_EVERY} viewers\n`,
    );
    process.stdout.write(`${formatTable(HEAD, rows.map(formatRow))}\n`);
    passed &&= judge(rows);
  }
  return passed;
}

const HEAD = [
  'minute',
  'packets in/s',
  'packets out/s',
  'CPU %',
  'RSS MB',
  'loop p99 ms',
  'loop max ms',
  'lost in',
  'lost out',
  'live',
];

interface Row {
  readonly minute: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly cpuPercent: number;
  readonly rssMb: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly lostIn: number;
  readonly lostOut: number;
  readonly live: number;
}

async function measure(kbps: number, minutes: number): Promise<Row[]> {
  const world = await startCameras({ count: CAMERAS, kbps });
  try {
    const viewed = world.streams.filter((_, at) => at % VIEWED_EVERY === 0);
    const load = startLoad(world.server.url, viewed, 1);
    await until(() => load.latest.connected === viewed.length, {
      what: `${viewed.length} viewers`,
      withinMs: 60_000,
    });
    await pause(SETTLE_MS);
    const rows: Row[] = [];
    let before = await look(world, load);
    for (let minute = 1; minute <= minutes; minute++) {
      await pause(MINUTE_MS);
      const after = await look(world, load);
      rows.push(compare(minute, before, after));
      before = after;
    }
    load.child.disconnect();
    return rows;
  } finally {
    await stopCameras(world);
  }
}

async function look({ server }: CameraWorld, load: Load) {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    atMs: performance.now(),
    ...readProcess(server.pid),
    packetsIn: sum('yeoul_stream_packets_total'),
    lostIn: sum('yeoul_stream_lost_packets_total') + sum('yeoul_stream_dropped_packets_total'),
    live: sum('yeoul_stream_live'),
    loopP99Ms: sum('nodejs_eventloop_lag_p99_seconds') * 1000 - LOOP_RESOLUTION_MS,
    loopMaxMs: sum('nodejs_eventloop_lag_max_seconds') * 1000 - LOOP_RESOLUTION_MS,
    packetsOut: load.latest.packets,
    lostOut: load.latest.lost,
  };
}

type Look = Awaited<ReturnType<typeof look>>;

function compare(minute: number, before: Look, after: Look): Row {
  const seconds = (after.atMs - before.atMs) / 1000;
  return {
    minute,
    packetsIn: (after.packetsIn - before.packetsIn) / seconds,
    packetsOut: (after.packetsOut - before.packetsOut) / seconds,
    cpuPercent: ((after.cpuSeconds - before.cpuSeconds) * 100) / seconds,
    rssMb: after.rssBytes / 1e6,
    loopP99Ms: Math.max(0, after.loopP99Ms),
    loopMaxMs: Math.max(0, after.loopMaxMs),
    lostIn: after.lostIn - before.lostIn,
    lostOut: after.lostOut - before.lostOut,
    live: after.live,
  };
}

function formatRow(row: Row): string[] {
  return [
    String(row.minute),
    row.packetsIn.toFixed(0),
    row.packetsOut.toFixed(0),
    row.cpuPercent.toFixed(1),
    row.rssMb.toFixed(0),
    row.loopP99Ms.toFixed(1),
    row.loopMaxMs.toFixed(1),
    String(row.lostIn),
    String(row.lostOut),
    String(row.live),
  ];
}

function judge(rows: readonly Row[]): boolean {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) return false;
  const lossless = rows.every(
    ({ lostIn, lostOut, live }) => lostIn + lostOut === 0 && live === CAMERAS,
  );
  const flat = last.rssMb - first.rssMb <= FLAT_MB;
  if (!lossless) process.stdout.write('FAILED: packets were lost, or cameras not live\n');
  if (!flat) process.stdout.write(`FAILED: memory grew by more than ${FLAT_MB} MB\n`);
  return lossless && flat;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
