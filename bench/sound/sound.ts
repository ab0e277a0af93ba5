// The console's load in figures, each held against its bound: `npm run bench -- sound [--minutes N]`.
//
// 20 listeners with 32 channels of Opus in 5 ms packets, on loopback; then the same behind a link with 2 %
// loss and 20 ± 10 ms of delay.

import type { LinkQuality } from '../links/link.ts';
import { type Figure, formatFigure, HEAD, holds } from '../proof/figure.ts';
import { formatTable } from '../table.ts';
import { describeMachine } from './machine.ts';
import { measureMinutes } from './minutes.ts';
import { lossPercentOf, type Point } from './point.ts';
import { GOOD_LINK } from './relay-skills.ts';
import { parseScenario } from './scenario-options.ts';

const MINUTES = 10;
const FLAGS = ['minute', 'clients', 'minutes', 'seed'] as const;
const LINK: LinkQuality = { ...GOOD_LINK, lossRatio: 0.02, delayMs: 10, jitterMs: 20 };

/** True if every bound holds. */
export async function run(words: readonly string[]): Promise<boolean> {
  const { minutes = MINUTES, ...options } = parseScenario(words, FLAGS);
  const good = await measureMinutes({ ...options, minutes });
  const bad = await measureMinutes({ ...options, minutes, link: LINK });
  const figures = [...figuresOnLoopback(good), ...figuresOnBadLink(bad)];
  process.stdout.write(`${describeMachine()}\n${formatTable(HEAD, figures.map(formatFigure))}\n`);
  return figures.every(holds);
}

function figuresOnLoopback(points: readonly Point[]): Figure[] {
  const figure = createFigures(points);
  return [
    figure('clients without sound', '', ({ clients, listening }) => clients - listening, 0),
    { ...figure('loss in all', '%', lossPercentOf), ...atMost([totalLoss(points)], 0.01) },
    figure('sound lost in the server', '%', ({ server }) => server.lostSoundPercent, 0.01),
    figure('jitter p99', 'ms', ({ jitter }) => jitter.p99, 5),
    figure('latency p50', 'ms', ({ latency }) => latency.p50, 50),
    figure('latency p99', 'ms', ({ latency }) => latency.p99, 50),
    figure('latency, worst packet', 'ms', ({ latency }) => latency.max),
    figure('capture to network p99', 'ms', ({ server }) => server.delayP99),
    figure('server CPU of a core', '%', ({ server }) => server.cpuPercent, 80),
    figure('of it the sound engine', '%', ({ server }) => server.engineCpuPercent),
    figure('server memory', 'MB', ({ server }) => server.memoryMb),
    {
      ...figure('memory, last minute to first', '%', () => 0),
      ...atMost([memoryGrowthPercent(points)], 10),
    },
    figure('packet time', 'ms', ({ packetMs }) => packetMs, 5),
    figure('packets sent a second', '', ({ server }) => server.packetsPerSecond),
    figure('bandwidth', 'Mb/s', ({ megabits, seconds }) => megabits / seconds),
    figure('concealed a minute', '', ({ playing }) => playing.concealed),
    figure('clock error of the protocol', 'ms', ({ clockErrorMs }) => clockErrorMs, 2),
  ];
}

/** Who plays conceals each tick that misses a packet, and few others; hardly two of a tick are lost. */
function figuresOnBadLink(points: readonly Point[]): Figure[] {
  const behind = createFigures(points);
  const figure: typeof behind = (name, ...others) => behind(`behind the link: ${name}`, ...others);
  const concealed = figure(
    'concealed for each packet lost',
    '',
    ({ playing }) => playing.concealed / playing.lost,
    1.5,
  );
  return [
    figure('clients without sound', '', ({ clients, listening }) => clients - listening, 0),
    {
      ...figure('loss in all, off from 2 %', '%', lossPercentOf),
      ...atMost([Math.abs(totalLoss(points) - 2)], 0.3),
    },
    figure('jitter p99', 'ms', ({ jitter }) => jitter.p99),
    figure('latency p50', 'ms', ({ latency }) => latency.p50),
    figure('latency p99', 'ms', ({ latency }) => latency.p99),
    figure('jitter buffer', 'ms', ({ playing }) => playing.bufferMs, 60),
    figure('packets lost a minute, where they are played', '', ({ playing }) => playing.lost),
    concealed,
    { ...concealed, bound: { of: 'min', at: 'least', limit: 0.8 } },
    figure(
      'dropped for each packet lost',
      '',
      ({ playing }) => playing.dropped / playing.lost,
      0.5,
    ),
    figure('server CPU of a core', '%', ({ server }) => server.cpuPercent, 80),
    figure('server memory', 'MB', ({ server }) => server.memoryMb),
    figure('packet time', 'ms', ({ packetMs }) => packetMs),
  ];
}

/** The greatest of all minutes must not be above the limit. */
function createFigures(points: readonly Point[]) {
  return (name: string, unit: string, read: (point: Point) => number, limit?: number): Figure => ({
    name,
    unit,
    values: points.map(read),
    ...(limit !== undefined && { bound: { of: 'max', at: 'most', limit } }),
  });
}

function atMost(values: readonly number[], limit: number): Pick<Figure, 'values' | 'bound'> {
  return { values, bound: { of: 'max', at: 'most', limit } };
}

function totalLoss(points: readonly Point[]): number {
  const sum = (read: (point: Point) => number) =>
    points.reduce((total, point) => total + read(point), 0);
  const expected = sum((point) => point.expected);
  return (100 * (expected - sum(({ received }) => received))) / expected;
}

function memoryGrowthPercent(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)].map((point) => point?.server.memoryMb ?? NaN);
  return first && last ? 100 * (last / first - 1) : Number.NaN;
}
