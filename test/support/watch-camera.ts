// Watching a scripted camera as a browser does, and what must be true of what comes.

import { expect } from 'vitest';
import { timestampDistance } from '#media/rtp/distance.ts';
import { payloadStart } from '#media/rtp/header.ts';
import { openCameraStream } from './camera-stream.ts';
import { breaksIn } from './clip-frames.ts';

const TICKS_PER_MS = 90;

type Gate = Awaited<ReturnType<typeof openCameraStream>>;
type Viewer = Awaited<ReturnType<Gate['join']>>;

export async function watch(
  options: Parameters<typeof openCameraStream>[0] = {},
  durationMs = 4_000,
) {
  const gate = await openCameraStream(options);
  await gate.live();
  const viewer = await gate.join();
  await gate.play(durationMs);
  return { gate, viewer };
}

/** Every frame of the camera's, in its order, whole. */
export function expectAllFrames(gate: Gate, viewer: Viewer, atLeast = 90): void {
  const frames = viewer.frames();
  expect(frames.length).toBeGreaterThanOrEqual(atLeast);
  expect(breaksIn(gate.clip, frames)).toBe(0);
  expectOneRun(viewer);
}

/** Numbers without a hole, and time that only goes forward. */
export function expectOneRun(viewer: Viewer): void {
  const packets = viewer.packets('video');
  const steps = packets.slice(1).map(({ sequence }, at) => sequence - packets[at]!.sequence);
  expect(steps.filter((step) => step !== 1)).toEqual([]);
  expect(Math.min(...ticksBetween(viewer))).toBeGreaterThan(0);
}

/** From frame to frame. */
export function ticksBetween(viewer: Viewer): number[] {
  const frames = viewer.frames();
  return frames
    .slice(1)
    .map(({ timestamp }, at) => timestampDistance(frames[at]!.timestamp, timestamp));
}

/** How long the picture runs by its timestamps. */
export function shownMs(viewer: Viewer): number {
  return ticksBetween(viewer).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_MS;
}

export function payloadOf(packet: Uint8Array): Uint8Array {
  return packet.subarray(payloadStart(packet));
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
