// What is behind a point where targets fail, by the figures alone: where time passes and packets vanish.
//
//   capture ──▶ server ──▶ link ──▶ client machine ──▶ figures
//           delay p50, p99          event loop's delay, full buffers
//           CPU, wait for CPU
//
// The target that is missed by most is the one that is explained. Latency and jitter are put down to the part with the greatest delay. Loss is put down to the client machine
// if its buffers ran full, to the link's capacity if the link also became slower, and else to the link.

import { lossPercentOf, type Point } from './point.ts';
import { type BreakingPoint, findFailures, type TargetName, targets } from './targets.ts';

type BottleneckName =
  | 'server-cpu'
  | 'server-delay'
  | 'client-machine'
  | 'link-bandwidth'
  | 'packet-rate'
  | 'link-loss'
  | 'link-delay'
  | 'unknown';

export interface Bottleneck {
  readonly name: BottleneckName;
  readonly title: string;
  readonly evidence: readonly string[];
  readonly relief: string;
}

/** What the system's count of waiting adds up to on a machine that is busy with other things, too. */
const WAIT_PERCENT = 40;
const CPU_PERCENT = 80;
/** One process of clients has one thread that counts. */
const CLIENT_CPU_PERCENT = 90;
/** A link that is full holds packets up; one that loses them for other reasons does not. */
const QUEUE_MS = 10;
/** Two points tell packets from bits only if their packets differ by so much in size. */
const SIZE_RATIO = 1.15;
/** An access point spends some 165 µs on a packet of whatever size: it has 6,000 a second at best. */
const MANY_PACKETS_PER_SECOND = 4_000;

const TEXTS: Readonly<Record<BottleneckName, readonly [title: string, relief: string]>> = {
  'server-cpu': [
    'processor of the server',
    'Give the server a processor of its own or a faster one; longer packets (10 ms) and fewer channels or formats in use cost it less.',
  ],
  'server-delay': [
    'delay inside the server',
    'Its processor is not used up, but sound waits in it: look for a slow disk, a debugger, another device on the same USB bus, or power saving of the machine.',
  ],
  'client-machine': [
    'machine of the clients',
    'The clients could not take what came: run them on more machines, or count fewer of them; the server is not to blame.',
  ],
  'link-bandwidth': [
    'bandwidth of the link',
    'Lower the bitrate, send fewer channels to each client, or use Opus instead of PCM; a wider channel or another access point gives more.',
  ],
  'packet-rate': [
    'packet rate of the link',
    'Use longer packets (10 or 20 ms) or fewer channels in a packet: Wi-Fi charges by the packet. A second access point halves the packets of each.',
  ],
  'link-loss': [
    'loss on the link',
    'Packets vanish although there is room: look for a busy channel, bad reception, a bad cable or switch.',
  ],
  'link-delay': [
    'delay of the link',
    'Packets arrive, but late: look for power saving of the phones, roaming, a bridge or a tunnel on the way.',
  ],
  unknown: ['unknown', 'None of the figures explains it: measure again, for longer.'],
};

/** The points before it are what the breaking point is compared with. */
export function nameBottleneck(
  points: readonly Point[],
  { at, point, failures }: BreakingPoint,
): Bottleneck {
  const [worst] = failures.toSorted((one, other) => severity(other, point) - severity(one, point));
  const name = worst ? explain(worst, { points, at, point }) : 'unknown';
  const [title, relief] = TEXTS[name];
  return { name, title, relief, evidence: evidenceOf(point) };
}

interface Case {
  readonly points: readonly Point[];
  readonly at: number;
  readonly point: Point;
}

/** By how many times the target was missed; the least for what could not be measured. */
function severity(failure: TargetName, point: Point): number {
  const { read, limit } = targets[failure];
  const value = read(point);
  return Number.isNaN(value) ? 1 : value / limit;
}

function explain(failure: TargetName, { points, at, point }: Case): BottleneckName {
  switch (failure) {
    case 'serverCpu':
    case 'lostSound':
      return explainServer(point);
    case 'loss':
      return explainLoss({ points, at, point });
    case 'latency':
    case 'jitter':
      return explainDelay({ points, at, point });
    case 'deaf':
      return isStarved(point) || point.server.lostSoundPercent > 1
        ? explainServer(point)
        : 'unknown';
  }
}

