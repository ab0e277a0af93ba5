// Joining, leaving, vanishing: the life of viewers, by the virtual clock.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Source, SourceSink, TrackSink } from '#core/ports/source.ts';
import { formatNack, formatPli } from '#media/rtcp/feedback.ts';
import { ntpMiddle, ntpTime } from '#media/rtcp/ntp.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import { NotFoundError } from '#std/errors.ts';
import { FakeTransport } from '../../../test/support/fake-transport.ts';
import { readGoodbyes, readSenderReports } from '../../../test/support/rtcp-readers.ts';
import { PPS, SPS, VideoSender } from '../../../test/support/rtp-packets.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Outbox } from './outbox.ts';
import { Streams } from './streams.ts';
import { Viewers } from './viewers.ts';

const offer = readFileSync(
  new URL('../../../test/fixtures/offers/chromium-156-recvonly.sdp', import.meta.url),
  'utf8',
);

class FakeSource implements Source {
  sink: SourceSink | undefined;
  tracks: readonly TrackSink[] = [];

  start(sink: SourceSink): void {
    this.sink = sink;
  }

  ready(): void {
    this.tracks = this.sink!.ready([
      { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [SPS, PPS] },
      { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
    ]);
  }

  write(packets: readonly Uint8Array[], capturedAtMs: number): void {
    for (const packet of packets) this.tracks[0]!.write(packet, capturedAtMs);
    this.sink!.flush();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function setUp(options: { maxViewers?: number; ready?: boolean } = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport();
  const outbox = new Outbox(transport);
  const log = new SilentLog();
  const streams = new Streams({ clock, outbox, log });
  const source = new FakeSource();
  streams.add({ id: 'gate', name: 'Gate', origin: 'file', address: 'test:' }, source);
  if (options.ready ?? true) source.ready();
  let ids = 0;
  let words = 1000;
  const viewers = new Viewers({
    clock,
    streams,
    transport,
    outbox,
    log,
    maxViewers: options.maxViewers ?? 10,
    newId: () => `viewer-${++ids}`,
    randomWord: () => ++words,
  });
  const camera = new VideoSender();
  const join = () => viewers.join({ streamId: 'gate', offer, userAgent: 'test' });
  const joinConnected = async () => {
    const joined = await join();
    const peer = transport.peers.at(-1)!;
    peer.events.onState('connected');
    return { ...joined, peer };
  };
  return { clock, transport, log, streams, source, viewers, camera, join, joinConnected };
}

test('a viewer that joins gets an answer with our transport and a lane for picture and sound', async () => {
  const { join, viewers, transport, log } = setUp();
  const { answer, etag, sessionKey } = await join();
  expect(answer).toMatch(/a=ice-ufrag:ours\r\n/);
  expect(answer.match(/^m=.*$/gm)).toEqual([
    expect.stringMatching(/^m=video 9 UDP\/TLS\/RTP\/SAVPF \d+ \d+$/),
    expect.stringMatching(/^m=audio 9 UDP\/TLS\/RTP\/SAVPF 111$/),
  ]);
  expect(etag).toBe('ours');
  expect(viewers.views('gate')).toMatchObject([{ state: 'connecting', userAgent: 'test' }]);
  expect(JSON.stringify([viewers.views('gate'), log.lines, answer])).not.toContain(sessionKey);
  expect(transport.peers[0]!.remote!.setup).toBe('actpass');
});

test('nothing is sent before the peer is connected, and the cached picture right after', async () => {
  const { join, source, camera, transport } = setUp();
  source.write(camera.keyFrame(), 0);
  await join();
  source.write(camera.deltaFrame(), 33);
  const peer = transport.peers[0]!;
  expect(peer.sent).toHaveLength(0);
  peer.events.onState('connected');
  expect(peer.sent).toHaveLength(3);
});

test('a connected viewer gets sender reports each second that map its timestamps to the clock', async () => {
  const { joinConnected, source, camera, clock } = setUp();
  source.write(camera.keyFrame(), clock.nowMs());
  const { peer } = await joinConnected();
  clock.advance(2000);
  const reports = readSenderReports(peer.rtcp).filter(({ ssrc }) => ssrc === peer.sent[0]!.ssrc);
  expect(reports).toHaveLength(3);
  const [first, , third] = reports;
  expect((third!.rtpTimestamp - first!.rtpTimestamp) >>> 0).toBe(2 * 90_000);
  expect(third!.ntpSeconds - first!.ntpSeconds).toBe(2);
  expect(third!.packetCount).toBe(peer.sent.length);
});

test('a viewer’s NACK is answered, its PLI counted, its loss and round trip shown', async () => {
  const { joinConnected, source, camera, clock, viewers } = setUp();
  source.write(camera.keyFrame(), 0);
  const { peer } = await joinConnected();
  const { ssrc, sequence } = peer.sent[0]!;
  const lastSr = ntpMiddle(ntpTime(clock.wallMs()));
  clock.advance(250);
  peer.events.onRtcp(formatNack(1, ssrc, [sequence]));
  peer.events.onRtcp(formatPli(1, ssrc));
  const block = { ssrc, fractionLost: 64, cumulativeLost: 7, highestSequence: 0, jitter: 900 };
  peer.events.onRtcp(formatReceiverReport(1, [{ ...block, lastSr, delaySinceLastSr: 65_536 / 5 }]));
  const [view] = viewers.views('gate');
  expect(view!.rttMs).toBeCloseTo(50, 0);
  expect(view!.tracks[0]).toMatchObject({
    nacks: 1,
    retransmitted: 1,
    plis: 1,
    lossRatio: 0.25,
    lostPackets: 7,
    jitterMs: 10,
  });
});

test('a viewer that sends its reference time is told with the next report when it came', async () => {
  const { joinConnected, clock } = setUp();
  const { peer } = await joinConnected();
  clock.advance(500);
  // XR with one RRTR block (RFC 3611 §4.4)
  const rrtr = [0x80, 207, 0, 4, 0, 0, 0, 9, 4, 0, 0, 2, 0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0];
  for (let times = 0; times < 100; times++) peer.events.onRtcp(Uint8Array.from(rrtr));
  clock.advance(500);
  const answers = peer.rtcp.filter((packet) => packet[1] === 207);
  expect(answers).toHaveLength(1);
  const [dlrr] = answers;
  expect([...dlrr!.subarray(8, 10)]).toEqual([5, 0]);
  expect([...dlrr!.subarray(12, 24)]).toEqual([0, 0, 0, 9, 0x12, 0x34, 0x56, 0x78, 0, 0, 0x80, 0]);
  clock.advance(1000);
  expect(peer.rtcp.filter((packet) => packet[1] === 207)).toHaveLength(1);
});

test('RTCP that makes no sense is counted and changes nothing', async () => {
  const { joinConnected, viewers } = setUp();
  const { peer } = await joinConnected();
  peer.events.onRtcp(Uint8Array.of(0x81, 202, 0, 1, 0, 0, 0, 1));
  expect(viewers.totals().malformedRtcp).toBe(1);
  expect(viewers.size).toBe(1);
});

test('a viewer that never connects is reaped after 10 s', async () => {
  const { join, viewers, clock, transport } = setUp();
  await join();
  clock.advance(9000);
  expect(viewers.size).toBe(1);
  clock.advance(1000);
  expect(viewers.size).toBe(0);
  expect(transport.peers[0]!.closed).toBe(true);
});

test('a viewer that falls silent is reaped after 15 s, one that reports stays', async () => {
  const { joinConnected, viewers, clock } = setUp();
  await joinConnected();
  const { peer } = await joinConnected();
  for (let second = 0; second < 20; second++) {
    peer.events.onRtcp(formatPli(1, 2));
    clock.advance(1000);
  }
  expect(viewers.views().map(({ id }) => id)).toEqual([peer.id]);
});

test('a viewer that lost its connection has 10 s to come back', async () => {
  const { joinConnected, viewers, clock } = setUp();
  const { peer } = await joinConnected();
  peer.events.onState('disconnected');
  clock.advance(9000);
  peer.events.onState('connected');
  clock.advance(1000);
  expect(viewers.size).toBe(1);
  peer.events.onState('disconnected');
  clock.advance(10_000);
  expect(viewers.size).toBe(0);
});

test.each(['failed', 'closed'] as const)(
  'a viewer whose connection is %s is gone at once',
  async (state) => {
    const { joinConnected, viewers, source, camera } = setUp();
    const { peer } = await joinConnected();
    peer.events.onState(state);
    expect(viewers.size).toBe(0);
    source.write(camera.keyFrame(), 0);
    expect(peer.sent).toHaveLength(0);
  },
);

test('a viewer that leaves frees its place, and what it was sent stays in the totals', async () => {
  const { joinConnected, viewers, source, camera } = setUp({ maxViewers: 1 });
  source.write(camera.keyFrame(), 0);
  const { sessionKey, peer } = await joinConnected();
  const before = viewers.totals();
  expect(before.packets).toBe(2);
  expect(viewers.count('gate')).toBe(1);
  viewers.leave('gate', sessionKey);
  expect(peer.closed).toBe(true);
  expect(viewers.totals()).toEqual(before);
  expect(viewers.count('gate')).toBe(0);
  expect(() => viewers.leave('gate', sessionKey)).toThrow(NotFoundError);
  await joinConnected();
});

test('the limit of viewers counts those that are still joining', async () => {
  const { join, viewers, transport } = setUp({ maxViewers: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.beforeOpen = () => promise;
  const first = join();
  await expect(join()).rejects.toMatchObject({ code: 'too_many_viewers' });
  resolve();
  await first;
  expect(viewers.size).toBe(1);
});

test('an offer that is not followed up yields its place after 2 s, a connected viewer never', async () => {
  const { join, joinConnected, viewers, clock, transport } = setUp({ maxViewers: 2 });
  const { peer: connected } = await joinConnected();
  await join();
  clock.advance(1999);
  await expect(join()).rejects.toMatchObject({ code: 'too_many_viewers' });
  clock.advance(1);
  await join();
  expect(viewers.size).toBe(2);
  expect(transport.peers.map(({ closed }) => closed)).toEqual([false, true, false]);
  expect(connected.closed).toBe(false);
});

test('a join whose transport fails frees its place', async () => {
  const { join, viewers, transport } = setUp({ maxViewers: 1 });
  transport.beforeOpen = () => Promise.reject(new Error('no'));
  await expect(join()).rejects.toThrow('no');
  transport.beforeOpen = () => Promise.resolve();
  await join();
  expect(viewers.size).toBe(1);
});

test.each([
  ['an unknown stream', { streamId: 'nowhere' }, 'stream_not_found'],
  ['an offer that is none', { offer: 'hello' }, 'invalid_sdp'],
  [
    'an offer without H264',
    { offer: offer.replaceAll('H264/90000', 'H999/90000') },
    'codec_refused',
  ],
])('a join with %s is refused with its code', async (_, change, code) => {
  const { viewers } = setUp();
  const joined = viewers.join({ streamId: 'gate', offer, userAgent: undefined, ...change });
  await expect(joined).rejects.toMatchObject({ code });
  expect(viewers.size).toBe(0);
});

test('a refusal names what the stream sends and what the offer can receive', async () => {
  const { viewers } = setUp();
  const without = offer.replaceAll('H264/90000', 'H999/90000');
  const joined = viewers.join({ streamId: 'gate', offer: without, userAgent: undefined });
  await expect(joined).rejects.toThrow(
    /sends H264 \(42c01f\).*can receive video: VP8.*packetization-mode=1/,
  );
});

test('a stream that is not ready says so', async () => {
  const { join } = setUp({ ready: false });
  await expect(join()).rejects.toMatchObject({ code: 'stream_not_ready' });
});

test('candidates that trickle in reach the peer of that session only', async () => {
  const { join, viewers, transport } = setUp();
  const { sessionKey, etag } = await join();
  const ufrag = transport.peers[0]!.remote!.ufrag;
  const fragment = `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${'x'.repeat(24)}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9999 typ host\r\n`;
  viewers.trickle('gate', sessionKey, fragment, etag);
  expect(transport.peers[0]!.candidates).toEqual([expect.stringContaining('127.0.0.1 9999')]);
  expect(() => viewers.trickle('gate', sessionKey, fragment, 'another')).toThrow(
    expect.objectContaining({ code: 'stale_session' }),
  );
  const restart = fragment.replace(ufrag, 'other');
  expect(() => viewers.trickle('gate', sessionKey, restart, etag)).toThrow(
    expect.objectContaining({ code: 'ice_restart_unsupported' }),
  );
  expect(() => viewers.trickle('gate', 'nobody', fragment, etag)).toThrow(
    expect.objectContaining({ code: 'viewer_not_found' }),
  );
});

test('closing ends all viewers, those that are still joining included, and says goodbye', async () => {
  const { join, joinConnected, viewers, transport, clock, streams } = setUp();
  const { peer } = await joinConnected();
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.beforeOpen = () => promise;
  const late = join();
  viewers.close();
  await streams.close();
  resolve();
  await expect(late).rejects.toThrow(/closing/);
  await expect(join()).rejects.toThrow(/closing/);
  expect(viewers.size).toBe(0);
  expect(readGoodbyes(peer.rtcp)).toHaveLength(2);
  expect(transport.peers.every(({ closed }) => closed)).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('a stream is live with its first frame and stalled 5 s after its last', () => {
  const { source, camera, clock, streams, log } = setUp();
  expect(streams.get('gate').state).toBe('connecting');
  source.write(camera.keyFrame(), 0);
  expect(streams.get('gate').state).toBe('live');
  clock.advance(6000);
  expect(streams.get('gate').view(0)).toMatchObject({
    state: 'stalled',
    reason: expect.stringContaining('5 s'),
  });
  source.write(camera.deltaFrame(), 6000);
  expect(streams.get('gate').view(0)).toMatchObject({ state: 'live', reason: null });
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Stream live',
    'Stream stalled',
    'Stream live',
  ]);
});

test('a source that gives up leaves its reason', () => {
  const { source, streams } = setUp({ ready: false });
  source.sink!.failed('no clip');
  expect(streams.get('gate').view(0)).toMatchObject({ state: 'refused', reason: 'no clip' });
});

test('a stream shows what its tracks carry', () => {
  const { source, camera, clock, streams } = setUp();
  for (let frame = 0; frame < 60; frame++) {
    source.write(frame % 30 === 0 ? camera.keyFrame() : camera.deltaFrame(), clock.nowMs());
    clock.advance(1000 / 30);
  }
  clock.advance(100);
  const [video, audio] = streams.views(() => 3)[0]!.tracks;
  expect(video).toMatchObject({ codec: 'H264', gopFrames: 30, frames: 60, keyFrames: 2 });
  expect(video!.frameRate).toBeCloseTo(30, 0);
  expect(audio).toMatchObject({ codec: 'opus', channels: 2, packets: 0 });
  expect(streams.views(() => 3)[0]!.viewers).toBe(3);
});

test('streams write what they carried to the log once a minute', () => {
  const { source, camera, clock, log } = setUp();
  source.write(camera.keyFrame(), 0);
  clock.advance(60_000);
  const lines = log.lines.filter(({ message }) => message === 'RTP stats');
  expect(lines.map(({ fields }) => fields['kind'])).toEqual(['video', 'audio']);
});
