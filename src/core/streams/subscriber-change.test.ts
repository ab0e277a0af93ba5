// A viewer that changes from one track to another, main to sub: for it numbers and time go on.

import { expect, test } from 'vitest';
import { sequenceDistance, timestampDistance } from '#media/rtp/distance.ts';
import { VideoSender } from '../../../test/support/rtp-packets.ts';
import {
  expectContinuous,
  MEDIA_SSRC,
  RTX,
  setUpSubscriber as setUp,
} from '../../../test/support/subscriber-set-up.ts';
import { Track } from './track.ts';

/** Another track of the same camera, on the same clock as the first. */
function setUpSub(world: ReturnType<typeof setUp>) {
  const track = new Track(world.track.format);
  const camera = new VideoSender({ ssrc: 0x9999, timestamp: 77, sequence: 5 });
  const write = (packets: readonly Uint8Array[]) => {
    for (const packet of packets) track.write(packet, world.clock.nowMs());
    track.flush();
    world.flush();
  };
  return { track, camera, write };
}

test('Subscriber changes to another track at that one’s next key frame, with numbers and time going on', () => {
  const world = setUp({ rtx: RTX });
  const { camera, write, join, peer, clock, subscriber } = world;
  const sub = setUpSub(world);
  write(camera.keyFrame());
  sub.write(sub.camera.keyFrame());
  join();
  clock.advance(1000);
  write(camera.deltaFrame());
  const before = peer.sent.at(-1)!;
  const lane = { ssrc: MEDIA_SSRC, payloadType: 110, rtx: undefined };
  subscriber.changeTo(sub.track, lane);
  sub.write(sub.camera.deltaFrame());
  expect(peer.sent.at(-1)).toBe(before);
  expect(subscriber.nextTrack).toBe(sub.track);
  clock.advance(500);
  sub.write(sub.camera.keyFrame());
  const [first] = peer.sent.slice(peer.sent.indexOf(before) + 1);
  expect(first).toMatchObject({ payloadType: 110, ssrc: MEDIA_SSRC });
  expect(sequenceDistance(before.sequence, first!.sequence)).toBe(1);
  expect(timestampDistance(before.timestamp, first!.timestamp)).toBe(500 * 90);
  expect(subscriber.track).toBe(sub.track);
  const sent = peer.sent.length;
  write(camera.deltaFrame());
  expect(peer.sent).toHaveLength(sent);
  sub.write(sub.camera.deltaFrame());
  expect(peer.sent).toHaveLength(sent + 1);
  expectContinuous(peer.sent);
});

test('Subscriber that changes to a track whose capture times lag goes on in time all the same', () => {
  const world = setUp();
  const { camera, write, join, peer, clock, subscriber } = world;
  const sub = setUpSub(world);
  sub.write(sub.camera.keyFrame());
  clock.advance(5000);
  write(camera.keyFrame());
  join();
  const before = peer.sent.at(-1)!;
  subscriber.changeTo(sub.track, { ssrc: MEDIA_SSRC, payloadType: 102, rtx: undefined });
  for (const packet of sub.camera.keyFrame()) sub.track.write(packet, 3000);
  sub.track.flush();
  world.flush();
  expect(timestampDistance(before.timestamp, peer.sent.at(-1)!.timestamp)).toBe(3000);
});

test('Subscriber that is to change and is told otherwise stays', () => {
  const world = setUp();
  const { camera, write, join, subscriber, track } = world;
  const sub = setUpSub(world);
  write(camera.keyFrame());
  join();
  subscriber.changeTo(sub.track, subscriber.lane);
  subscriber.changeTo(track, subscriber.lane);
  sub.write(sub.camera.keyFrame());
  expect(subscriber.track).toBe(track);
});

test('Subscriber does not retransmit what it sent from the track before', () => {
  const world = setUp();
  const { camera, write, join, peer, subscriber } = world;
  const sub = setUpSub(world);
  write(camera.keyFrame());
  join();
  const { sequence } = peer.sent[0]!;
  subscriber.changeTo(sub.track, subscriber.lane);
  sub.write(sub.camera.keyFrame());
  const sent = peer.sent.length;
  subscriber.retransmit([sequence], 0);
  expect(peer.sent).toHaveLength(sent);
  expect(subscriber.counters.unanswered).toBe(1);
});

test('Subscriber does not go back in time where a key frame came together with later frames', () => {
  const world = setUp();
  const { camera, write, join, peer, clock, subscriber } = world;
  const sub = setUpSub(world);
  write(camera.keyFrame());
  join();
  clock.advance(200);
  camera.timestamp = (camera.timestamp + 200 * 90) >>> 0;
  write(camera.deltaFrame());
  const before = peer.sent.at(-1)!;
  subscriber.changeTo(sub.track, subscriber.lane);
  const frames = [
    sub.camera.keyFrame(),
    ...Array.from({ length: 5 }, () => sub.camera.deltaFrame()),
  ];
  for (const [at, packets] of frames.entries()) {
    for (const packet of packets) sub.track.write(packet, clock.nowMs() + at * (1000 / 30) - 166);
  }
  sub.track.flush();
  world.flush();
  const [first] = peer.sent.slice(peer.sent.indexOf(before) + 1);
  expect(timestampDistance(before.timestamp, first!.timestamp)).toBe(3000);
  expectContinuous(peer.sent);
});

test('Subscriber that was sent nothing yet begins where its random number says, whatever the track', () => {
  const world = setUp({ randomWord: 0xffff_0000 });
  const { join, peer, subscriber } = world;
  const sub = setUpSub(world);
  join();
  subscriber.changeTo(sub.track, subscriber.lane);
  sub.write(sub.camera.keyFrame());
  const [first] = peer.sent;
  expect(first!.timestamp).toBe(0xffff_0000);
});

test('Subscriber does not press the other track’s frames together, though it began with a cached picture', () => {
  const world = setUp();
  const { camera, write, join, peer, subscriber } = world;
  const sub = setUpSub(world);
  write(camera.keyFrame());
  for (let frame = 0; frame < 50; frame++) write(camera.deltaFrame());
  join();
  world.clock.advance(200);
  subscriber.changeTo(sub.track, subscriber.lane);
  sub.write(sub.camera.keyFrame());
  sub.write(sub.camera.deltaFrame());
  const [one, other] = peer.sent.slice(-2);
  expect(timestampDistance(one!.timestamp, other!.timestamp)).toBe(3000);
});
