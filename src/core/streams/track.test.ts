// A track: key frames, parameter sets, damage, counters.

import { expect, test } from 'vitest';
import { formatStapA, inspectH264 } from '#media/h264/payload.ts';
import {
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';
import { PPS, rtpPacket, SPS, VideoSender } from '../../../test/support/rtp-packets.ts';
import { Track } from './track.ts';
import type { AudioFormat, VideoFormat } from './track-format.ts';

const video: VideoFormat = { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] };
const audio: AudioFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };

const KEY_SLICE = STARTS_KEY_FRAME | STARTS_PICTURE | HAS_SLICE;

function writeAll(track: Track, packets: readonly Uint8Array[], capturedAtMs = 0): void {
  for (const packet of packets) track.write(packet, capturedAtMs);
}

function flagsFrom(track: Track, index: number): number[] {
  const flags: number[] = [];
  for (let at = index; at < track.ring.next; at++) {
    const packet = track.ring.packet(at)!;
    flags.push(inspectH264(packet, 12, packet.length));
  }
  return flags;
}

test('Track keeps nothing before the first key frame', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.deltaFrame(3));
  expect(track.ring.next).toBe(0);
  expect(track.gopStart).toBeUndefined();
  expect(track.counters.dropped).toBe(3);
});

test('Track begins the group of pictures at the parameter sets of the key frame', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.keyFrame(2));
  writeAll(track, camera.deltaFrame());
  writeAll(track, camera.keyFrame());
  const start = track.gopStart!;
  expect(flagsFrom(track, start)).toEqual([HAS_PARAMETER_SETS, KEY_SLICE]);
  expect(track.counters.keyFrames).toBe(2);
  expect(track.gopFrames).toBe(2);
});

test('Track sends parameter sets once, whatever packets the camera sends them in', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(
    track,
    camera.frame([SPS, SPS, PPS, formatStapA([SPS, PPS]), Uint8Array.of(0x65, 0x80)]),
  );
  expect(flagsFrom(track, 0)).toEqual([HAS_PARAMETER_SETS, KEY_SLICE]);
  expect(track.counters.dropped).toBe(0);
});

test('Track puts parameter sets before a key frame that comes without, at the same timestamp', () => {
  const track = new Track({ ...video, parameterSets: [SPS, PPS] });
  const camera = new VideoSender();
  writeAll(track, camera.bareKeyFrame());
  const start = track.gopStart!;
  expect(flagsFrom(track, start)).toEqual([HAS_PARAMETER_SETS, KEY_SLICE]);
  expect(track.ring.packet(start)!.subarray(12)).toEqual(formatStapA([SPS, PPS]));
  expect(track.ring.timestamp(start)).toBe(track.ring.timestamp(start + 1));
  expect([track.ring.marker(start), track.ring.marker(start + 1)]).toEqual([false, true]);
});

test('Track uses the sets it learnt in-band when a later key frame lacks them', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.keyFrame());
  writeAll(track, camera.bareKeyFrame());
  expect(flagsFrom(track, track.gopStart!)).toEqual([HAS_PARAMETER_SETS, KEY_SLICE]);
});

test('Track waits when nobody knows the parameter sets of a key frame', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.bareKeyFrame());
  expect(track.gopStart).toBeUndefined();
  expect(track.ring.next).toBe(0);
});

test('Track passes nothing on between a lost packet and the next key frame', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.keyFrame());
  const kept = track.ring.next;
  camera.deltaFrame();
  writeAll(track, camera.deltaFrame(2));
  expect(track.ring.next).toBe(kept);
  expect(track.lost).toBe(1);
  expect(track.counters.dropped).toBe(2);
  writeAll(track, camera.keyFrame());
  expect(track.gopStart).toBeGreaterThanOrEqual(kept);
  expect(flagsFrom(track, track.gopStart!).at(-1)).toBe(KEY_SLICE);
});

test('Track does not offer a key frame of which a packet is missing', () => {
  const track = new Track(video);
  const [sps, pps, slice, , last] = new VideoSender().keyFrame(3);
  writeAll(track, [sps!, pps!, slice!, last!]);
  expect(track.gopStart).toBeUndefined();
});

test('Track counts malformed packets and lets them do no harm', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  track.write(Uint8Array.of(1, 2, 3), 0);
  writeAll(track, camera.keyFrame());
  writeAll(track, camera.frame([Uint8Array.of(0x1d, 0)]));
  expect(track.counters.malformed).toBe(2);
  expect(track.counters.packets).toBe(4);
});

