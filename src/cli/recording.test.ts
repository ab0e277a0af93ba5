// WAV files of what was heard, and the mix.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlayerFormat } from '#client/listening/player.ts';
import { readWavHeader } from '#media/wav/wav-reader.ts';
import { Recording } from './recording.ts';
import { mixToStereo } from './stereo-mix.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yeoul-recording-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const PCM: PlayerFormat = { codec: 'pcm', clockRate: 44_100, channels: [1, 2] };
const planes = [new Float32Array(100).fill(0.5), new Float32Array(100).fill(-0.25)];

function read(path: string) {
  const bytes = readFileSync(path);
  return { ...readWavHeader(bytes, bytes.length), bytes };
}

test('Each channel is a channel of the file, silence included, from the first sound on', async () => {
  const path = join(folder, 'a.wav');
  const recording = new Recording({ path, mix: false });
  recording.silence(1_000);
  recording.play(PCM, planes);
  recording.silence(10_000);
  recording.play(PCM, planes);
  await recording.close();
  await recording.close();
  expect(recording.paths).toEqual([path]);
  const { bytes, ...header } = read(path);
  expect(header).toMatchObject({ format: 'S16_LE', channels: 2, sampleRate: 44_100 });
  expect(header.dataBytes).toBe(10_200 * 4);
  const frame = (at: number) =>
    [0, 2].map((byte) => bytes.readInt16LE(header.dataStart + 4 * at + byte));
  expect([frame(0), frame(99), frame(100), frame(10_099), frame(10_100)]).toEqual([
    ...[
      [16_384, -8_192],
      [16_384, -8_192],
      [0, 0],
      [0, 0],
      [16_384, -8_192],
    ],
  ]);
});

test('Another rate, codec or other channels begin another file', async () => {
  const recording = new Recording({ path: join(folder, 'a.b.wav'), mix: false });
  recording.play(PCM, planes);
  recording.play({ ...PCM, clockRate: 48_000 }, planes);
  recording.play({ ...PCM, codec: 'opus', clockRate: 48_000 }, planes);
  recording.play({ ...PCM, codec: 'opus', clockRate: 48_000, channels: [2, 1] }, planes);
  await recording.close();
  expect(readdirSync(folder).toSorted()).toEqual([
    'a.b-2.wav',
    'a.b-3.wav',
    'a.b-4.wav',
    'a.b.wav',
  ]);
  expect(recording.paths.map((path) => read(path).sampleRate)).toEqual([
    ...[44_100, 48_000, 48_000, 48_000],
  ]);
  expect(read(recording.paths[2] ?? '').format).toBe('S24_3LE');
});

test('A name without a suffix gets its number at its end', async () => {
  const recording = new Recording({ path: join(folder, '.hidden'), mix: true });
  recording.play(PCM, planes);
  recording.play({ ...PCM, clockRate: 48_000 }, planes);
  await recording.close();
  expect(readdirSync(folder).toSorted()).toEqual(['.hidden', '.hidden-2']);
  expect(read(recording.paths[0] ?? '')).toMatchObject({ channels: 2, dataBytes: 600 });
});

test('A file that cannot be written is told, and so is a second try', async () => {
  const recording = new Recording({ path: join(folder, 'missing', 'a.wav'), mix: false });
  recording.play(PCM, planes);
  await recording.close();
  expect(recording.failure?.message).toContain('ENOENT');
});

test('The mix has the first channel left, the last one right, and a lone one in the middle', () => {
  const [left, right] = mixToStereo([Float32Array.of(1, 0, 0), Float32Array.of(0, 0, 1)]);
  expect([...left]).toEqual([expect.closeTo(Math.SQRT1_2), 0, expect.closeTo(0)]);
  expect([...right]).toEqual([0, 0, expect.closeTo(Math.SQRT1_2)]);
  const [middle, same] = mixToStereo([Float32Array.of(1)]);
  expect([middle[0], same[0]]).toEqual([
    expect.closeTo(Math.SQRT1_2),
    expect.closeTo(Math.SQRT1_2),
  ]);
  expect(mixToStereo([])[0]).toHaveLength(0);
});
