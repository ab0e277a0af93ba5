// The command as a process, against a server of the tests' own: what is heard, proved and recorded.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readInterleaved } from '#media/pcm/interleaved.ts';
import { readWavHeader } from '#media/wav/wav-reader.ts';
import { ListenCommand } from '../../test/support/listen-command.ts';
import type { ScriptedFaults, ScriptedFormat } from '../../test/support/scripted-rtp.ts';
import {
  type ScriptedSoundOptions,
  ScriptedSoundServer,
} from '../../test/support/scripted-sound-server.ts';
import { until } from '../../test/support/until.ts';
import { listenHelp } from './listen-arguments.ts';

const folder = mkdtempSync(join(tmpdir(), 'yeoul-listen-'));
afterAll(() => rmSync(folder, { recursive: true }));

let server: ScriptedSoundServer | undefined;
let child: ListenCommand | undefined;
afterEach(async () => {
  await child?.dispose();
  await server?.close();
  child = undefined;
  server = undefined;
});

async function listen(
  flags: readonly string[],
  options: ScriptedSoundOptions = {},
): Promise<ListenCommand> {
  server = await ScriptedSoundServer.start(options);
  child = new ListenCommand({ flags: ['--server', server.url, '--json', ...flags] });
  return child;
}

async function summaryOf(process: ListenCommand) {
  const { summary } = await process.get('summary');
  return { ...summary, verdicts: summary.verification?.channels ?? [] };
}

const SHORT = ['--seconds', '3'];

const FORMATS: [string, Partial<ScriptedFormat>][] = [
  ['L16 at 48 kHz', { compression: 'pcm', rate: 48_000 }],
  ['L24 at 44.1 kHz, in 2.5 ms', { compression: 'pcm24', rate: 44_100, packetMs: 2.5 }],
  ['Opus', { compression: 'opus', channels: [32, 1, 7] }],
];

test.each(FORMATS)('%s: every channel is verified', async (_, format) => {
  const process = await listen([...SHORT, '--verify'], { format });
  expect(await process.end()).toBe(0);
  const { verification, verdicts, packets, lost } = await summaryOf(process);
  expect(verdicts.map(({ channel }) => channel)).toEqual(server?.format.channels);
  expect(verification?.ok).toBe(true);
  expect(packets).toBeGreaterThan(200);
  expect(lost).toBe(0);
});

const FAULTS: [string, Partial<ScriptedFormat>, ScriptedFaults, Record<number, RegExp>][] = [
  [
    'two channels of PCM that were swapped',
    { channels: [1, 2, 3] },
    { swapped: { 2: 3, 3: 2 } },
    { 2: /is 3, not 2/, 3: /is 2, not 3/ },
  ],
  ['one wrong sample', {}, { wrongSampleOf: 2 }, { 2: /^sample \d+ is 3, not 2$/ }],
  [
    'two channels of Opus that were swapped',
    { compression: 'opus' },
    { swapped: { 1: 3, 3: 1 } },
    { 1: /about 300 Hz, not 100/, 3: /about 100 Hz, not 300/ },
  ],
  [
    'a tone that is 5 Hz off',
    { compression: 'opus' },
    { detuned: { channel: 3, hz: 5 } },
    { 3: /about 305 Hz, not 300/ },
  ],
];

test.each(FAULTS)('%s fail the verification, by name', async (_, format, faults, problems) => {
  const process = await listen([...SHORT, '--verify'], { format, faults });
  expect(await process.end()).toBe(1);
  const { verdicts } = await summaryOf(process);
  const wrong = verdicts.filter(({ problem }) => problem !== null);
  expect(wrong.map(({ channel }) => String(channel))).toEqual(Object.keys(problems));
  for (const { channel, problem } of wrong) expect(problem).toMatch(problems[channel]!);
});

test('who hears nothing ends with 1', async () => {
  const process = await listen(['--seconds', '1'], { sends: false });
  expect(await process.end()).toBe(1);
  expect((await summaryOf(process)).packets).toBe(0);
});

function readWav(path: string) {
  const bytes = readFileSync(path);
  const header = readWavHeader(bytes, bytes.length);
  const frames = header.dataBytes / (header.channels * (header.format === 'S16_LE' ? 2 : 3));
  const planes = Array.from({ length: header.channels }, () => new Float32Array(frames));
  readInterleaved(bytes.subarray(header.dataStart), { format: header.format as never, planes });
  return { ...header, frames, planes };
}

