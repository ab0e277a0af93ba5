// The real thread: captures, encodes and sends to real sockets, dies and comes back, and ends.

import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type {
  CaptureState,
  ListenerPlan,
  MeterLevels,
  SoundPlan,
  SoundReport,
} from '#core/ports/sound-engine.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { openSoundThread } from './sound-thread.ts';

const support = (name: string) => new URL(`../../../test/support/${name}`, import.meta.url);

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open({ script, arecord = 'arecord' }: { script?: URL; arecord?: string } = {}) {
  const captures: CaptureState[] = [];
  const reports: SoundReport[] = [];
  const meters: MeterLevels[] = [];
  const log = new SilentLog();
  const engine = await openSoundThread({
    config: { arecord, rtpPort: 0 },
    log,
    events: {
      onCapture: (state) => captures.push(state),
      onReport: (report) => reports.push(report),
      onMeters: (levels) => meters.push(levels),
    },
    ...(script && { script }),
  });
  closers.push(() => engine.close());
  return { engine, captures, reports, meters, log };
}

interface Received {
  readonly payloadType: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly samples: readonly number[];
  readonly fromPort: number;
}

async function listen() {
  const socket = createSocket('udp4');
  const packets: Received[] = [];
  socket.on('message', (data, { port }) => packets.push(parse(data, port)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closers.push(() => socket.close());
  return { packets, port: socket.address().port };
}

/** RFC 3550 §5.1, with the samples of L16 (RFC 3551 §4.5.11). */
function parse(data: Buffer, fromPort: number): Received {
  const hasExtension = (data[0]! & 0x10) !== 0;
  const payload = data.subarray(hasExtension ? 16 + 4 * data.readUInt16BE(14) : 12);
  const count = Math.floor(payload.length / 2);
  return {
    payloadType: data[1]! & 0x7f,
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    samples: Array.from({ length: count }, (_, at) => payload.readInt16BE(2 * at)),
    fromPort,
  };
}

/** All 32, none at its own place. */
const SHUFFLED = Array.from({ length: 32 }, (_, at) => ((at * 7 + 3) % 32) + 1);
const GROUPS = [SHUFFLED.slice(0, 16), SHUFFLED.slice(16)];

function pcmListener(port: number): ListenerPlan {
  return {
    id: 'pcm',
    address: '127.0.0.1',
    rendition: { codec: 'pcm', sampleRate: 48_000, packetMs: 5, bitrate: 0 },
    layout: 'bundle',
    rtpStreams: GROUPS.map((channels, at) => ({ ssrc: 100 + at, payloadType: 96, port, channels })),
    stateVersion: 0,
    isEventPending: false,
  };
}

function opusListener(port: number): ListenerPlan {
  return {
    ...pcmListener(port),
    id: 'opus',
    rendition: { codec: 'opus', sampleRate: 48_000, packetMs: 5, bitrate: 64_000 },
    rtpStreams: [{ ssrc: 7, payloadType: 100, port, channels: SHUFFLED }],
  };
}

const plan: SoundPlan = {
  source: 'tones:',
  isTestMode: false,
  dscp: 46,
  hasMeters: false,
  listeners: [],
};

test('in test mode each sample of PCM is the number of its channel, at its own place', async () => {
  const { engine } = await open();
  const { packets, port } = await listen();
  const listeners = [pcmListener(port)];
  engine.apply({ ...plan, source: 'test:', isTestMode: true, listeners });
  await until(() => packets.length >= 140, { what: 'ten ticks' });
  for (const { ssrc, payloadType, samples, fromPort } of packets) {
    const channels = GROUPS[ssrc - 100]!;
    expect(payloadType).toBe(96);
    expect(fromPort).toBe(engine.port);
    expect(samples.length % 16).toBe(0);
    expect(samples).toEqual(samples.map((_, at) => channels[at % 16]));
  }
  expect(new Set(packets.map(({ ssrc }) => ssrc))).toEqual(new Set([100, 101]));
});

test('tones reach Opus and PCM listeners, and figures and levels are told', async () => {
  const { engine, captures, reports, meters, log } = await open();
  const [opus, pcm] = [await listen(), await listen()];
  const listeners = [opusListener(opus.port), pcmListener(pcm.port)];
  engine.apply({ ...plan, hasMeters: true, listeners });
  await until(() => reports.length > 1 && meters.length > 5, { what: 'two reports' });
  expect(captures.map(({ state }) => state)).toContain('live');
  expect(opus.packets[0]).toMatchObject({ payloadType: 100, ssrc: 7 });
  expect(pcm.packets.some(({ samples }) => samples.some((sample) => sample !== 0))).toBe(true);
  const last = reports.at(-1)!;
  expect(last.encodings).toBe(64);
  expect(last.cpuSeconds).toBeGreaterThan(0);
  expect(last.listeners.map(({ id, sendErrors }) => [id, sendErrors])).toEqual([
    ['opus', 0],
    ['pcm', 0],
  ]);
  expect(last.packetsSent).toBeGreaterThan(1_000);
  expect(meters.at(-1)!.peakDb).toHaveLength(32);
  expect(Math.max(...meters.at(-1)!.peakDb)).toBeGreaterThan(-60);
  expect(log.lines).toEqual([]);
});

test('sound goes on after the thread died: same port, same SSRC', async () => {
  const { engine, captures, log } = await open({ script: support('crashing-sound-thread.ts') });
  const { packets, port } = await listen();
  engine.apply({ ...plan, source: 'test:', isTestMode: true, listeners: [pcmListener(port)] });
  await until(() => packets.length > 0, { what: 'sound' });
  const channel = new BroadcastChannel('sound-thread-crash');
  closers.push(() => channel.close());
  channel.postMessage('now');
  await until(() => captures.some(({ state }) => state === 'failed'), { what: 'the death' });
  packets.splice(0);
  await until(() => packets.length > 100, { what: 'sound again' });
  expect(new Set(packets.map(({ fromPort }) => fromPort))).toEqual(new Set([engine.port]));
  expect(new Set(packets.map(({ ssrc }) => ssrc))).toEqual(new Set([100, 101]));
  expect(captures.at(-1)).toMatchObject({ state: 'live', restarts: 1 });
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Sound engine ended',
    'Sound engine started again',
  ]);
});

