// Automatic quality: viewers move between main and sub at a key frame, without a new offer.

import { expect, test } from 'vitest';
import { formatEstimate } from '#media/rtcp/feedback.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import { rtpPacket, VideoSender } from '../../../test/support/rtp-packets.ts';
import {
  H264,
  OPUS,
  offer,
  setUpStreams,
  streamSpec,
} from '../../../test/support/streams-set-up.ts';

/** A connected viewer on a stream with both profiles; sub sends a key frame a second once it is open. */
async function setUp(options: Parameters<typeof setUpStreams>[0] = {}) {
  const world = setUpStreams({ sub: {}, ...options });
  const { clock, main, sub, camera, viewers, transport } = world;
  main.source.write(camera.keyFrame(), 0);
  const subCamera = new VideoSender({ ssrc: 0x9999, sequence: 7, timestamp: 42 });
  const join = async (heightPixels?: number) => {
    const quality = { mode: 'auto' as const, heightPixels };
    const joined = await viewers.join({ streamId: 'gate', offer, userAgent: 'test', quality });
    const peer = transport.peers.at(-1)!;
    peer.events.onState('connected');
    return { ...joined, peer };
  };
  const second = async () => {
    main.source.write(camera.deltaFrame(), clock.nowMs());
    if (sub.sources.length > 0 && sub.source.tracks.length > 0 && !sub.source.closed) {
      sub.source.write(subCamera.keyFrame(), clock.nowMs());
    }
    await clock.advanceAsync(1000);
  };
  return { ...world, join, second };
}

test('a small picture starts with main at once and moves to sub when that has a key frame', async () => {
  const { join, second, sub, viewers, log } = await setUp();
  const { peer } = await join(300);
  expect(peer.sent).toHaveLength(2);
  await second();
  sub.source.ready([H264]);
  await second();
  await second();
  expect(viewers.list.views('gate')).toMatchObject([
    { profile: 'sub', quality: 'auto', choice: expect.stringContaining('shown small') },
  ]);
  const video = peer.sent.filter(({ ssrc }) => ssrc === peer.sent[0]!.ssrc);
  for (let at = 1; at < video.length; at++) {
    expect(video[at]!.sequence).toBe(video[at - 1]!.sequence + 1);
  }
  expect(log.lines.filter(({ message }) => message === 'Viewer changed profile')).toHaveLength(1);
});

test('a picture that becomes large goes back to main, and sub is closed when nobody needs it', async () => {
  const { join, second, sub, main, camera, viewers, clock, streams } = await setUp();
  const { sessionKey } = await join(300);
  await second();
  sub.source.ready([H264]);
  await second();
  await second();
  viewers.setQuality('gate', sessionKey, { mode: 'auto', heightPixels: 1080 });
  await second();
  main.source.write(camera.keyFrame(), clock.nowMs());
  await second();
  await second();
  expect(viewers.list.views('gate')).toMatchObject([{ profile: 'main' }]);
  await clock.advanceAsync(11_000);
  expect(streams.get('gate').profile('sub')!.state).toBe('idle');
});

test('a viewer that loses much is moved to sub', async () => {
  const { join, second, sub, viewers } = await setUp();
  const { peer } = await join();
  const { ssrc } = peer.sent[0]!;
  const block = { ssrc, cumulativeLost: 9, highestSequence: 0, jitter: 0, lastSr: 0 };
  for (let at = 0; at < 6; at++) {
    const report = { ...block, fractionLost: 64, delaySinceLastSr: 0 };
    peer.events.onRtcp(formatReceiverReport(1, [report]));
    await second();
    if (sub.sources.length > 0 && sub.source.tracks.length === 0) sub.source.ready([H264]);
  }
  expect(viewers.list.views('gate')).toMatchObject([
    { profile: 'sub', choice: expect.stringContaining('does not carry main') },
  ]);
});

test('a sub stream that does not open leaves the viewer where it is, and is left in peace for a while', async () => {
  const { join, second, sub, viewers } = await setUp();
  await join(300);
  await second();
  sub.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  for (let at = 0; at < 12; at++) await second();
  expect(viewers.list.views('gate')).toMatchObject([{ profile: 'main' }]);
  expect(sub.sources).toHaveLength(1);
});

test('a profile that the browser cannot play is not opened for it again and again', async () => {
  const { join, second, sub, viewers } = await setUp();
  const { peer } = await join(300);
  await second();
  const parameterSets = [32, 33, 34].map((type) => Uint8Array.of(type << 1, 1, 7));
  sub.source.ready([{ kind: 'video', codec: 'H265', clockRate: 90_000, parameterSets }]);
  for (let at = 0; at < 120; at++) {
    peer.events.onRtcp(formatReceiverReport(1, []));
    await second();
  }
  expect(viewers.list.views('gate')).toMatchObject([{ profile: 'main' }]);
  expect(sub.sources).toHaveLength(1);
});

test('a viewer that leaves while its sub stream opens leaves nothing open', async () => {
  const { join, second, sub, viewers, clock, streams } = await setUp();
  const { sessionKey } = await join(300);
  await second();
  viewers.leave('gate', sessionKey);
  sub.source.ready([H264]);
  await clock.advanceAsync(15_000);
  expect(streams.get('gate').profile('sub')!.state).toBe('idle');
});

