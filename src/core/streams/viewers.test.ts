// Joining, leaving, vanishing: the life of viewers, by the virtual clock.

import { expect, test } from 'vitest';
import { formatNack, formatPli } from '#media/rtcp/feedback.ts';
import { ntpMiddle, ntpTime } from '#media/rtcp/ntp.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import { NotFoundError } from '#std/errors.ts';
import { readGoodbyes, readSenderReports } from '../../../test/support/rtcp-readers.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import {
  FakeCamera,
  offer,
  setUpStreams,
  streamSpec,
} from '../../../test/support/streams-set-up.ts';

test('a viewer that joins gets an answer with our transport and a lane for picture and sound', async () => {
  const { join, viewers, transport, log } = setUpStreams();
  const { answer, etag, sessionKey } = await join();
  expect(answer).toMatch(/a=ice-ufrag:ours\r\n/);
  expect(answer.match(/^m=.*$/gm)).toEqual([
    expect.stringMatching(/^m=video 9 UDP\/TLS\/RTP\/SAVPF \d+ \d+$/),
    expect.stringMatching(/^m=audio 9 UDP\/TLS\/RTP\/SAVPF 111$/),
  ]);
  expect(etag).toBe('ours');
  expect(viewers.list.views('gate')).toMatchObject([{ state: 'connecting', userAgent: 'test' }]);
  expect(JSON.stringify([viewers.list.views('gate'), log.lines, answer])).not.toContain(sessionKey);
  expect(transport.peers[0]!.remote!.setup).toBe('actpass');
});

test('nothing is sent before the peer is connected, and the cached picture right after', async () => {
  const { join, source, camera, transport } = setUpStreams();
  source.write(camera.keyFrame(), 0);
  await join();
  source.write(camera.deltaFrame(), 33);
  const peer = transport.peers[0]!;
  expect(peer.sent).toHaveLength(0);
  peer.events.onState('connected');
  expect(peer.sent).toHaveLength(3);
});

test('a connected viewer gets sender reports each second that map its timestamps to the clock', async () => {
  const { joinConnected, source, camera, clock } = setUpStreams();
  source.write(camera.keyFrame(), clock.nowMs());
  const { peer } = await joinConnected();
  clock.advance(1000);
  // The camera's next frame, a second after the last.
  camera.timestamp = (camera.timestamp + 87_000) >>> 0;
  source.write(camera.deltaFrame(), clock.nowMs());
  clock.advance(1000);
  const reports = readSenderReports(peer.rtcp).filter(({ ssrc }) => ssrc === peer.sent[0]!.ssrc);
  expect(reports).toHaveLength(3);
  const [first, , third] = reports;
  expect((third!.rtpTimestamp - first!.rtpTimestamp) >>> 0).toBe(2 * 90_000);
  expect(third!.ntpSeconds - first!.ntpSeconds).toBe(2);
  expect(third!.packetCount).toBe(peer.sent.length);
  const payloadBytes = peer.sent.reduce((sum, { bytes }) => sum + bytes.length - 12, 0);
  expect(third!.octetCount).toBe(payloadBytes);
});

