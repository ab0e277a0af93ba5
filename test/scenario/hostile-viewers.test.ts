// Viewers that mean harm: what each of them could do to the others once, and must not do again.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from '#core/streams/outbox.ts';
import { Pacer } from '#core/streams/pacer.ts';
import { Subscriber } from '#core/streams/subscriber.ts';
import { Track } from '#core/streams/track.ts';
import { WebrtcViewer } from '#core/streams/webrtc-viewer.ts';
import { type AnsweredMedia, writeAnswer } from '#media/sdp/answer.ts';
import { readOffer } from '#media/sdp/offer.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import { openWebrtcTransport } from '../../src/adapters/webrtc/webrtc-transport.ts';
import { FakePeer, FakeTransport } from '../support/fake-transport.ts';
import { freePort } from '../support/free-port.ts';
import { MediaPeer } from '../support/media-peer.ts';
import { readProcess } from '../support/process-figures.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SilentLog } from '../support/silent-log.ts';
import { bindingRequest } from '../support/stun.ts';
import { until } from '../support/until.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** Both ends are in this process: a handshake takes some 20 ms. */
const HANDSHAKE_MS = 500;
const DEFAULTS = { host: '127.0.0.1', tcp: false, hosts: [], iceServers: [] };

let server: ServerProcess;
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  server = await ServerProcess.start({ logLevel: 'error' });
});

afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await server.dispose();
});

async function join(name: string): Promise<{ media: MediaPeer; answer: string }> {
  const media = new MediaPeer(name);
  closers.push(() => media.close());
  const response = await fetch(`${server.url}/whep/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await media.offer(),
  });
  return { media, answer: await response.text() };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function isAlive(): Promise<boolean> {
  const { ok } = await fetch(`${server.url}/api/v1/health`);
  return ok;
}

test('a handshake that breaks off before our own checks begin does not end the server', async () => {
  const clock = new VirtualClock();
  const config = { ...DEFAULTS, port: await freePort() };
  const transport = await openWebrtcTransport({ config, clock, log: new SilentLog() });
  const media = new MediaPeer('forger');
  closers.push(
    () => media.close(),
    () => transport.close(),
  );
  const offer = readOffer(await media.offer());
  const peer = await transport.open('viewer', offer.transport, {
    onState: () => {},
    onRtcp: () => {},
  });
  const fingerprint = `sha-256 ${'AB:'.repeat(31)}AB`;
  const local = { ...peer.local, fingerprint };
  const lanes = offer.media.map(({ codecs: [codec] }, ssrc) => codec && lane(codec, ssrc + 1));
  try {
    media.accept(writeAnswer(offer, { sessionId: '1', local, media: lanes }));
  } catch {
    // The far end may be gone before it has read all of the answer.
  }
  // The engine's threads run on and close the transport; its news of it can't be heard meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANDSHAKE_MS);
  expect(() => clock.advance(1_000)).not.toThrow();
  expect(() => peer.addCandidate('candidate:1 1 udp 1 127.0.0.1 9 typ host')).not.toThrow();
});

function lane(codec: OfferedCodec, ssrc: number): AnsweredMedia {
  const names = { cname: 'c', msid: 'm', trackId: 't' };
  return { codecs: [codec], ssrc, rtxSsrc: undefined, receiverRtt: false, ...names };
}

test('one RTCP packet full of reference times gets one answer', () => {
  const clock = new VirtualClock();
  const peer = new FakePeer();
  const outbox = new Outbox(new FakeTransport());
  const track = new Track({ kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 });
  const lane = { ssrc: 1, payloadType: 111, rtx: undefined };
  const viewer = new WebrtcViewer({
    id: 'viewer',
    key: 'key',
    streamId: 'gate',
    userAgent: undefined,
    clock,
    protocol: 'whep',
    onEnd: undefined,
    onState: () => {},
    onKeyFrameNeeded: () => {},
  });
  const pacer = new Pacer(clock, () => outbox.flush());
  const outlet = outbox.outletTo(peer);
  const choice = { profile: 'main' as const, words: '', demands: [] };
  const subscriber = new Subscriber(track, { outlet, pacer, lane, randomWord: () => 1 });
  viewer.seat(peer, [subscriber], { ...choice, video: undefined, audio: track });
  viewer.onState('connected');
  const before = peer.rtcp.length;
  viewer.onRtcp(referenceTimes(60));
  expect(peer.rtcp).toHaveLength(before);
  viewer.tick(1_000);
  // The track has no frame and so no report: there is the one answer.
  expect(peer.rtcp).toHaveLength(before + 1);
});

/** One extended report (RFC 3611 §4.4) with this many blocks. */
function referenceTimes(count: number): Uint8Array {
  const packet = Buffer.alloc(8 + count * 12);
  packet.writeUInt16BE(0x80_cf, 0);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  for (let block = 0; block < count; block++) packet.writeUInt32BE(0x04_00_00_02, 8 + block * 12);
  return packet;
}

test('requests that are sent without reading the answers cost little memory', async () => {
  const before = readProcess(server.pid).rssBytes;
  const sockets = await Promise.all(Array.from({ length: 4 }, () => open(server.httpPort)));
  const request = 'GET /api/v1/openapi.json HTTP/1.1\r\nHost: yeoul\r\n\r\n';
  for (const socket of sockets) socket.pause().write(request.repeat(1_500));
  let peak = before;
  for (let look = 0; look < 20; look++) {
    expect(await isAlive()).toBe(true);
    peak = Math.max(peak, readProcess(server.pid).rssBytes);
  }
  // 6,000 answers of 150 kB are 900 MB.
  expect(peak - before).toBeLessThan(128e6);
});

test('one session does not take the TCP connections of the others', async () => {
  const { answer } = await join('collector');
  const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(answer) ?? [];
  const check = bindingRequest(`${ufrag}:far`);
  const length = Buffer.of(check.length >> 8, check.length & 0xff);
  const sockets = await Promise.all(Array.from({ length: 40 }, () => open(server.mediaPort)));
  for (const socket of sockets) socket.resume().write(Buffer.concat([length, check]));
  const openOnes = () => sockets.filter((socket) => !socket.closed).length;
  await until(() => openOnes() <= 8, {
    what: 'all but a handful of connections to be closed',
    withinMs: 3_000,
  });
  expect(openOnes()).toBeGreaterThan(0);
});