test('the answer for a stream with two profiles lists every codec that may come', async () => {
  const { join } = await setUp();
  const { answer } = await join();
  const [, formats] = /^m=video 9 \S+ (.*)\r$/m.exec(answer)!;
  expect(formats!.split(' ').length).toBeGreaterThan(4);
});

test('a key frame that comes after the viewer was given up does not move it', async () => {
  const { join, second, sub, viewers, clock, streams } = await setUp({
    sub: { timeoutMs: 999_000 },
  });
  const { peer } = await join(300);
  await second();
  sub.source.ready([H264]);
  const late = new VideoSender({ ssrc: 0x9999, sequence: 7, timestamp: 42 });
  const held = streams.get('gate').profile('sub')!.demand();
  for (let at = 0; at < 62; at++) {
    peer.events.onRtcp(formatReceiverReport(1, []));
    sub.source.write(late.deltaFrame(), clock.nowMs());
    await clock.advanceAsync(1000);
  }
  const sent = peer.sent.length;
  sub.source.write(late.keyFrame(), clock.nowMs());
  await clock.advanceAsync(1000);
  expect(peer.sent).toHaveLength(sent);
  expect(viewers.list.views('gate')).toMatchObject([{ profile: 'main' }]);
  held.release();
  await clock.advanceAsync(10_000);
  expect(sub.source.closed).toBe(true);
});

test('a viewer whose next profile closes before its key frame comes stays, and is moved when there is one again', async () => {
  const { join, second, sub, viewers, clock, streams, main } = await setUp();
  const { peer } = await join(300);
  await second();
  sub.source.ready([H264]);
  await clock.advanceAsync(1000);
  await streams.apply(streamSpec([main.spec]));
  await second();
  expect(viewers.list.size).toBe(1);
  await streams.apply(streamSpec([main.spec, sub.spec]));
  await second();
  expect(sub.sources).toHaveLength(1);
  for (let at = 0; at < 30; at++) {
    peer.events.onRtcp(formatReceiverReport(1, []));
    await second();
  }
  expect(sub.sources).toHaveLength(2);
});

test('sound moves with the picture where it is the same, and main is closed when nobody needs it', async () => {
  const world = await setUp({ main: { lingerMs: 2000 } });
  const { join, second, sub, main, clock, streams, viewers } = world;
  const { peer, sessionKey } = await join(300);
  await second();
  sub.source.ready([H264, OPUS]);
  await second();
  expect(sub.source.keyFramesAsked).toBe(1);
  await second();
  await streams.apply(streamSpec([{ ...main.spec, open: 'demand', lingerMs: 2000 }, sub.spec]));
  const sent = peer.sent.length;
  sub.source.tracks[1]!.write(rtpPacket(Uint8Array.of(0xfc), { sequence: 1, timestamp: 5 }), 0);
  sub.source.sink!.flush();
  expect(peer.sent.slice(sent)).toMatchObject([{ payloadType: 111 }]);
  await clock.advanceAsync(2000);
  expect(main.source.closed).toBe(true);
  expect(viewers.list.size).toBe(1);
  viewers.leave('gate', sessionKey);
  await clock.advanceAsync(10_000);
  expect(sub.source.closed).toBe(true);
});

test('sound stays where it is when sub has none that fits, and so main stays open', async () => {
  const { join, second, sub, main, streams, clock } = await setUp();
  const { peer } = await join(300);
  await second();
  sub.source.ready([H264, { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 }]);
  await second();
  await second();
  await streams.apply(streamSpec([{ ...main.spec, open: 'demand', lingerMs: 0 }, sub.spec]));
  await clock.advanceAsync(1000);
  const sent = peer.sent.length;
  main.source.tracks[1]!.write(rtpPacket(Uint8Array.of(0xfc), { sequence: 1, timestamp: 5 }), 0);
  main.source.sink!.flush();
  expect(peer.sent.slice(sent)).toMatchObject([{ payloadType: 111 }]);
  expect(main.source.closed).toBe(false);
});

test('a viewer whose sound is lost keeps its picture', async () => {
  const { join, second, sub, main } = await setUp();
  const { peer } = await join();
  main.source.tracks[1]!.write(rtpPacket(Uint8Array.of(0xfc), { sequence: 1, timestamp: 5 }), 0);
  main.source.sink!.flush();
  const { ssrc } = peer.sent.at(-1)!;
  for (let at = 0; at < 6; at++) {
    const block = { ssrc, cumulativeLost: 9, highestSequence: 0, jitter: 0, lastSr: 0 };
    const report = { ...block, fractionLost: 64, delaySinceLastSr: 0 };
    peer.events.onRtcp(formatReceiverReport(1, [report]));
    await second();
  }
  expect(sub.sources).toHaveLength(0);
});

test('a viewer whose link carries less than is sent is moved to sub', async () => {
  const { join, second, sub } = await setUp();
  const { peer } = await join();
  for (let at = 0; at < 12; at++) {
    peer.events.onRtcp(formatEstimate(1, 50, [peer.sent[0]!.ssrc]));
    await second();
  }
  expect(sub.sources).toHaveLength(1);
});

test('a sub profile with pictures out of order is not moved to', async () => {
  const { join, second, sub, streams, viewers } = await setUp();
  await join(300);
  await second();
  sub.source.ready([H264]);
  Object.defineProperty(streams.get('gate').profile('sub')!.video, 'reorders', { value: true });
  for (let at = 0; at < 3; at++) await second();
  expect(viewers.list.views('gate')).toMatchObject([{ profile: 'main' }]);
});
