// What one viewer gets: in which order, under which numbers, and again when it asks.

import { expect, test } from 'vitest';
import { inspectH264 } from '#media/h264/payload.ts';
import { sequenceDistance, timestampDistance } from '#media/rtp/distance.ts';
import {
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import {
  expectContinuous,
  MEDIA_SSRC,
  RTX,
  setUpSubscriber as setUp,
} from '../../../test/support/subscriber-set-up.ts';

test('Subscriber that joins in mid-GOP begins with the parameter sets of the cached key frame', () => {
  const { camera, write, join, peer } = setUp();
  write(camera.keyFrame());
  for (let frame = 0; frame < 5; frame++) write(camera.deltaFrame());
  join();
  const flags = peer.sent.slice(0, 2).map(({ bytes }) => inspectH264(bytes, 12, bytes.length));
  expect(flags).toEqual([HAS_PARAMETER_SETS, STARTS_KEY_FRAME | STARTS_PICTURE | HAS_SLICE]);
  expect(peer.sent).toHaveLength(7);
  expectContinuous(peer.sent);
});

test('Subscriber shows the cached frames a millisecond apart and the live ones at their own pace', () => {
  const { camera, write, join, peer } = setUp();
  write(camera.keyFrame());
  write(camera.deltaFrame());
  write(camera.deltaFrame());
  join();
  write(camera.deltaFrame());
  const times = [...new Set(peer.sent.map(({ timestamp }) => timestamp))];
  const steps = times.slice(1).map((time, at) => timestampDistance(times[at]!, time));
  expect(steps).toEqual([90, 90, 3000]);
});

test('Subscriber gets the cache at a bounded pace and the live packets right behind it', () => {
  const { camera, write, join, peer, clock, subscriber } = setUp();
  write(camera.keyFrame(100));
  join();
  expect(peer.sent).toHaveLength(16);
  clock.advance(5);
  expect(peer.sent).toHaveLength(32);
  write(camera.deltaFrame());
  clock.advance(100);
  expect(peer.sent).toHaveLength(102);
  expect(subscriber.backlog).toBe(0);
  expect(clock.pendingTimers).toBe(0);
  write(camera.deltaFrame());
  expect(peer.sent).toHaveLength(103);
  expectContinuous(peer.sent);
});

test('Subscriber that is still catching up skips to a newer key frame', () => {
  const { camera, write, join, peer, clock, subscriber } = setUp();
  write(camera.keyFrame(30));
  for (let frame = 0; frame < 100; frame++) write(camera.deltaFrame(2));
  join();
  write(camera.keyFrame());
  clock.advance(100);
  // 16 packets had been sent; the key frame that they are of is ended, and the 200 deltas skipped.
  expect(peer.sent).toHaveLength(31 + 2);
  expect(subscriber.counters.dropped).toBe(200);
  expectContinuous(peer.sent);
});

test('Subscriber that is behind ends the frame that it has begun before it skips', () => {
  const { camera, write, join, peer, clock } = setUp();
  write(camera.keyFrame(200));
  join();
  write(camera.keyFrame());
  clock.advance(200);
  expect(peer.sent).toHaveLength(201 + 2);
  expect(peer.sent.filter(({ marker }) => marker)).toHaveLength(2);
});

test('Subscriber without a key frame in the cache waits for the next one', () => {
  const { camera, write, join, peer } = setUp();
  join();
  write(camera.deltaFrame());
  expect(peer.sent).toHaveLength(0);
  write(camera.keyFrame());
  expect(peer.sent).toHaveLength(2);
});

test('Subscriber of sound begins at once, with what comes next', () => {
  const { write, join, peer } = setUp({ kind: 'audio' });
  const packet = (at: number) =>
    rtpPacket(Uint8Array.of(0xfc, at), { sequence: at, timestamp: at * 960 });
  write([packet(0)]);
  join();
  write([packet(1), packet(2)]);
  expect(peer.sent.map(({ bytes }) => bytes[13])).toEqual([1, 2]);
});

test('Subscriber rewrites SSRC and payload type and keeps the marker', () => {
  const { camera, write, join, peer } = setUp();
  join();
  write(camera.keyFrame());
  expect(peer.sent.map(({ ssrc }) => ssrc)).toEqual([MEDIA_SSRC, MEDIA_SSRC]);
  expect(peer.sent.map(({ payloadType }) => payloadType)).toEqual([102, 102]);
  expect(peer.sent.map(({ marker }) => marker)).toEqual([false, true]);
});

test('Subscriber stays continuous when the camera loses packets', () => {
  const { camera, write, join, peer } = setUp();
  join();
  write(camera.keyFrame());
  camera.deltaFrame();
  write(camera.deltaFrame());
  write(camera.keyFrame());
  expect(peer.sent).toHaveLength(4);
  expectContinuous(peer.sent);
});

test('Subscriber numbers begin in the lower half, wherever chance begins', () => {
  const { camera, write, join, peer } = setUp({ randomWord: 0xffff_ffff });
  join();
  write(camera.keyFrame());
  expect(peer.sent[0]!.sequence).toBe(0x7fff);
});

test('Subscriber numbers run over the wrap of 16 bits', () => {
  const { camera, write, join, peer } = setUp({ randomWord: 0x7fff });
  join();
  write(camera.keyFrame());
  for (let frame = 0; frame < 33_000; frame++) write(camera.deltaFrame());
  expectContinuous(peer.sent);
  expect(peer.sent.at(-1)!.sequence).toBeLessThan(0x7fff);
  expect(peer.sent.every(({ payloadType }) => payloadType === 102)).toBe(true);
});

test('Subscriber sends a missed packet again, the same bytes under the same numbers', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  const missed = peer.sent[1]!;
  subscriber.retransmit([missed.sequence], 0);
  expect(peer.sent[2]).toEqual(missed);
  expect(subscriber.counters).toMatchObject({ nacks: 1, retransmitted: 1, unanswered: 0 });
});