/** A process that was held up has faded bridges and silence too, but nothing else. */
function expectConstant(plane: Float32Array, value: number): void {
  const values = plane.map((sample) => sample * 32_768);
  const exact = values.filter((each) => each === value).length;
  expect(exact / values.length).toBeGreaterThan(0.7);
  expect(values.every((each) => each >= 0 && each <= value)).toBe(true);
}

describe('a recording', () => {
  test('of PCM is what was sent, bit by bit', async () => {
    const path = join(folder, 'pcm.wav');
    const process = await listen([...SHORT, '--wav', path]);
    expect(await process.end()).toBe(0);
    expect((await process.get('recording')).paths).toEqual([path]);
    const { planes, frames, ...header } = readWav(path);
    expect(header).toMatchObject({ format: 'S16_LE', channels: 3, sampleRate: 48_000 });
    expect(frames).toBeGreaterThan(48_000);
    for (const [index, plane] of planes.entries()) expectConstant(plane, index + 1);
  });

  test('goes on where packets were lost, as long as the sound was', async () => {
    const path = join(folder, 'lossy.wav');
    const drop = (index: number) => index % 20 === 7;
    const process = await listen([...SHORT, '--wav', path], { drop });
    expect(await process.end()).toBe(0);
    const { planes } = readWav(path);
    const { concealed } = await summaryOf(process);
    expect(concealed).toBeGreaterThan(10);
    // A constant that is bridged is the same constant.
    expectConstant(planes[2]!, 3);
  });

  test('that is mixed has two channels', async () => {
    const path = join(folder, 'mix.wav');
    const format = { compression: 'opus', channels: [4] } as const;
    const process = await listen([...SHORT, '--wav', path, '--mix'], { format });
    expect(await process.end()).toBe(0);
    const { planes, ...header } = readWav(path);
    expect(header).toMatchObject({ format: 'S24_3LE', channels: 2, sampleRate: 48_000 });
    const loudest = planes[0]!.reduce((most, sample) => Math.max(most, sample), 0);
    // -12 dBFS, from the middle.
    expect(loudest).toBeGreaterThan(0.15);
    expect(loudest).toBeLessThan(0.2);
    expect(planes[0]).toEqual(planes[1]);
  });

  test('that cannot be written says so, and the listening goes on', async () => {
    const path = join(folder, 'missing', 'x.wav');
    const process = await listen([...SHORT, '--wav', path]);
    expect(await process.end()).toBe(1);
    expect(await process.get('recording')).toMatchObject({
      failure: expect.stringContaining('ENOENT'),
    });
  });
});

test('a signal ends it in order, with the summary, though its time is not over', async () => {
  const process = await listen(['--verify', '--seconds', '3600']);
  await process.get('config');
  await until(() => (server?.listeners[0]?.ticks ?? 0) > 200, { what: 'a second of sound' });
  process.signal('SIGINT');
  expect(await process.end()).toBe(0);
  expect((await summaryOf(process)).verification?.ok).toBe(true);
});

test('twenty listen at once, and are summed up with the worst of them', async () => {
  const flags = ['--seconds', '9', '--count', '20'];
  const process = await listen(flags, { format: { channels: [1] } });
  expect(await process.get('crowd')).toMatchObject({
    listeners: 20,
    stats: { loss_percent: 0, packets: expect.any(Number) },
    worst: { listener: expect.any(Number), stats: { loss_percent: 0 } },
  });
  expect(await process.end()).toBe(0);
  expect(process.all('summary')).toHaveLength(20);
  expect(new Set(process.all('session').map(({ udp_port }) => udp_port)).size).toBe(20);
});

test('--help says how, a wrong flag names the nearest one, a port that is taken the variable', async () => {
  child = new ListenCommand({ flags: ['--help'] });
  expect(await child.end()).toBe(0);
  expect(child.output).toBe(listenHelp);
  child = new ListenCommand({ flags: ['--chanels', '1'] });
  expect(await child.end()).toBe(1);
  expect(child.errors).toBe(
    'Unknown flag "--chanels". Did you mean "--channels"? Try yeoul listen --help.\n',
  );
  const process = await listen([]);
  const { udp_port } = await process.get('session');
  const second = new ListenCommand({
    flags: ['--server', server?.url ?? ''],
    env: { UDP_PORT: String(udp_port) },
  });
  expect(await second.end()).toBe(1);
  expect(second.errors).toMatch(/^Cannot listen on UDP port \d+: .*EADDRINUSE.*Set UDP_PORT/);
});
