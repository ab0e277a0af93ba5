// One subscriber between a track and a fake peer, on a virtual clock.

import { expect } from 'vitest';
import type { Lane } from '#core/streams/lane.ts';
import { Outbox } from '#core/streams/outbox.ts';
import { Pacer } from '#core/streams/pacer.ts';
import { Subscriber } from '#core/streams/subscriber.ts';
import { Track } from '#core/streams/track.ts';
import { sequenceDistance, timestampDistance } from '#media/rtp/distance.ts';
import { FakePeer, FakeTransport, type SentPacket } from './fake-transport.ts';
import { VideoSender } from './rtp-packets.ts';
import { VirtualClock } from './virtual-clock.ts';

export const MEDIA_SSRC = 0xaaaa;
export const RTX = { ssrc: 0xbbbb, payloadType: 97 };

export function setUpSubscriber(
  options: { rtx?: Lane['rtx']; randomWord?: number; kind?: 'video' | 'audio' } = {},
) {
  const transport = new FakeTransport();
  const outbox = new Outbox(transport);
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, () => outbox.flush());
  const peer = new FakePeer();
  const track = new Track(
    options.kind === 'audio'
      ? { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 }
      : { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] },
  );
  // Even, so that a sequence number that runs over into it would show.
  const lane = { ssrc: MEDIA_SSRC, payloadType: 102, rtx: options.rtx };
  const randomWord = () => options.randomWord ?? 0xffff_ff00;
  const subscriber = new Subscriber(track, {
    outlet: outbox.outletTo(peer),
    pacer,
    lane,
    randomWord,
  });
  const camera = new VideoSender();
  const write = (packets: readonly Uint8Array[]) => {
    for (const packet of packets) track.write(packet, clock.nowMs());
    track.flush();
    outbox.flush();
  };
  const join = () => {
    subscriber.start();
  };
  const flush = () => outbox.flush();
  return { transport, clock, pacer, peer, track, subscriber, camera, write, join, flush };
}

export function expectContinuous(sent: readonly SentPacket[]): void {
  for (let at = 1; at < sent.length; at++) {
    expect(sequenceDistance(sent[at - 1]!.sequence, sent[at]!.sequence)).toBe(1);
    expect(timestampDistance(sent[at - 1]!.timestamp, sent[at]!.timestamp)).toBeGreaterThanOrEqual(
      0,
    );
  }
}
