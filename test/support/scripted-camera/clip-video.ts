// Reads the video of a clip: a byte stream, cut by the table that ffmpeg's framecrc writes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitAnnexB } from '#media/h264/annex-b.ts';
import type { ClipFrame, VideoClip, VideoEncoding } from './clip.ts';

const CLOCK_RATE = 90_000;

export async function readVideoClip(
  folder: string,
  encoding: VideoEncoding,
  framesPerSecond: number,
): Promise<VideoClip> {
  const [bytes, table] = await Promise.all([
    readFile(join(folder, 'video.bin')),
    readFile(join(folder, 'video.txt'), 'utf8'),
  ]);
  const frameMs = 1000 / framesPerSecond;
  let at = 0;
  const frames = readTable(table).map(({ shown, sizeBytes, isKey }, index): ClipFrame => {
    const units = splitAnnexB(bytes.subarray(at, at + sizeBytes));
    at += sizeBytes;
    const ticks = (shown * CLOCK_RATE) / framesPerSecond;
    return { dueMs: index * frameMs, ticks, isKey, units };
  });
  return {
    kind: 'video',
    encoding,
    clockRate: CLOCK_RATE,
    parameterSets: frames[0]?.units.filter((unit) => isParameterSet(encoding, unit)) ?? [],
    frames,
    durationMs: frames.length * frameMs,
  };
}

/** VPS, SPS or PPS. */
export function isParameterSet(encoding: VideoEncoding, unit: Uint8Array): boolean {
  const first = unit[0] ?? 0;
  if (encoding === 'H264') return (first & 0x1f) === 7 || (first & 0x1f) === 8;
  const type = (first >> 1) & 0x3f;
  return type >= 32 && type <= 34;
}

/** `stream, dts, pts, duration, size, crc[, F=flags]`: flags stand there unless it is a key frame. */
function readTable(table: string): { shown: number; sizeBytes: number; isKey: boolean }[] {
  return table
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const fields = line.split(',').map((field) => field.trim());
      const isKey = !fields.some((field) => field.startsWith('F='));
      return { shown: Number(fields[2]), sizeBytes: Number(fields[4]), isKey };
    });
}
