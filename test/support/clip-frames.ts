// Which frames of a clip came: a picture's slices tell, byte for byte, whatever was added to it or left out.

import type { CameraClip, VideoEncoding } from './scripted-camera/clip.ts';

interface FrameUnits {
  readonly units: readonly Uint8Array[];
}

/** Index of each frame in the clip's video; -1 for one that is none of it, or not whole. */
export function indexesIn(clip: CameraClip, frames: readonly FrameUnits[]): number[] {
  const [video] = clip.tracks;
  if (video?.kind !== 'video') throw new Error('the clip has no video');
  const known = new Map(
    video.frames.map((frame, index) => [pictureOf(frame, video.encoding), index]),
  );
  return frames.map((frame) => known.get(pictureOf(frame, video.encoding)) ?? -1);
}

/** How often a frame is not the one that follows the frame before it in the clip, which is repeated. */
export function breaksIn(clip: CameraClip, frames: readonly FrameUnits[]): number {
  const count = clip.tracks[0]!.frames.length;
  const indexes = indexesIn(clip, frames);
  return indexes.filter((index, at) => {
    const before = indexes[at - 1];
    return index < 0 || (before !== undefined && index !== (before + 1) % count);
  }).length;
}

export function isParameterSet(unit: Uint8Array, encoding: VideoEncoding): boolean {
  const type = typeOf(unit, encoding);
  return encoding === 'H264' ? type === 7 || type === 8 : type >= 32 && type <= 34;
}

export function isKeySlice(unit: Uint8Array, encoding: VideoEncoding): boolean {
  const type = typeOf(unit, encoding);
  return encoding === 'H264' ? type === 5 : type >= 16 && type <= 23;
}

function pictureOf({ units }: FrameUnits, encoding: VideoEncoding): string {
  return Buffer.concat(units.filter((unit) => isSlice(unit, encoding))).toString('latin1');
}

function isSlice(unit: Uint8Array, encoding: VideoEncoding): boolean {
  const type = typeOf(unit, encoding);
  return encoding === 'H264' ? type >= 1 && type <= 5 : type < 32;
}

function typeOf(unit: Uint8Array, encoding: VideoEncoding): number {
  const first = unit[0] ?? 0;
  return encoding === 'H264' ? first & 0x1f : (first >> 1) & 0x3f;
}
