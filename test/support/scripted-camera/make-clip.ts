// Makes a clip with ffmpeg, once for each set of parameters: the files stay in the folder for
// temporary files, so that the next run reads them only.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CameraClip, VideoEncoding } from './clip.ts';
import { type AudioChoice, audioArguments, readAudioClip } from './clip-audio.ts';
import { readVideoClip } from './clip-video.ts';

export interface ClipRequest {
  /** `none`: a camera that only hears. */
  readonly video: VideoEncoding | 'none';
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly gopFrames: number;
  readonly bitrateKbps: number;
  readonly bFrames: number;
  readonly seconds: number;
  readonly audio: AudioChoice;
}

const DEFAULTS: ClipRequest = {
  video: 'H264',
  width: 320,
  height: 180,
  framesPerSecond: 25,
  gopFrames: 25,
  bitrateKbps: 400,
  bFrames: 0,
  seconds: 4,
  audio: 'none',
};
/** Part of each cached clip's name: to be raised when the arguments below change. */
const RECIPE = 1;
const CACHE = join(tmpdir(), 'yeoul-test-clips');
const run = promisify(execFile);

/** Without arguments: H.264 Main, 320 x 180, 25 frames a second, a key frame each second, no sound. */
export async function makeClip(wanted: Partial<ClipRequest> = {}): Promise<CameraClip> {
  const request = { ...DEFAULTS, ...wanted };
  const folder = await findFolder(request);
  const { video, audio, framesPerSecond } = request;
  return {
    tracks: [
      ...(video === 'none' ? [] : [await readVideoClip(folder, video, framesPerSecond)]),
      ...(audio === 'none' ? [] : [await readAudioClip(folder, audio)]),
    ],
  };
}

async function findFolder(request: ClipRequest): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([RECIPE, request]))
    .digest('hex');
  const folder = join(CACHE, key.slice(0, 24));
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, 'draft-'));
  try {
    for (const args of ffmpegRuns(request)) await run('ffmpeg', args, { cwd: draft });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process may have been faster with the same clip.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function ffmpegRuns(request: ClipRequest): string[][] {
  const { video, audio, seconds } = request;
  return [
    ...(video === 'none' ? [] : [videoArguments(request, video)]),
    ...(audio === 'none' ? [] : [audioArguments(audio, seconds)]),
  ].map((each) => ['-nostdin', '-v', 'error', '-y', ...each]);
}

function videoArguments(request: ClipRequest, encoding: VideoEncoding): string[] {
  const { width, height, framesPerSecond, bitrateKbps, seconds } = request;
  // Two outputs of one encoding: the byte stream, and a table of when each frame of it is shown.
  const tee = `[f=${encoding === 'H264' ? 'h264' : 'hevc'}]video.bin|[f=framecrc]video.txt`;
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${framesPerSecond}`],
    ...['-map', '0:v', '-t', `${seconds}`, '-pix_fmt', 'yuv420p', '-threads', '1'],
    ...['-b:v', `${bitrateKbps}k`, '-maxrate', `${bitrateKbps}k`, '-bufsize', `${bitrateKbps}k`],
    ...(encoding === 'H264' ? h264Arguments(request) : h265Arguments(request)),
    ...['-f', 'tee', tee],
  ];
}

function h264Arguments({ gopFrames, bFrames }: ClipRequest): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main'],
    ...['-g', `${gopFrames}`, '-bf', `${bFrames}`, '-sc_threshold', '0'],
  ];
}

function h265Arguments({ gopFrames, bFrames }: ClipRequest): string[] {
  // Cameras begin each group with an IDR picture: x265 would take CRA.
  const options = `log-level=none:keyint=${gopFrames}:bframes=${bFrames}:scenecut=0:open-gop=0:pools=none:frame-threads=1`;
  return ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', options];
}
