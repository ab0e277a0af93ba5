// A camera's clip in which a flash and a beep coincide each second, with a key frame only every 10 s.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CameraClip, TrackClip } from '../../test/support/scripted-camera/clip.ts';
import { readAudioClip } from '../../test/support/scripted-camera/clip-audio.ts';
import { readVideoClip } from '../../test/support/scripted-camera/clip-video.ts';

const FRAMES_PER_SECOND = 25;
const GOP_SECONDS = 10;
const KBPS = 1_000;
/** Of each second, the first part. */
const FLASH_SECONDS = 0.2;
const run = promisify(execFile);

export async function makeFlashClip(): Promise<CameraClip> {
  const folder = await mkdtemp(join(tmpdir(), 'yeoul-flash-'));
  try {
    await run('ffmpeg', videoArguments(), { cwd: folder });
    await run('ffmpeg', audioArguments(), { cwd: folder });
    const video = await readVideoClip(folder, 'H264', FRAMES_PER_SECOND);
    const audio = await readAudioClip(folder, 'opus');
    return { tracks: [cut(video), cut(audio)] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Both tracks are repeated: with lengths that differ they would drift apart. */
function cut<Track extends TrackClip>(track: Track): Track {
  const durationMs = GOP_SECONDS * 1_000;
  return { ...track, durationMs, frames: track.frames.filter(({ dueMs }) => dueMs < durationMs) };
}

function videoArguments(): string[] {
  const picture = `testsrc2=size=1280x720:rate=${FRAMES_PER_SECOND}`;
  const flash = `drawbox=enable='lt(mod(t,1),${FLASH_SECONDS})':w=iw:h=ih/2:color=white:t=fill`;
  const rate = `${KBPS}k`;
  return [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `${picture},${flash}`],
    ...['-map', '0:v', '-t', `${GOP_SECONDS}`, '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-bf', '0'],
    ...['-g', `${GOP_SECONDS * FRAMES_PER_SECOND}`, '-sc_threshold', '0'],
    ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate],
    // The byte stream, and a table of its frames.
    ...['-f', 'tee', '[f=h264]video.bin|[f=framecrc]video.txt'],
  ];
}

function audioArguments(): string[] {
  const beep = `if(lt(mod(t,1),${FLASH_SECONDS}),0.5*sin(2*PI*1000*t),0)`;
  return [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi'],
    // A frame more than is used, so that the last one is whole.
    ...['-i', `aevalsrc='${beep}':s=48000:d=${GOP_SECONDS + 0.02}`],
    ...['-c:a', 'libopus', '-b:a', '48k', '-f', 'ogg', 'opus-48000.bin'],
  ];
}
