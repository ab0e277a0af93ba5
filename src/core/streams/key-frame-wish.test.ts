// Asking for key frames: when, how often, and until what comes.

import { describe, expect, test } from 'vitest';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { KeyFrameWish } from './key-frame-wish.ts';

const PACKETS = {
  H264: {
    key: rtpPacket(Uint8Array.of(0x65, 0x88, 0x80), { sequence: 1, timestamp: 1 }),
    other: rtpPacket(Uint8Array.of(0x41, 0x88, 0x80), { sequence: 1, timestamp: 1 }),
  },
  H265: {
    key: rtpPacket(Uint8Array.of(19 << 1, 1, 0x80), { sequence: 1, timestamp: 1 }),
    other: rtpPacket(Uint8Array.of(1 << 1, 1, 0x80), { sequence: 1, timestamp: 1 }),
  },
};

/** Nothing but padding, as browsers probe a path. */
function padding(): Uint8Array {
  const packet = rtpPacket(Uint8Array.of(0, 0, 3), { sequence: 1, timestamp: 1 });
  packet[0] = 0xa0;
  return packet;
}

describe.each(['H264', 'H265'] as const)('KeyFrameWish for %s', (codec) => {
  const { key, other } = PACKETS[codec];

  test('asks for nothing before the first packet, nor when that begins a key frame', () => {
    const keyFrames = new KeyFrameWish(codec);
    expect(keyFrames.takeDue(10_000)).toBe(false);
    keyFrames.see(key, 10_000);
    expect(keyFrames.takeDue(20_000)).toBe(false);
  });

  test('waits 500 ms for the first one, and asks again every 500 ms until it comes', () => {
    const keyFrames = new KeyFrameWish(codec);
    keyFrames.see(other, 0);
    expect([499, 500, 501, 999, 1_000].map((ms) => keyFrames.takeDue(ms))).toEqual([
      ...[false, true, false, false, true],
    ]);
    keyFrames.see(padding(), 1_100);
    keyFrames.see(key, 1_200);
    expect(keyFrames.takeDue(2_000)).toBe(false);
  });

  test('asks at once for another one', () => {
    const keyFrames = new KeyFrameWish(codec);
    keyFrames.see(key, 0);
    keyFrames.wish();
    expect(keyFrames.takeDue(10)).toBe(true);
    keyFrames.see(other, 20);
    expect(keyFrames.takeDue(509)).toBe(false);
    expect(keyFrames.takeDue(510)).toBe(true);
  });
});
