// ffmpeg as it is, reading a stream by RTSP.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DIGESTS, findStrangers, readDigests } from './frame-digests.ts';
import type { Receipt } from './receipt.ts';

const SECONDS = 4;
/** ffmpeg's names of what is in the matrix. */
const NAMES: Readonly<Record<string, string>> = {
  h264: 'H264',
  hevc: 'H265',
  pcm_mulaw: 'PCMU',
  aac: 'AAC',
  opus: 'opus',
};

/** `loop` has the digests of the clip that is expected. */
export async function readByFfmpeg(url: string, loop: readonly string[]): Promise<Receipt> {
  const input = ['-rtsp_transport', 'tcp', '-i', url];
  const words = ['-nostdin', '-hide_banner', '-loglevel', 'level+info', ...input];
  const child = spawn('ffmpeg', [...words, '-t', `${SECONDS}`, '-map', '0', ...DIGESTS]);
  let output = '';
  let log = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    log += text;
  });
  await once(child, 'close');
  const kinds = [...log.matchAll(/Stream #0:(\d+).*: (Video|Audio): (\w+)/g)].slice(0, 2);
  const track = (kind: string) => {
    const [, index, , name = ''] = kinds.find((match) => match[2] === kind) ?? [];
    if (index === undefined) return undefined;
    return { codec: NAMES[name] ?? name, digests: readDigests(output, Number(index)) };
  };
  const video = track('Video');
  const audio = track('Audio');
  return {
    video: video && { codec: video.codec, frames: video.digests.length, lost: 0 },
    audio: audio && {
      codec: audio.codec,
      frames: audio.digests.length,
      lost: 0,
      sounds: new Set(audio.digests).size > 1,
    },
    faults: [
      ...(video ? findStrangers(video.digests, loop) : []),
      ...(log.match(/^.*\[(?:error|fatal)\].*$/gm) ?? []),
    ],
  };
}
