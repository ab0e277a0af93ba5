// Whether decoded frames are those of a clip, one after the other, by the digests of their pixels.

import { execFile } from 'node:child_process';
import type { CameraClip } from '../../support/scripted-camera/clip.ts';

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** A digest of each frame, and no frame made up or left out to keep a rate. */
export const DIGESTS = ['-fps_mode', 'passthrough', '-flush_packets', '1', '-f', 'framemd5', '-'];
/** Of every clip in the matrix; each one begins with a key frame. */
export const GOP_FRAMES = 15;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** The digests of a clip's picture, in order. */
export async function digestClip({ tracks }: CameraClip): Promise<string[]> {
  const [video] = tracks;
  if (video?.kind !== 'video') throw new Error('the clip has no picture');
  return digestUnits(
    video.encoding,
    video.frames.flatMap(({ units }) => units),
  );
}

/** Decodes NAL units, given without start codes. */
export async function digestUnits(
  codec: 'H264' | 'H265',
  units: readonly Uint8Array[],
): Promise<string[]> {
  const format = codec === 'H264' ? 'h264' : 'hevc';
  const words = ['-v', 'error', '-f', format, '-i', 'pipe:0', '-threads', '1', ...DIGESTS];
  const bytes = Buffer.concat(units.flatMap((unit) => [START_CODE, unit]));
  const output = await new Promise<string>((resolve, reject) => {
    const options = { maxBuffer: MAX_OUTPUT_BYTES };
    const child = execFile('ffmpeg', words, options, (error, stdout, stderr) => {
      if (error || stderr)
        reject(new Error(`ffmpeg could not decode: ${stderr || error?.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(bytes);
  });
  return readDigests(output, 0);
}

/** Of `stream, dts, pts, duration, size, digest`, the digests of one stream. */
export function readDigests(output: string, stream: number): string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${stream},`))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/**
 * What is wrong with frames that should be a stretch of `loop`, repeated for ever. Whoever joins just
 * before a key frame may be sent that one instead of the rest of the group before it.
 */
export function findStrangers(frames: readonly string[], loop: readonly string[]): string[] {
  const at = frames.map((frame) => loop.indexOf(frame));
  const wrong = at.findIndex((place, count) => {
    const before = at[count - 1];
    if (before === undefined || place < 0) return place % GOP_FRAMES !== 0;
    const skips = count < GOP_FRAMES && place % GOP_FRAMES === 0;
    return place !== (before + 1) % loop.length && !skips;
  });
  if (wrong < 0) return [];
  return [`frame ${wrong} of ${frames.length} is the clip's ${at[wrong]}, after ${at[wrong - 1]}`];
}