test('nothing is sent after it is closed, and its port is free', async () => {
  const { engine } = await open();
  const { packets, port } = await listen();
  engine.apply({ ...plan, listeners: [pcmListener(port)] });
  await until(() => packets.length > 0, { what: 'sound' });
  await engine.close();
  const next = createSocket('udp6');
  closers.push(() => next.close());
  next.bind(engine.port);
  await once(next, 'listening');
  // Behind whatever was still on its way; then again and again, for the time of many ticks.
  for (let marks = 1; marks <= 20; marks++) {
    next.send(new Uint8Array(12), port, '::ffff:127.0.0.1');
    const arrived = () => packets.filter(({ ssrc }) => ssrc === 0).length === marks;
    await until(arrived, { what: `mark ${marks}` });
  }
  expect(packets.slice(-20).map(({ ssrc }) => ssrc)).toEqual(Array(20).fill(0));
});

test('a card that cannot be opened is a failed capture with its reason', async () => {
  const { engine, captures } = await open({ arecord: 'no-such-arecord' });
  engine.apply({ ...plan, source: 'hw:XUSB', hasMeters: true });
  await until(() => captures.some(({ state }) => state === 'failed'), { what: 'the reason' });
  expect(captures.at(-1)).toMatchObject({ source: 'hw:XUSB', state: 'failed' });
  expect(captures.at(-1)?.reason).toContain('arecord could not be started (ENOENT)');
});

test('closing waits for arecord to end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yeoul-arecord-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const arecord = join(folder, 'arecord');
  // It takes its time to end.
  const script = `#!/bin/sh
trap 'sleep 0.3; exit 0' TERM
echo $$ >> "$0.pids"
while :; do sleep 0.05; done`;
  writeFileSync(arecord, script, { mode: 0o755 });
  const { engine } = await open({ arecord });
  engine.apply({ ...plan, source: 'hw:XUSB', hasMeters: true });
  const started = () => existsSync(`${arecord}.pids`) && readFileSync(`${arecord}.pids`, 'utf8');
  await until(() => Boolean(started()), { what: 'arecord' });
  await engine.close();
  const pids = readFileSync(`${arecord}.pids`, 'utf8').trim().split('\n').map(Number);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a process that exits while it runs is gone at once', async () => {
  const child = fork(fileURLToPath(support('exiting-sound-server.ts')), { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(7);
});

test('a port that somebody has is refused with the setting to change', async () => {
  const { engine } = await open();
  const config = { arecord: 'arecord', rtpPort: engine.port };
  const events = { onCapture: () => {}, onReport: () => {}, onMeters: () => {} };
  const second = openSoundThread({ config, log: new SilentLog(), events });
  await expect(second).rejects.toThrow(/the port is taken\. Set console\.rtp_port/);
});

test('the thread alone has a higher priority, where that is permitted', async () => {
  const before = niceValues();
  await open();
  const raised = niceValues().filter((value) => value === -10).length;
  expect(before).not.toContain(-10);
  expect(raised).toBe(process.platform === 'linux' && process.getuid?.() === 0 ? 1 : 0);
});

/** Of each thread of this process: field 19 of proc(5)'s `stat`. */
function niceValues(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}
