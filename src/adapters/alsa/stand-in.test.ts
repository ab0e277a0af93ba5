// Cards that are missing, busy, narrow or silent, overruns, and an arecord that will not end: by stand-ins.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordingConsoleSink } from '../../../test/support/recording-console-sink.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { createAlsaSource } from './alsa-source.ts';

/** 5 ms of 32 channels of 32 bits. */
const PERIOD = 'dd if=/dev/zero bs=30720 count=1 status=none';

let folder = '';
let scripts = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function dump(card: { format?: string; channels?: string; rate?: string } = {}): string {
  const { format = 'S32_LE', channels = '32', rate = '48000' } = card;
  const line = '--------------------';
  const lines = [line, `FORMAT:  ${format}`, `CHANNELS: ${channels}`, `RATE: ${rate}`, line];
  return `printf '%s\\n' ${lines.map((each) => `'${each}'`).join(' ')} >&2`;
}

/** Runs a source with this script in arecord's place. `go()` ends one `wait_for` in it. */
function capture(
  script: string,
  options: { periodFrames?: number; environment?: NodeJS.ProcessEnv } = {},
) {
  const path = join(folder, `arecord-${scripts++}`);
  const wait = 'wait_for() { until [ -e "$0.go" ]; do sleep 0.005; done; rm "$0.go"; }';
  writeFileSync(path, `#!/bin/sh\n${wait}\n${script}\n`);
  chmodSync(path, 0o755);
  const clock = new VirtualClock();
  const sink = new RecordingConsoleSink();
  const source = createAlsaSource('hw:XUSB', { clock, arecord: path, ...options });
  source.start(sink);
  const go = () => writeFileSync(`${path}.go`, '');
  /** What it wrote to `$0.log`, once there is a line. */
  const readLog = async () => {
    const read = () => (existsSync(`${path}.log`) ? readFileSync(`${path}.log`, 'utf8') : '');
    await until(() => read().endsWith('\n'), { what: 'the log' });
    return read();
  };
  return { clock, sink, source, go, readLog };
}

const hasFailed = (sink: RecordingConsoleSink, times = 1) =>
  until(() => sink.failures.length >= times, { what: `failure ${times}` });

const isHeard = (sink: RecordingConsoleSink, blocks = 1) =>
  until(() => sink.blocks.length >= blocks, { what: `block ${blocks}` });

describe('arecord', () => {
  test('is asked for the card as it is, without a shell and without conversion', async () => {
    const { source, readLog } = capture('echo "$*" > "$0.log"', { periodFrames: 120 });
    const said = await readLog();
    await source.close();
    expect(said.trimEnd().split(' ')).toEqual([
      '--device=hw:XUSB',
      '--dump-hw-params',
      '--file-type=raw',
      '--format=S32_LE',
      '--channels=32',
      '--rate=48000',
      '--period-size=120',
      '--buffer-size=1920',
      '-',
    ]);
  });

  test('gets ALSA’s variables and no secret, and speaks English', async () => {
    const { PATH } = process.env;
    const environment = { PATH, ALSA_CONFIG_DIR: '/alsa', YEOUL_SECRET: 'x', LC_ALL: 'de_DE' };
    const { source, readLog } = capture('echo $(env | grep -v PWD) > "$0.log"', { environment });
    const said = await readLog();
    await source.close();
    const names = said.split(/\s+/).map((each) => each.split('=')[0]);
    expect(said).toMatch(/ALSA_CONFIG_DIR=\/alsa/);
    expect(said).toMatch(/LC_ALL=C\s/);
    expect(names).not.toContain('YEOUL_SECRET');
  });
});

describe('A card', () => {
  test('that is set to two channels is opened again with them, and goes on with a remark', async () => {
    const narrow = dump({ format: 'S24_3LE', channels: '2' });
    const { sink, source } = capture(`${narrow}
      case "$*" in
        *--format=S24_3LE*--channels=2*) printf '\\001\\0\\0\\377\\377\\377'; exec sleep 60 ;;
        *) echo 'arecord: set_params:1358: Channels count non available' >&2; exit 1 ;;
      esac`);
    await isHeard(sink);
    expect(sink.formats).toEqual([
      {
        sampleRate: 48_000,
        channels: 2,
        name: 'S24_3LE',
        remark: 'The card is set to 2 channels: set it to 32/32 on the console (Setup > card).',
      },
    ]);
    expect([sink.samples(0), sink.samples(1)]).toEqual([[2 ** -23], [-(2 ** -23)]]);
    expect(sink.failures).toEqual([]);
    await source.close();
  });

  test.each<[string, string, RegExp]>([
    [
      'is missing',
      "echo 'arecord: main:831: audio open error: No such device' >&2; exit 1",
      /there is no such sound card\. Check the USB cable/,
    ],
    [
      'is busy',
      "echo 'arecord: main:831: audio open error: Device or resource busy' >&2; exit 1",
      /another program holds it, mostly PipeWire, PulseAudio or JACK/,
    ],
    [
      'runs at 96 kHz',
      `${dump({ rate: '96000' })}; exec sleep 60`,
      /it runs at neither 48000 nor 44100 Hz/,
    ],
    [
      'does not take what it offers',
      `${dump()}; echo 'arecord: set_params:1358: Channels count non available' >&2; exit 1`,
      /does not take what it offers/,
    ],
    [
      'offers something else each time',
      `case "$*" in *--channels=32*) ${dump({ channels: '2' })};; *) ${dump()};; esac; exec sleep 60`,
      /offers something else each time/,
    ],
    ['ends with nothing said', 'exit 7', /arecord ended with code 7\./],
    ['kills arecord', 'kill -9 $$', /arecord was ended by SIGKILL\./],
  ])(
    'that %s fails with the reason, the remedy and when it is tried again',
    async (_, script, reason) => {
      const { sink, source } = capture(script);
      await hasFailed(sink);
      await source.close();
      expect(sink.failures[0]).toMatch(reason);
      expect(sink.failures[0]).toMatch(
        /^Cannot capture from "hw:XUSB": .*\. Trying again in 1 s\.$/,
      );
      expect(sink.calls).toEqual(['failed']);
    },
  );

  test('that gives no sound within 5 s fails, and an arecord that does not end is killed', async () => {
    const { clock, sink, source } = capture(
      `trap '' TERM; ${dump()}; while :; do sleep 0.01; done`,
    );
    clock.advance(4_900);
    expect(sink.failures).toEqual([]);
    clock.advance(100);
    expect(sink.failures[0]).toMatch(/it gives no sound\. Trying/);
    const closed = source.close();
    clock.advance(1_000);
    await closed;
  });

  test('that falls silent for 1 s fails', async () => {
    const { clock, sink, source } = capture(`${dump()}; ${PERIOD}; exec sleep 60`);
    await isHeard(sink);
    clock.advance(1_000);
    expect(sink.failures).toEqual([]);
    clock.advance(250);
    expect(sink.failures[0]).toMatch(/it gives no sound any more/);
    await source.close();
  });
});

