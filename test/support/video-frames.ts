// Small real videos as RTP packets, made by ffmpeg, and ffmpeg's judgement of H.264.

import type { ConversionPacket } from '#core/ports/converter.ts';
import { splitAnnexB } from '#media/h264/annex-b.ts';
import { rtpPacket } from './rtp-packets.ts';
import { runFfmpeg } from './sound-clips.ts';

interface VideoOptions {
  readonly codec: 'H264' | 'H265';
  readonly frames: number;
  readonly size?: string;
  readonly bFrames?: number;
  readonly gopFrames?: number;
}

const FRAMES_PER_SECOND = 25;

/** The NAL units of each frame, in the order of decoding; one slice a frame. */
export function encodeFrames(options: VideoOptions): Uint8Array[][] {
  const { codec, frames, size = '320x180', bFrames = 0, gopFrames = 25 } = options;
  const rate = FRAMES_PER_SECOND;
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}`, '-frames:v', `${frames}`];
  const encoder =
    codec === 'H264'
      ? [
          ...['-c:v', 'libx264', '-bf', `${bFrames}`, '-b_strategy', '0', '-b-pyramid', 'none'],
          ...['-g', `${gopFrames}`, '-f', 'h264'],
        ]
      : [
          ...['-c:v', 'libx265', '-x265-params'],
          `bframes=${bFrames}:keyint=${gopFrames}:repeat-headers=1:log-level=none:pools=1`,
          ...['-f', 'hevc'],
        ];
  const bytes = runFfmpeg([
    ...source,
    '-pix_fmt',
    'yuv420p',
    '-preset',
    'veryfast',
    ...encoder,
    '-',
  ]);
  return group(splitAnnexB(bytes), codec);
}

/** One packet for each unit, however large. */
export function packetsOf(
  units: readonly Uint8Array[],
  time: { timestamp: number; capturedAtMs: number },
): ConversionPacket[] {
  return units.map((unit, index) => ({
    packet: rtpPacket(unit, { sequence: index, timestamp: 0 }),
    marker: index === units.length - 1,
    ...time,
  }));
}

/** How many frames ffmpeg decodes of an H.264 byte stream, and the size of the first. */
export function decodeFrames(stream: Uint8Array): { frames: number; size: string } {
  const text = new TextDecoder().decode(
    runFfmpeg(['-f', 'h264', '-i', '-', '-f', 'framecrc', '-'], stream),
  );
  const [, size = ''] = /#dimensions 0: (\S+)/.exec(text) ?? [];
  return { frames: text.split('\n').filter((line) => /^0,/.test(line)).length, size };
}

function group(units: readonly Uint8Array[], codec: 'H264' | 'H265'): Uint8Array[][] {
  const frames: Uint8Array[][] = [];
  let frame: Uint8Array[] = [];
  for (const unit of units) {
    frame.push(unit);
    const [first = 0] = unit;
    const isSlice = codec === 'H264' ? (first & 31) >= 1 && (first & 31) <= 5 : first >> 1 < 32;
    if (!isSlice) continue;
    frames.push(frame);
    frame = [];
  }
  return frames;
}
