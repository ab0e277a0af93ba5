// Capture by the real arecord from a device that is fed by the test: every sample, at its place, in time.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AlsaFeeder, type AlsaFeederOptions } from '../../../test/support/alsa-feeder.ts';
import { RecordingConsoleSink } from '../../../test/support/recording-console-sink.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../app/system-clock.ts';
import { createAlsaSource } from './alsa-source.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Looks like noise, and is another number for every frame and channel. */
function noise(frame: number, channel: number): number {
  const mixed = Math.imul(frame * 32 + channel + 1, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >> 8;
}

function feed(options: Partial<AlsaFeederOptions> = {}): AlsaFeeder {
  const feeder = new AlsaFeeder({ sample: noise, ...options });
  endings.push(() => feeder.stop());
  return feeder;
}

/**
 * The real one, but for these lines of what it says about the card. Opened as one that packs 32 bits, it
 * is another card: what that one took from the FIFO would be missing from a period of the right one.
 */
function arecordSaying(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'arecord-'));
  endings.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'arecord');
  const changes = lines.map((line) => `-e 's/^${line.split(':')[0]}:.*/${line}/'`).join(' ');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's own notation.
  const elsewhere = '[[ " $* " == *" S32_LE "* ]] && set -- "${@/#m32/null}"';
  const real = `exec arecord "$@" 2> >(sed -u ${changes} >&2)`;
  writeFileSync(path, `#!/bin/bash\n${elsewhere}\n${real}\n`);
  chmodSync(path, 0o755);
  return path;
}

function capture(feeder: AlsaFeeder, arecord = 'arecord') {
  const { environment, device } = feeder;
  const source = createAlsaSource(device, { clock: systemClock, arecord, environment });
  const sink = new RecordingConsoleSink();
  source.start(sink);
  endings.push(() => source.close());
  return { source, sink };
}

const hasFrames = (sink: RecordingConsoleSink, frames: number) =>
  until(() => sink.frames >= frames, { what: `${frames} frames` });

/** The first frame that was heard, as the feeder counts. */
function firstHeard(sink: RecordingConsoleSink): number {
  const [sample = NaN] = sink.samples(0);
  for (let frame = 0; frame < 48_000; frame++)
    if (noise(frame, 0) === sample * 2 ** 23) return frame;
  throw new Error('no frame has such a sample');
}

/** In each channel nothing but what was fed, and all of it. */
function expectExact(sink: RecordingConsoleSink): void {
  const first = firstHeard(sink);
  for (let channel = 0; channel < 32; channel++) {
    const samples = sink.samples(channel);
    expect(samples).toEqual(samples.map((_, at) => noise(first + at, channel) / 2 ** 23));
  }
}

/** The programs that were started with its environment. */
function processesOf({ environment }: AlsaFeeder): string[] {
  const home = `HOME=${environment.HOME}\0`;
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(home);
    } catch {
      return false;
    }
  });
}

test('32 channels of 32 bits arrive as they are, dated by when they were made', async () => {
  const feeder = feed({ sample: (frame, channel) => noise(frame, channel) * 256 });
  const startedMs = Date.now();
  const { sink } = capture(feeder);
  await hasFrames(sink, 24_000);
  expect(sink.formats).toEqual([
    { sampleRate: 48_000, channels: 32, name: 'S32_LE', remark: null },
  ]);
  expectExact(sink);
  expect(firstHeard(sink)).toBe(0);
  const [first] = sink.blocks;
  expect(first?.firstFrame).toBe(0);
  expect(first?.capturedAtMs).toBeGreaterThanOrEqual(startedMs - 10);
  expect(first?.capturedAtMs).toBeLessThanOrEqual(Date.now());
  expect([...sink.overruns, ...sink.failures]).toEqual([]);
});

