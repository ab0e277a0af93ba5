// Turns drawn frames and samples into H.264 and Opus with the machine's ffmpeg.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import {
  FRAMES_PER_SECOND,
  PICTURE_HEIGHT,
  PICTURE_WIDTH,
} from '../../src/adapters/test-source/picture.ts';

const GOP_FRAMES = 2 * FRAMES_PER_SECOND;
/** A quarter of a second at this rate: keeps key frames below 62 KB, so that they are no burst. */
const VIDEO_RATE = ['-b:v', '2000k', '-maxrate', '2000k', '-bufsize', '500k'];
const COLOURS = [
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
  ...['-color_range', 'tv'],
];
/** One thread gives the same bytes on every machine. */
const X264_PARAMS = [
  'scenecut=0:open-gop=0:repeat-headers=1:aud=0:sliced-threads=0:slices=1:threads=1:force-cfr=1',
];

/** An H.264 byte stream: Constrained Baseline, parameter sets before each key frame, no SEI. */
export function encodeVideo(frames: Iterable<Uint8Array>): Promise<Uint8Array> {
  return runFfmpeg(frames, [
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${PICTURE_WIDTH}x${PICTURE_HEIGHT}`],
    ...['-r', String(FRAMES_PER_SECOND), '-i', '-'],
    ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'veryslow', '-profile:v', 'baseline', '-level', '3.1'],
    ...['-g', String(GOP_FRAMES), '-keyint_min', String(GOP_FRAMES), '-bf', '0', '-refs', '3'],
    ...[...VIDEO_RATE, ...COLOURS, '-x264-params', ...X264_PARAMS],
    ...['-bsf:v', 'filter_units=remove_types=6', '-f', 'h264', '-'],
  ]);
}

/** Ogg Opus in packets of 20 ms, all of the same size, from 48 kHz stereo samples of 16 bits. */
export function encodeSound(samples: Uint8Array): Promise<Uint8Array> {
  return runFfmpeg(
    [samples],
    [
      ...['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', '-'],
      ...['-c:a', 'libopus', '-b:a', '48k', '-vbr', 'off', '-frame_duration', '20'],
      ...['-application', 'audio', '-f', 'ogg', '-'],
    ],
  );
}

async function runFfmpeg(input: Iterable<Uint8Array>, options: string[]): Promise<Uint8Array> {
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = buffer(ffmpeg.stdout);
  const closed = once(ffmpeg, 'close');
  for (const bytes of input) {
    if (!ffmpeg.stdin.write(bytes)) await Promise.race([once(ffmpeg.stdin, 'drain'), closed]);
  }
  ffmpeg.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}; its reason stands above.`);
  return output;
}
