// What ffmpeg is fed with.

import { describe, expect, test } from 'vitest';
import { packetsOf } from '../../../test/support/video-frames.ts';
import { FrameFeed } from './frame-feed.ts';
import { readMark } from './frame-mark.ts';

const SPS = Uint8Array.of(0x67, 1);
const PPS = Uint8Array.of(0x68, 2);
const SEI = Uint8Array.of(0x06, 3);
const DELIMITER = Uint8Array.of(0x09, 0xf0);
const KEY = Uint8Array.of(0x65, 4);
const DELTA = Uint8Array.of(0x41, 5);
const START = Buffer.from([0, 0, 0, 1]);

function open(parameterSets: readonly Uint8Array[] = []) {
  const feed = new FrameFeed({ kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets });
  const push = (...units: Uint8Array[]): number[] | undefined => {
    const packets = packetsOf(units, { timestamp: 99, capturedAtMs: 7 });
    const [frame] = packets.map((packet) => feed.push(packet)).filter((bytes) => bytes);
    return frame && firstBytes(frame);
  };
  return { feed, push };
}

/** The first byte of each unit of a byte stream. */
function firstBytes(stream: Buffer): number[] {
  const bytes: number[] = [];
  for (let at = stream.indexOf(START); at >= 0; at = stream.indexOf(START, at + 4)) {
    bytes.push(stream[at + 4]!);
  }
  return bytes;
}

describe('FrameFeed', () => {
  test('puts the mark before the first slice and the delimiter behind the last', () => {
    const { feed } = open();
    const [, , , frame] = packetsOf([SPS, PPS, KEY, KEY], {
      timestamp: 99,
      capturedAtMs: 7,
    }).map((packet) => feed.push(packet));
    expect(firstBytes(frame!)).toEqual([0x67, 0x68, 0x06, 0x65, 0x65, 0x09]);
    expect(readMark(frame!)).toEqual({ timestamp: 99, capturedAtMs: 7 });
  });

  test("leaves out the camera's own messages and delimiters", () => {
    expect(open().push(DELIMITER, SEI, KEY)).toEqual([0x06, 0x65, 0x09]);
  });

  test('begins with a key frame, and with the sets that are known', () => {
    const { push, feed } = open([SPS, PPS]);
    expect(push(DELTA)).toBeUndefined();
    expect(push(KEY)).toEqual([0x67, 0x68, 0x06, 0x65, 0x09]);
    expect(push(DELTA)).toEqual([0x06, 0x41, 0x09]);
    expect(feed.skipped).toBe(1);
  });

  test('goes on with a key frame after a frame that was not taken', () => {
    const { push, feed } = open();
    push(KEY);
    feed.skipToKeyFrame();
    expect(push(DELTA)).toBeUndefined();
    expect(push(KEY)).toEqual([0x06, 0x65, 0x09]);
  });

  test('leaves out a damaged frame, and those that need it', () => {
    const { push, feed } = open();
    const fragmentWithoutItsStart = Uint8Array.of(0x7c, 0x45, 1);
    push(KEY);
    expect(push(DELTA, fragmentWithoutItsStart)).toBeUndefined();
    expect(push(DELTA)).toBeUndefined();
    expect(push(KEY)).toBeDefined();
    expect(feed.skipped).toBe(2);
  });

  test('makes nothing of a frame without a slice', () => {
    const { push } = open();
    push(KEY);
    expect(push(SPS, PPS)).toBeUndefined();
  });

  test('makes nothing of a packet without payload', () => {
    const { feed } = open();
    const packet = { packet: new Uint8Array(12), marker: true, timestamp: 0, capturedAtMs: 0 };
    expect(feed.push(packet)).toBeUndefined();
  });
});