test('a viewer’s NACK is answered, its PLI counted, its loss and round trip shown', async () => {
  const { joinConnected, source, camera, clock, viewers } = setUpStreams();
  source.write(camera.keyFrame(), 0);
  const { peer } = await joinConnected();
  const { ssrc, sequence } = peer.sent[0]!;
  const lastSr = ntpMiddle(ntpTime(clock.wallMs()));
  clock.advance(250);
  peer.events.onRtcp(formatNack(1, ssrc, [sequence]));
  peer.events.onRtcp(formatPli(1, ssrc));
  const block = { ssrc, fractionLost: 64, cumulativeLost: 7, highestSequence: 0, jitter: 900 };
  peer.events.onRtcp(formatReceiverReport(1, [{ ...block, lastSr, delaySinceLastSr: 65_536 / 5 }]));
  const [view] = viewers.list.views('gate');
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

test('a NACK that names the retransmissions’ SSRC is taken for the media', async () => {
  const { joinConnected, source, camera, viewers } = setUpStreams();
  source.write(camera.keyFrame(), 0);
  const { peer, answer } = await joinConnected();
  const [, media, rtx] = /^a=ssrc-group:FID (\d+) (\d+)/m.exec(answer)!;
  expect(Number(media)).toBe(peer.sent[0]!.ssrc);
  peer.events.onRtcp(formatNack(1, Number(rtx), [peer.sent[0]!.sequence]));
  expect(viewers.list.totals().retransmitted).toBe(1);
});

test('a track that has no frame yet has no sender report either', async () => {
  const { joinConnected, source, clock } = setUpStreams();
  const { peer } = await joinConnected();
  clock.advance(3000);
  expect(readSenderReports(peer.rtcp)).toHaveLength(0);
  source.tracks[1]!.write(rtpPacket(Uint8Array.of(0xfc), { sequence: 1, timestamp: 5 }), 3000);
  clock.advance(1000);
  expect(readSenderReports(peer.rtcp)).toHaveLength(1);
});

test('a session is found under its own stream only', async () => {
  const { join, viewers, streams } = setUpStreams();
  void streams.apply(streamSpec([new FakeCamera().spec], { id: 'yard' }));
  const { sessionKey } = await join();
  expect(() => viewers.leave('yard', sessionKey)).toThrow(NotFoundError);
  expect(viewers.list.size).toBe(1);
});

test('a viewer that sends its reference time is told with the next report when it came', async () => {
  const { joinConnected, clock } = setUpStreams();
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
  const { joinConnected, viewers } = setUpStreams();
  const { peer } = await joinConnected();
  peer.events.onRtcp(Uint8Array.of(0x81, 202, 0, 1, 0, 0, 0, 1));
  expect(viewers.list.totals().malformedRtcp).toBe(1);
  expect(viewers.list.size).toBe(1);
});

test('a viewer that never connects is reaped after 10 s', async () => {
  const { join, viewers, clock, transport } = setUpStreams();
  await join();
  clock.advance(9000);
  expect(viewers.list.size).toBe(1);
  clock.advance(1000);
  expect(viewers.list.size).toBe(0);
  expect(transport.peers[0]!.closed).toBe(true);
});

test('a viewer that falls silent is reaped after 15 s, one that reports stays', async () => {
  const { joinConnected, viewers, clock } = setUpStreams();
  await joinConnected();
  const { peer } = await joinConnected();
  for (let second = 0; second < 20; second++) {
    peer.events.onRtcp(formatPli(1, 2));
    clock.advance(1000);
  }
  expect(viewers.list.views().map(({ id }) => id)).toEqual([peer.id]);
});

test('a viewer that lost its connection has 10 s to come back', async () => {
  const { joinConnected, viewers, clock } = setUpStreams();
  const { peer } = await joinConnected();
  peer.events.onState('disconnected');
  clock.advance(9000);
  peer.events.onState('connected');
  clock.advance(1000);
  expect(viewers.list.size).toBe(1);
  peer.events.onState('disconnected');
  clock.advance(10_000);
  expect(viewers.list.size).toBe(0);
});

test.each(['failed', 'closed'] as const)(
  'a viewer whose connection is %s is gone at once',
  async (state) => {
    const { joinConnected, viewers, source, camera } = setUpStreams();
    const { peer } = await joinConnected();
    peer.events.onState(state);
    expect(viewers.list.size).toBe(0);
    source.write(camera.keyFrame(), 0);
    expect(peer.sent).toHaveLength(0);
  },
);

test('a viewer that leaves frees its place, and what it was sent stays in the totals', async () => {
  const { joinConnected, viewers, source, camera } = setUpStreams({ maxViewers: 1 });
  source.write(camera.keyFrame(), 0);
  const { sessionKey, peer } = await joinConnected();
  const before = viewers.list.totals();
  expect(before.packets).toBe(2);
  expect(viewers.list.count('gate')).toBe(1);
  viewers.leave('gate', sessionKey);
  expect(peer.closed).toBe(true);
  expect(viewers.list.totals()).toEqual(before);
  expect(viewers.list.count('gate')).toBe(0);
  expect(() => viewers.leave('gate', sessionKey)).toThrow(NotFoundError);
  await joinConnected();
});

test('the limit of viewers counts those that are still joining', async () => {
  const { join, viewers, transport } = setUpStreams({ maxViewers: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.beforeOpen = () => promise;
  const first = join();
  await expect(join()).rejects.toMatchObject({ code: 'too_many_viewers' });
  resolve();
  await first;
  expect(viewers.list.size).toBe(1);
});

test('an offer that is not followed up yields its place after 2 s, a connected viewer never', async () => {
  const { join, joinConnected, viewers, clock, transport } = setUpStreams({ maxViewers: 2 });
  const { peer: connected } = await joinConnected();
  await join();
  clock.advance(1999);
  await expect(join()).rejects.toMatchObject({ code: 'too_many_viewers' });
  clock.advance(1);
  await join();
  expect(viewers.list.size).toBe(2);
  expect(transport.peers.map(({ closed }) => closed)).toEqual([false, true, false]);
  expect(connected.closed).toBe(false);
});

test('a join whose transport fails frees its place', async () => {
  const { join, viewers, transport } = setUpStreams({ maxViewers: 1 });
  transport.beforeOpen = () => Promise.reject(new Error('no'));
  await expect(join()).rejects.toThrow('no');
  transport.beforeOpen = () => Promise.resolve();
  await join();
  expect(viewers.list.size).toBe(1);
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
  const { viewers } = setUpStreams();
  const joined = viewers.join({ streamId: 'gate', offer, userAgent: undefined, ...change });
  await expect(joined).rejects.toMatchObject({ code });
  expect(viewers.list.size).toBe(0);
});

test('a refusal names what the stream sends and what the offer can receive', async () => {
  const { viewers } = setUpStreams();
  const without = offer.replaceAll('H264/90000', 'H999/90000');
  const joined = viewers.join({ streamId: 'gate', offer: without, userAgent: undefined });
  await expect(joined).rejects.toThrow(
    /main sends H264.*does not offer.*can receive video: VP8.*packetization-mode=1/,
  );
});

test('a stream that is not ready says so', async () => {
  const { join, clock } = setUpStreams({ ready: false });
  const joined = join();
  joined.catch(() => {});
  await clock.advanceAsync(8000);
  await expect(joined).rejects.toMatchObject({ code: 'stream_not_ready' });
  await expect(joined).rejects.toThrow('main is connecting');
});

test('candidates that trickle in reach the peer of that session only', async () => {
  const { join, viewers, transport } = setUpStreams();
  const { sessionKey, etag } = await join();
  const { ufrag, pwd } = transport.peers[0]!.remote!;
  const fragment = `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9999 typ host\r\n`;
  viewers.trickle('gate', sessionKey, fragment, etag);
  expect(transport.peers[0]!.candidates).toEqual([expect.stringContaining('127.0.0.1 9999')]);
  expect(() => viewers.trickle('gate', sessionKey, fragment, 'another')).toThrow(
    expect.objectContaining({ code: 'stale_session' }),
  );
  for (const restart of [
    fragment.replace(ufrag, 'other'),
    fragment.replace(pwd, 'another-password-of-it'.replaceAll('-', '+')),
  ]) {
    expect(() => viewers.trickle('gate', sessionKey, restart, etag)).toThrow(
      expect.objectContaining({ code: 'ice_restart_unsupported' }),
    );
  }
  expect(() => viewers.trickle('gate', 'nobody', fragment, etag)).toThrow(
    expect.objectContaining({ code: 'viewer_not_found' }),
  );
});

test('closing ends all viewers, those that are still joining included, and says goodbye', async () => {
  const { join, joinConnected, viewers, transport, clock, streams } = setUpStreams();
  const { peer } = await joinConnected();
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.beforeOpen = () => promise;
  const late = join();
  viewers.close();
  await streams.close();
  resolve();
  await expect(late).rejects.toThrow(/closing/);
  await expect(join()).rejects.toThrow(/closing/);
  expect(viewers.list.size).toBe(0);
  expect(readGoodbyes(peer.rtcp)).toHaveLength(2);
  expect(transport.peers.every(({ closed }) => closed)).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('a viewer whose stream is removed while its peer opens is told so, and nothing of it stays', async () => {
  const { join, viewers, transport, streams, clock } = setUpStreams();
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.beforeOpen = () => promise;
  const late = join();
  late.catch(() => {});
  await clock.advanceAsync(0);
  await streams.remove('gate');
  resolve();
  await expect(late).rejects.toMatchObject({
    code: 'stream_not_ready',
    message: expect.stringContaining('"gate" was removed or changed'),
  });
  expect(viewers.list.size).toBe(0);
  expect(transport.peers.every(({ closed }) => closed)).toBe(true);
});

test('a join whose transport fails leaves nothing open', async () => {
  const { viewers, main, transport, streams, clock } = setUpStreams({
    ready: false,
    main: { open: 'demand', lingerMs: 1000 },
  });
  transport.beforeOpen = () => Promise.reject(new Error('no'));
  const joined = viewers.join({ streamId: 'gate', offer, userAgent: undefined });
  joined.catch(() => {});
  main.source.ready();
  await expect(joined).rejects.toThrow('no');
  await clock.advanceAsync(1000);
  expect(streams.get('gate').main!.state).toBe('idle');
});

test('viewers are counted by their stream, and one that leaves is one less', async () => {
  const { join, viewers } = setUpStreams();
  const { sessionKey } = await join();
  await join();
  viewers.leave('gate', sessionKey);
  expect(viewers.list.count('gate')).toBe(1);
});

test('a viewer that comes before the first key frame has the source asked for one', async () => {
  const { joinConnected, source, camera } = setUpStreams();
  await joinConnected();
  expect(source.keyFramesAsked).toBe(1);
  source.write(camera.keyFrame(), 0);
  await joinConnected();
  expect(source.keyFramesAsked).toBe(1);
});