test('What was lost in an overrun is told before the next block, whose number jumps by it', async () => {
  const overrun = "echo 'overrun!!! (at least 100.000 ms long)' >&2; sleep 0.05";
  const { clock, sink, source, go } = capture(
    `${dump()}; ${PERIOD}; wait_for; ${overrun}; ${PERIOD}; wait_for; ${PERIOD}; exec sleep 60`,
  );
  await isHeard(sink);
  clock.advance(125);
  go();
  await isHeard(sink, 2);
  clock.advance(5);
  go();
  await isHeard(sink, 3);
  await source.close();
  expect(sink.calls).toEqual(['format', 'block', 'overrun', 'block', 'block']);
  // 125 ms from block to block, of which the second holds 5.
  expect(sink.overruns).toEqual([120 * 48]);
  expect(sink.blocks.map(({ firstFrame }) => firstFrame)).toEqual([0, 6_000, 6_240]);
  const dates = sink.blocks.map(({ capturedAtMs }) => capturedAtMs - clock.wallMs() + 130);
  for (const [at, date] of [-5, 120, 125].entries()) expect(dates[at]).toBeCloseTo(date, 2);
});

describe('Trying again', () => {
  test('waits 1, 2, 4, 8, 16 and 16 s', async () => {
    const { clock, sink, source } = capture('exit 1');
    for (const [at, seconds] of [1, 2, 4, 8, 16, 16].entries()) {
      await hasFailed(sink, at + 1);
      expect(sink.failures[at]).toMatch(RegExp(`Trying again in ${seconds} s`));
      await until(() => clock.pendingTimers === 1, { what: 'the retry' });
      clock.advance(seconds * 1_000 - 1);
      expect(clock.pendingTimers).toBe(1);
      clock.advance(1);
    }
    await hasFailed(sink, 7);
    await source.close();
    await until(() => clock.pendingTimers === 0, { what: 'no timer' });
  });

  test('begins with 1 s anew once the card was live for 10 s, and not before', async () => {
    const live = `${dump()}; for n in 0 1 2 3 4 5 6 7 8 9; do ${PERIOD}; wait_for; done; exit 1`;
    const { clock, sink, source, go } = capture(live);
    const liveFor = async (seconds: number) => {
      const { length } = sink.blocks;
      for (let second = 1; second <= seconds; second++) {
        await isHeard(sink, length + second);
        clock.advance(1_000);
        go();
      }
    };
    await liveFor(9);
    await isHeard(sink, 10);
    go();
    await hasFailed(sink);
    expect(sink.failures[0]).toMatch(/Trying again in 1 s/);
    await until(() => clock.pendingTimers === 1, { what: 'the retry' });
    clock.advance(1_000);
    await liveFor(10);
    await hasFailed(sink, 2);
    await source.close();
    expect(sink.failures[1]).toMatch(/Trying again in 1 s/);
  });
});

test('A device without a clock is not played at the speed at which it is read', async () => {
  const { clock, sink, source } = capture(`${dump()}; exec cat /dev/zero`);
  await hasFailed(sink);
  expect(sink.failures[0]).toMatch(/it gives sound faster than time passes, so it is no card\./);
  expect(sink.frames).toBeLessThanOrEqual(2 * 48_000);
  // If arecord has not ended by itself, this kills it, and the next second is that of the retry.
  clock.advance(1_000);
  await until(() => clock.pendingTimers === 1, { what: 'the retry' });
  clock.advance(1_000);
  await hasFailed(sink, 2);
  expect(sink.frames).toBeGreaterThan(2 * 48_000);
  await source.close();
});

test('close() before anything was heard says nothing and leaves no timer', async () => {
  const { source, sink, clock } = capture(`${dump({ channels: '2' })}; exec sleep 60`);
  await source.close();
  expect(sink.calls).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});

test('A program that is not there is named with what to install', async () => {
  const clock = new VirtualClock();
  const sink = new RecordingConsoleSink();
  const source = createAlsaSource('hw:XUSB', { clock, arecord: join(folder, 'none') });
  source.start(sink);
  await hasFailed(sink);
  await source.close();
  expect(sink.failures[0]).toMatch(
    /arecord could not be started \(ENOENT\)\. Install alsa-utils\./,
  );
});
