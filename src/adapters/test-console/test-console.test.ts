// Sources without a card: what they say of themselves, files in a loop to the sample, and files that are none.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatWavHeader, formatWavSamples } from '#media/wav/wav-writer.ts';
import { RecordingConsoleSink } from '../../../test/support/recording-console-sink.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { createTestConsole } from './test-console.ts';

type Wav = Parameters<typeof formatWavHeader>[0];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-console-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(source: string) {
  const clock = new VirtualClock();
  const sink = new RecordingConsoleSink();
  const console = createTestConsole(source, { clock });
  console.start(sink);
  return { clock, sink, console };
}

/** Exact in 16 bits; another for each frame and channel. */
function sampleOf(frame: number, channel: number): number {
  return ((Math.imul(frame * 32 + channel + 1, 0x9e3779b1) >>> 16) - 32_768) / 32_768;
}

function writeWav(name: string, { frames, ...wav }: Wav & { frames: number }): string {
  const planes = Array.from({ length: wav.channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (__, frame) => sampleOf(frame, channel)),
  );
  const samples = formatWavSamples(planes, { format: wav.format, frames });
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([formatWavHeader(wav, samples.length), samples]));
  return path;
}

async function openFile(path: string) {
  const opened = open(`file:${path}`);
  await until(() => opened.sink.calls.length > 0, { what: 'the file' });
  return opened;
}

/** Plays on; where the disk is slower than virtual time, waits for it. */
async function play(frames: number, { clock, sink }: ReturnType<typeof open>): Promise<void> {
  while (sink.frames < frames) {
    clock.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('A test console', () => {
  test('test: is silence on 32 channels', async () => {
    const { clock, sink, console } = open('test:');
    clock.advance(100);
    await console.close();
    clock.advance(100);
    expect(sink.formats).toEqual([
      { sampleRate: 48_000, channels: 32, name: 'silence', remark: null },
    ]);
    expect(sink.frames).toBe(4_800);
    expect(sink.blocks.every(({ planes }) => planes.length === 32)).toBe(true);
    expect(sink.samples(31).every((sample) => sample === 0)).toBe(true);
  });

  test('tones: is heard', async () => {
    const { clock, sink, console } = open('tones:');
    clock.advance(100);
    await console.close();
    expect(sink.formats[0]).toMatchObject({ channels: 32, name: 'tones' });
    expect(sink.samples(0).some((sample) => sample !== 0)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('knows no other source', () => {
    expect(() => createTestConsole('hw:XUSB', { clock: new VirtualClock() })).toThrow(/invariant/);
  });
});

describe('A file', () => {
  test.each<[string, Wav & { frames: number }]>([
    ['of 16 bits', { format: 'S16_LE', channels: 32, sampleRate: 48_000, frames: 1_000 }],
    ['of 24 bits', { format: 'S24_3LE', channels: 3, sampleRate: 44_100, frames: 700 }],
    ['of floats', { format: 'FLOAT_LE', channels: 1, sampleRate: 48_000, frames: 241 }],
    ['of one frame', { format: 'S16_LE', channels: 2, sampleRate: 48_000, frames: 1 }],
    // Longer than both halves of what is read ahead.
    ['that is long', { format: 'FLOAT_LE', channels: 32, sampleRate: 48_000, frames: 20_001 }],
  ])('%s is played in a loop without a gap', async (name, wav) => {
    const opened = await openFile(writeWav(name, wav));
    const { sink, console } = opened;
    await play(2.5 * wav.frames + 2_000, opened);
    await console.close();
    const { format, channels, sampleRate, frames } = wav;
    expect(sink.formats).toEqual([{ sampleRate, channels, name: format, remark: null }]);
    for (let channel = 0; channel < channels; channel++) {
      const heard = sink.samples(channel);
      expect(heard).toEqual(heard.map((_, at) => sampleOf(at % frames, channel)));
    }
  });

  test('that is not there is said, and played when it is', async () => {
    const path = join(folder, 'later.wav');
    const { clock, sink, console } = await openFile(path);
    expect(sink.failures).toEqual([
      `Cannot play "${path}": there is no such file. Trying again in 5 s.`,
    ]);
    writeWav('later.wav', { format: 'S16_LE', channels: 1, sampleRate: 48_000, frames: 100 });
    clock.advance(5_000);
    await until(() => sink.formats.length > 0, { what: 'the file' });
    clock.advance(5);
    await console.close();
    expect(sink.blocks[0]?.firstFrame).toBe(5_000 * 48);
  });

  test.each<[string, Buffer, RegExp]>([
    ['is none', Buffer.from('This is text, and not short at all.'), /is no WAV file .*\. Trying/],
    [
      'has another rate',
      Buffer.concat([
        formatWavHeader({ format: 'S16_LE', channels: 1, sampleRate: 96_000 }, 4),
        Buffer.alloc(4),
      ]),
      /it has 96000 Hz, and a console 48000 or 44100: convert it/,
    ],
    [
      'has more channels than a console',
      Buffer.concat([
        formatWavHeader({ format: 'S16_LE', channels: 33, sampleRate: 48_000 }, 66),
        Buffer.alloc(66),
      ]),
      /it has 33 channels, and a console 32/,
    ],
  ])('that %s is refused with the reason', async (name, bytes, reason) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const { sink, console } = await openFile(path);
    await console.close();
    expect(sink.failures).toEqual([expect.stringMatching(reason)]);
    expect(sink.blocks).toEqual([]);
  });

  test('that is a folder is refused', async () => {
    const { sink, console } = await openFile(folder);
    await console.close();
    expect(sink.failures[0]).toMatch(/it is not a file\. Trying/);
  });

  test('that becomes shorter while it is played is said, and tried again', async () => {
    const wav: Wav = { format: 'FLOAT_LE', channels: 32, sampleRate: 48_000 };
    const path = writeWav('shrinking', { ...wav, frames: 40_000 });
    const opened = await openFile(path);
    const { clock, sink, console } = opened;
    truncateSync(path, 1_000);
    while (sink.failures.length === 0) await play(sink.frames + 1, opened);
    expect(sink.failures[0]).toMatch(/it has become shorter while it was played\. Trying/);
    expect(clock.pendingTimers).toBe(1);
    await console.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test('that is closed while it is opened says nothing', async () => {
    const path = writeWav('closed', {
      format: 'S16_LE',
      channels: 1,
      sampleRate: 48_000,
      frames: 9,
    });
    const { clock, sink, console } = open(`file:${path}`);
    await Promise.all([console.close(), console.close()]);
    clock.advance(10_000);
    expect(sink.calls).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