function explainServer(point: Point): BottleneckName {
  return isStarved(point) ? 'server-cpu' : 'server-delay';
}

function isStarved({ server }: Point): boolean {
  const { cpuPercent, engineCpuPercent, waitPercent } = server;
  return Math.max(cpuPercent, engineCpuPercent) >= CPU_PERCENT || waitPercent >= WAIT_PERCENT;
}

function explainLoss({ points, at, point }: Case): BottleneckName {
  const { fullBuffers } = point.clientMachine;
  if (fullBuffers > (point.expected - point.received) / 2) return 'client-machine';
  return queueMsOf(points, at) >= QUEUE_MS ? nameCapacity(points, at) : 'link-loss';
}

function explainDelay({ points, at, point }: Case): BottleneckName {
  const { server, link, client } = delaysOf(point);
  if (server >= link && server >= client) return explainServer(point);
  // What neither of them explains was spent between two processes of this machine.
  if (!point.hasLink) return isStarved(point) ? 'server-cpu' : 'client-machine';
  if (client >= link || point.clientMachine.cpuPercent >= CLIENT_CPU_PERCENT) {
    return 'client-machine';
  }
  const isFull = findFailures(point).includes('loss') && queueMsOf(points, at) >= QUEUE_MS;
  return isFull ? nameCapacity(points, at) : 'link-delay';
}

/** Where the slowest packets spend their time: what is neither the server's nor the client's is the link's. */
function delaysOf({ latency, server, clientMachine }: Point) {
  const client = clientMachine.loopDelayP99;
  return {
    server: server.delayP99,
    client,
    link: Math.max(0, latency.p99 - server.delayP99 - client),
  };
}

/** By how much the link has become slower since the last point without loss; all of it without such a point. */
function queueMsOf(points: readonly Point[], at: number): number {
  const linkMs = (point: Point | undefined) =>
    point ? point.latency.p50 - point.server.delayP50 : 0;
  const good = points.slice(0, at).findLast((point) => !findFailures(point).includes('loss'));
  return linkMs(points[at]) - linkMs(good);
}

/**
 * What stays the same where the link is full, while packets become larger, is what it is short of. Without
 * packets of different sizes their number decides.
 */
function nameCapacity(points: readonly Point[], at: number): BottleneckName {
  const here = points[at];
  if (!here) return 'unknown';
  const isFull = (_: Point, other: number) => other !== at && queueMsOf(points, other) >= QUEUE_MS;
  const other = points
    .filter(isFull)
    .find((each) => ratioOf(sizeOf(each), sizeOf(here)) >= SIZE_RATIO);
  if (other) {
    const bits = ratioOf(other.megabits / other.seconds, here.megabits / here.seconds);
    const packets = ratioOf(other.received / other.seconds, here.received / here.seconds);
    return bits <= packets ? 'link-bandwidth' : 'packet-rate';
  }
  return here.received / here.seconds >= MANY_PACKETS_PER_SECOND ? 'packet-rate' : 'link-bandwidth';
}

function sizeOf({ megabits, received }: Point): number {
  return megabits / received;
}

/** 1 or more. */
function ratioOf(one: number, other: number): number {
  return Math.max(one / other, other / one);
}

function evidenceOf(point: Point): string[] {
  const { server, clientMachine, latency } = point;
  const delays = delaysOf(point);
  return [
    `loss ${format(lossPercentOf(point))} %, of which ${clientMachine.fullBuffers} packets in full buffers of the client machine`,
    `latency p50 ${format(latency.p50)} ms, p99 ${format(latency.p99)} ms: in the server up to ${format(delays.server)} ms, on the link ${format(delays.link)} ms, in the client machine up to ${format(delays.client)} ms`,
    `the server used ${format(server.cpuPercent)} % of a core, its sound engine ${format(server.engineCpuPercent)} %, and its threads waited ${format(server.waitPercent)} % of the time for a processor`,
    `the server lost ${format(server.lostSoundPercent)} % of the sound before it was sent`,
    `the clients used ${format(clientMachine.cpuPercent)} % of a core`,
  ];
}

function format(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toFixed(1);
}
