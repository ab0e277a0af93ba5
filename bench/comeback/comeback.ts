// How soon 100 cameras that went away together are all seen again.
//
//   npm run bench -- comeback [SECONDS AWAY …]      default: 5, 60

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StreamView } from '#contract/streams.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ServerProcess } from '../../test/support/server-process.ts';
import { until } from '../../test/support/until.ts';
import { formatTable } from '../table.ts';

const CAMERAS = 100;
const SECONDS_AWAY = [5, 60];
const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 200;
const FLEET = fileURLToPath(new URL('./cameras.ts', import.meta.url));

export async function run(words: readonly string[]): Promise<boolean> {
  const seconds = words.length > 0 ? words.map(Number) : SECONDS_AWAY;
  const rows: number[][] = [];
  for (const each of seconds) {
    process.stderr.write(`${CAMERAS} cameras go away for ${each} s …\n`);
    rows.push([each, ...(await measure(each * 1000))]);
  }
  const head = ['away s', 'half of them live after s', 'all live after s'];
  const cells = rows.map((row) => row.map((cell) => cell.toFixed(1)));
  process.stdout.write(`\n${formatTable(head, cells)}\n`);
  return rows.every(([, , all = Number.POSITIVE_INFINITY]) => all * 1000 <= BACK_WITHIN_MS);
}

async function measure(awayMs: number): Promise<[halfSeconds: number, allSeconds: number]> {
  const port = await freePort();
  let fleet = await startFleet(port);
  const lines = Array.from(
    { length: CAMERAS },
    (_, at) => `  camera-${at}: { source: "rtsp://127.0.0.1:${port}/camera/${at}" }`,
  );
  const yaml = `streams:\n${lines.join('\n')}\n`;
  const server = await ServerProcess.start({ logLevel: 'warn', yaml });
  try {
    await awaitLive(server, CAMERAS);
    fleet.kill('SIGKILL');
    await pause(awayMs);
    fleet = await startFleet(port);
    const startMs = performance.now();
    await awaitLive(server, CAMERAS / 2);
    const halfMs = performance.now() - startMs;
    await awaitLive(server, CAMERAS);
    return [halfMs / 1000, (performance.now() - startMs) / 1000];
  } finally {
    fleet.kill('SIGKILL');
    await server.dispose();
  }
}

async function startFleet(port: number): Promise<ChildProcess> {
  const fleet = fork(FLEET, [String(port)], { stdio: 'inherit' });
  await once(fleet, 'message');
  return fleet;
}

async function awaitLive(server: ServerProcess, count: number): Promise<void> {
  const enough = async () => {
    await pause(LOOK_EVERY_MS);
    const response = await fetch(`${server.url}/api/v1/streams`);
    const { streams } = (await response.json()) as { streams: StreamView[] };
    return streams.filter(({ state }) => state === 'live').length >= count;
  };
  await until(enough, { what: `${count} live cameras`, withinMs: 2 * BACK_WITHIN_MS });
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