test('Subscriber sends a missed packet of the cached frames under the timestamp it had', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  write(camera.keyFrame());
  write(camera.deltaFrame());
  join();
  const missed = peer.sent[0]!;
  subscriber.retransmit([missed.sequence], 0);
  expect(peer.sent.at(-1)).toEqual(missed);
});

test('Subscriber wraps a retransmission as RFC 4588 says where the viewer took RTX', () => {
  const { camera, write, join, peer, subscriber } = setUp({ rtx: RTX });
  join();
  write(camera.keyFrame());
  const missed = peer.sent[1]!;
  subscriber.retransmit([missed.sequence, missed.sequence], 0);
  const [first, second] = peer.sent.slice(2);
  expect(first).toMatchObject({ ...RTX, timestamp: missed.timestamp, marker: true });
  const original = Uint8Array.of(
    missed.sequence >>> 8,
    missed.sequence & 0xff,
    ...missed.bytes.subarray(12),
  );
  expect(first!.bytes.subarray(12)).toEqual(original);
  expect(sequenceDistance(first!.sequence, second!.sequence)).toBe(1);
});

test('Subscriber numbers its retransmissions over the wrap too', () => {
  const { camera, write, join, peer, subscriber } = setUp({
    rtx: { ...RTX, payloadType: 96 },
    randomWord: 0x7fff,
  });
  join();
  write(camera.keyFrame());
  const { sequence } = peer.sent[0]!;
  const again = new Array(400).fill(sequence);
  for (let second = 0; second < 85; second++) subscriber.retransmit(again, second * 1000);
  const repeats = peer.sent.slice(2);
  expect(repeats).toHaveLength(85 * 400);
  for (let at = 1; at < repeats.length; at++) {
    expect(sequenceDistance(repeats[at - 1]!.sequence, repeats[at]!.sequence)).toBe(1);
  }
  expect(repeats.every(({ payloadType }) => payloadType === 96)).toBe(true);
});