test('Track drops a packet that comes late', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  const key = camera.keyFrame();
  writeAll(track, [...key, key[1]!]);
  expect(track.counters.dropped).toBe(1);
  expect(track.lost).toBe(0);
});

test('Track lets timestamps run on by the elapsed time when its sender starts anew', () => {
  const track = new Track(video);
  writeAll(track, new VideoSender({ ssrc: 1, timestamp: 1000 }).keyFrame(), 0);
  const before = track.timestamp;
  writeAll(track, new VideoSender({ ssrc: 2, timestamp: 777_777 }).keyFrame(), 2000);
  expect((track.timestamp - before) >>> 0).toBe(2 * 90_000);
});

test('Track drops the cached key frame when another sender breaks into it', () => {
  const track = new Track(video);
  const half = new VideoSender({ ssrc: 1 }).keyFrame(3).slice(0, 3);
  writeAll(track, half);
  expect(track.gopStart).toBeDefined();
  writeAll(track, new VideoSender({ ssrc: 2 }).deltaFrame());
  expect(track.gopStart).toBeUndefined();
  expect(track.counters.dropped).toBe(1);
});

test('Track passes nothing on between a malformed packet and the next key frame', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.keyFrame());
  writeAll(track, camera.frame([Uint8Array.of(0x1d, 0)]));
  const kept = track.ring.next;
  writeAll(track, camera.deltaFrame());
  expect(track.ring.next).toBe(kept);
});

test('Track counts complete frames only', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  for (let frame = 0; frame < 5; frame++) writeAll(track, camera.deltaFrame());
  expect(track.counters.frames).toBe(0);
  writeAll(track, camera.keyFrame(3));
  writeAll(track, camera.deltaFrame(3).slice(0, 2));
  expect(track.counters.frames).toBe(1);
});

test('Track counts a sound frame for each timestamp and does not wait for key frames', () => {
  const track = new Track(audio);
  for (let at = 0; at < 3; at++) {
    track.write(rtpPacket(Uint8Array.of(0xfc), { sequence: at * 2, timestamp: at * 960 }), at * 20);
  }
  expect(track.counters.frames).toBe(3);
  expect(track.lost).toBe(2);
  expect(track.ring.next).toBe(3);
});

test('Track tells bits and frames per second from what came in between', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  track.sample(0);
  for (let frame = 0; frame < 30; frame++) writeAll(track, camera.keyFrame());
  track.sample(1000);
  expect(track.frameRate.rate).toBe(30);
  expect(track.bitrate.rate).toBe(track.counters.bytes * 8);
});

test('Track leaves the marker where the camera set it', () => {
  const track = new Track(video);
  writeAll(track, new VideoSender().keyFrame(2));
  expect([0, 1, 2].map((index) => track.ring.marker(index))).toEqual([false, false, true]);
});

test('Track does not open a group of pictures on the later slice of a key frame whose start is lost', () => {
  const track = new Track({ ...video, parameterSets: [SPS, PPS] });
  const camera = new VideoSender();
  const [, second] = camera.frame([Uint8Array.of(0x65, 0x80), Uint8Array.of(0x65, 0x40)]);
  writeAll(track, [second!]);
  expect(track.gopStart).toBeUndefined();
  expect(track.counters).toMatchObject({ keyFrames: 0, dropped: 1 });
});

test('Track goes on with another source whose numbers begin where those of the last one did', () => {
  const track = new Track(video);
  writeAll(track, new VideoSender().keyFrame());
  track.adopt(video);
  writeAll(track, new VideoSender().keyFrame());
  expect(track.counters).toMatchObject({ keyFrames: 2, frames: 2 });
  expect(track.lost).toBe(0);
});

test('Track keeps no more of a group of pictures that outgrew the ring than retransmission needs', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  writeAll(track, camera.keyFrame());
  const slice = new Uint8Array(1188).fill(0x41);
  for (let at = 0; at < 15_000; at++) writeAll(track, camera.frame([slice]));
  expect(track.gopStart).toBeUndefined();
  expect(track.ring.sizeBytes).toBeLessThan(1_000_000);
});

test('Track sees B-frames by their slices, whatever the parameter sets say', () => {
  const track = new Track(video);
  const camera = new VideoSender();
  // First slice, slice type 0: P; slice type 1: B (H.264 §7.4.3).
  const [pSlice, bSlice] = [Uint8Array.of(0x41, 0xc0, 0), Uint8Array.of(0x01, 0xa0, 0)];
  writeAll(track, [...camera.keyFrame(), ...camera.frame([pSlice])]);
  expect(track.reorders).toBe(false);
  writeAll(track, camera.frame([bSlice]));
  expect(track.reorders).toBe(true);
});