test('A card that packs 24 bits is opened again with them, and they arrive as they are', async () => {
  const feeder = feed({ format: 'S24_3LE' });
  const { sink } = capture(feeder, arecordSaying('FORMAT:  S16_LE S24_3LE'));
  await hasFrames(sink, 24_000);
  expect(sink.formats.map(({ name }) => name)).toEqual(['S24_3LE']);
  expectExact(sink);
  expect(sink.failures).toEqual([]);
});

test('A console at 44.1 kHz is captured so, and the remark says it', async () => {
  const feeder = feed({ format: 'S24_3LE', sampleRate: 44_100 });
  const { sink } = capture(feeder, arecordSaying('RATE: 44100', 'FORMAT:  S24_3LE'));
  await hasFrames(sink, 4_410);
  expect(sink.formats[0]).toMatchObject({
    sampleRate: 44_100,
    remark: expect.stringMatching(/console runs at 44\.1 kHz/),
  });
  expectExact(sink);
});

test('A console that stops is noticed, and captured again when it goes on, later by what was missed', async () => {
  const feeder = feed({ sample: (frame, channel) => noise(frame, channel) * 256 });
  const { sink } = capture(feeder);
  await hasFrames(sink, 2_400);
  feeder.pause();
  await until(() => sink.failures.length > 0, { what: 'the failure' });
  expect(sink.failures[0]).toMatch(
    /^Cannot capture from "m32": it gives no sound any more\. Trying/,
  );
  const before = sink.blocks.length;
  feeder.resume();
  await until(() => sink.blocks.length > before, { what: 'sound' });
  expect(sink.calls.slice(sink.calls.indexOf('failed'))).toEqual(
    expect.arrayContaining(['failed', 'format', 'block']),
  );
  const [last, next] = sink.blocks.slice(before - 1);
  const gap = (next?.firstFrame ?? 0) - (last?.firstFrame ?? 0) - (last?.frames ?? 0);
  // Silent for 1 s before it was noticed, and 1 s until it was tried again.
  expect(gap).toBeGreaterThan(90_000);
  const elapsedMs = (next?.capturedAtMs ?? 0) - (last?.capturedAtMs ?? 0);
  expect(Math.abs(elapsedMs - (gap + (last?.frames ?? 0)) / 48)).toBeLessThan(10);
});

test('close() ends arecord, and nothing is said after it', async () => {
  const feeder = feed();
  const { source, sink } = capture(feeder);
  await hasFrames(sink, 240);
  expect(processesOf(feeder)).toHaveLength(1);
  await Promise.all([source.close(), source.close()]);
  expect(processesOf(feeder)).toEqual([]);
  const { length } = sink.calls;
  await until(() => feeder.frames > 0, { what: 'a turn' });
  expect(sink.calls).toHaveLength(length);
});

test('arecord ends when the process that started it is killed', async () => {
  const feeder = feed();
  const code = `
    import { createAlsaSource } from '${import.meta.resolve('./alsa-source.ts')}';
    import { systemClock } from '${import.meta.resolve('../../app/system-clock.ts')}';
    const nothing = () => {};
    const sink = { onFormat: () => console.log('live'), onBlock: nothing, onFailed: nothing };
    createAlsaSource('m32', { clock: systemClock, arecord: 'arecord' }).start(sink);`;
  const server = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: feeder.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endings.push(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  expect(processesOf(feeder)).toHaveLength(2);
  server.kill('SIGKILL');
  await until(() => processesOf(feeder).length === 0, { what: 'the end of arecord' });
});

test('A card that is missing is explained, as arecord itself puts it', async () => {
  const source = createAlsaSource('hw:YEOUL', { clock: systemClock, arecord: 'arecord' });
  const sink = new RecordingConsoleSink();
  source.start(sink);
  await until(() => sink.failures.length > 0, { what: 'the failure' });
  await source.close();
  expect(sink.failures[0]).toMatch(
    /^Cannot capture from "hw:YEOUL": there is no such sound card\./,
  );
});