test('Subscriber does not save up retransmissions while nobody asks', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  subscriber.retransmit(new Array(1000).fill(peer.sent[0]!.sequence), 3_600_000);
  expect(subscriber.counters.retransmitted).toBe(400);
});

test('Subscriber of sound that fell out of the cache goes on with what comes next', () => {
  const { track, write, peer, subscriber } = setUp({ kind: 'audio' });
  const packet = (at: number) =>
    rtpPacket(new Uint8Array(1200), { sequence: at & 0xffff, timestamp: at * 960 });
  subscriber.start();
  for (let at = 0; at < 3000; at++) track.write(packet(at), 0);
  write([]);
  expect(peer.sent).toHaveLength(0);
  write([packet(3000)]);
  expect(peer.sent).toHaveLength(1);
  expect(subscriber.counters.dropped).toBe(3000);
});

test('Subscriber does not answer for packets it never sent or no longer has', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  const first = peer.sent[0]!.sequence;
  const never = (first + 2) & 0xffff;
  for (let frame = 0; frame < 1100; frame++) write(camera.deltaFrame());
  const sent = peer.sent.length;
  subscriber.retransmit([first, (never + 2000) & 0xffff], 0);
  expect(peer.sent).toHaveLength(sent);
  expect(subscriber.counters).toMatchObject({ nacks: 2, unanswered: 2, retransmitted: 0 });
});

test('Subscriber retransmits at most 400 packets a second', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  const missed = new Array(500).fill(peer.sent[0]!.sequence);
  subscriber.retransmit(missed, 0);
  expect(subscriber.counters).toMatchObject({ retransmitted: 400, unanswered: 100 });
  subscriber.retransmit(missed, 500);
  expect(subscriber.counters.retransmitted).toBe(600);
});

test('Subscriber that fell out of the cache goes on with the next key frame', () => {
  const { camera, write, peer, subscriber, track } = setUp();
  write(camera.keyFrame(40));
  subscriber.start();
  const sent = peer.sent.length;
  for (let frame = 0; frame < 3000; frame++) {
    for (const packet of camera.frame([new Uint8Array(6000).fill(0x41)])) track.write(packet, 0);
  }
  subscriber.catchUp(16);
  expect(peer.sent).toHaveLength(sent);
  expect(subscriber.backlog).toBe(0);
  write(camera.keyFrame());
  expect(peer.sent).toHaveLength(sent + 2);
});

test('Subscriber maps the moment of capture to its own timestamps', () => {
  const { camera, write, join, peer, clock, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  clock.advance(100);
  expect(timestampDistance(peer.sent[0]!.timestamp, subscriber.timestampAt(clock.nowMs()))).toBe(
    9000,
  );
});

test('Subscriber that stopped gets nothing more', () => {
  const { camera, write, join, peer, subscriber } = setUp();
  join();
  write(camera.keyFrame());
  subscriber.stop();
  write(camera.deltaFrame());
  expect(peer.sent).toHaveLength(2);
});

test('Pacer stops its clock when the last subscriber leaves', () => {
  const { camera, write, join, clock, pacer, subscriber } = setUp();
  write(camera.keyFrame(100));
  join();
  expect(clock.pendingTimers).toBe(1);
  pacer.remove(subscriber);
  expect(clock.pendingTimers).toBe(0);
});

test('a key frame of hundreds of packets goes out at a pace, and what follows it stays in order', () => {
  const { camera, write, join, peer, clock } = setUp();
  write(camera.keyFrame());
  join();
  const sent = peer.sent.length;
  write(camera.keyFrame(300));
  expect(peer.sent.length - sent).toBe(32);
  write(camera.deltaFrame());
  expect(peer.sent.length - sent).toBe(32);
  clock.advance(5);
  expect(peer.sent.length - sent).toBe(48);
  clock.advance(95);
  expect(peer.sent.length - sent).toBe(302);
  expectContinuous(peer.sent);
  write(camera.deltaFrame());
  expect(peer.sent.length - sent).toBe(303);
});
