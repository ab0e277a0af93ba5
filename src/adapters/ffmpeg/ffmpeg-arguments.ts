// How ffmpeg is called to transcode video: always these arguments, nothing of them from outside.

/** For up to 1080p with the fastest preset: about what cameras send as H.264. */
const MAX_BITRATE = '4M';
/** Wider pictures are scaled down: encoding 4K in software keeps no pace. */
const MAX_WIDTH = 1920;
/** Frames; 2 s at 25. Where the camera's own groups of pictures are shorter, its key frames count. */
const MAX_GOP_FRAMES = 50;

export function ffmpegArguments(codec: 'H264' | 'H265'): string[] {
  return [
    ...GENERAL,
    ...INPUT,
    '-f',
    codec === 'H265' ? 'hevc' : 'h264',
    '-i',
    'pipe:0',
    ...OUTPUT,
  ];
}

const GENERAL = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/**
 * No waiting: nothing is read ahead to guess what it is. (`nobuffer` would throw away what was read
 * for that, the first key frame.) Threads that share a frame cost no delay, those that take one
 * frame each would.
 */
const INPUT = ['-probesize', '32', '-analyzeduration', '0', '-thread_type', 'slice'];

const OUTPUT = [
  ...['-map', '0:v:0', '-fps_mode', 'passthrough'],
  ...['-vf', `scale=trunc(min(${MAX_WIDTH}\\,iw)/2)*2:-2,format=yuv420p`],
  // What every browser decodes, without B-frames and lookahead.
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  ...['-crf', '23', '-maxrate', MAX_BITRATE, '-bufsize', MAX_BITRATE],
  ...['-g', `${MAX_GOP_FRAMES}`, '-force_key_frames', 'source'],
  // Passes the frames' marks on.
  ...['-udu_sei', '1'],
  ...['-flush_packets', '1', '-f', 'flv', 'pipe:1'],
];
