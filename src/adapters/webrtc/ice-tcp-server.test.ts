// ICE over TCP: a real peer without UDP is served; strangers get nothing and hold nothing.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { Peer, PeerTransport } from '#core/ports/peer-transport.ts';
import { writeAnswer } from '#media/sdp/answer.ts';
import { chooseH264 } from '#media/sdp/codec-choice.ts';
import { type Offer, readOffer } from '#media/sdp/offer.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { MediaPeer } from '../../../test/support/media-peer.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { bindingRequest } from '../../../test/support/stun.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { systemClock } from '../../app/system-clock.ts';
import { IceTcpServer } from './ice-tcp-server.ts';
import { formatTcpFrame } from './tcp-frames.ts';
import { openWebrtcTransport } from './webrtc-transport.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The far end's own TCP, not what is tested here, now and then stays stuck: then another one tries. */
const ATTEMPTS = 3;
const CONNECT_WITHIN_MS = 6_000;

async function meetByTcp(transport: PeerTransport): Promise<{ peer: Peer; far: MediaPeer }> {
  for (let attempt = 1; ; attempt++) {
    const far = new MediaPeer(`tcp-${attempt}`, { tcp: true });
    closers.push(() => far.close());
    const offer = readOffer(await far.offer());
    const states: string[] = [];
    const events = { onState: (state: string) => states.push(state), onRtcp: () => {} };
    const remote = { ...offer.transport, candidates: [] };
    const peer = await transport.open(`tcp-${attempt}`, remote, events);
    far.accept(answerWithTcpOnly(offer, peer));
    const connected = () => states.includes('connected') && far.videoOpen;
    try {
      await until(connected, { what: 'TCP to connect', withinMs: CONNECT_WITHIN_MS });
      return { peer, far };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      peer.close();
    }
  }
}

function answerWithTcpOnly(offer: Offer, peer: Peer): string {
  const media = offer.media.map(({ kind, codecs }) => {
    const codec = kind === 'video' ? chooseH264(codecs, { profileLevelId: '42e01f' }) : undefined;
    const lane = { ssrc: 7, rtxSsrc: undefined, cname: 'c', msid: 'm', trackId: 't' };
    return codec && { ...lane, codecs: [codec] as const, receiverRtt: false };
  });
  const candidates = peer.local.candidates.filter((candidate) => candidate.includes('tcptype'));
  return writeAnswer(offer, { sessionId: '1', local: { ...peer.local, candidates }, media });
}

test('a peer that reaches us by TCP only gets every packet, and its path says so', async () => {
  const port = await freePort();
  const config = { host: '127.0.0.1', port, tcp: true, hosts: [], iceServers: [] };
  const transport = await openWebrtcTransport({ config, clock: systemClock, log: new SilentLog() });
  closers.push(() => transport.close());
  const { peer, far } = await meetByTcp(transport);
  const packet = rtpPacket(new Uint8Array(1100).fill(0x41), { sequence: 0, timestamp: 0 });
  for (let sequence = 0; sequence < 100; sequence++) {
    const headers = Uint32Array.of((96 << 16) | sequence, 0, 7);
    transport.send({ length: 1, peers: [peer], packets: [packet], headers });
    // As frames come: the engine's packets cross a socket buffer on loopback.
    if (sequence % 20 === 19) {
      await until(() => far.video.packets > sequence, { what: `packet ${sequence} over TCP` });
    }
  }
  expect(far.video.lost).toBe(0);
  expect(peer.path()).toMatchObject({
    protocol: 'tcp',
    remote: expect.stringMatching(/^127\.0\.0\.1:/),
  });
  expect(transport.tcpConnections).toBe(1);
  peer.close();
});

async function openServer(clock = new VirtualClock(), host = '127.0.0.1', limit = 250) {
  const port = await freePort();
  const limitOf = (ufrag: string) => (ufrag === 'ours' ? limit : undefined);
  const server = new IceTcpServer({ host, port, clock, limitOf, log: new SilentLog() });
  await server.listen();
  closers.push(() => server.close());
  return { server, port, clock };
}

async function dial(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  socket.on('error', () => {});
  await once(socket, 'connect');
  closers.push(() => socket.destroy());
  return socket;
}

test.each([
  ['a check for a peer that does not exist', formatTcpFrame(bindingRequest('theirs:x'))],
  ['a packet that is no check', formatTcpFrame(Buffer.from('hello'))],
  ['a request of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('a connection that begins with %s is closed', async (_, bytes) => {
  const { server, port } = await openServer();
  const socket = await dial(port);
  socket.write(bytes);
  await once(socket, 'close');
  await until(() => server.connections === 0, { what: 'the bridge to go' });
});

test('a connection that says nothing is closed after 5 s', async () => {
  const { server, port, clock } = await openServer();
  const socket = await dial(port);
  await until(() => server.connections === 1, { what: 'the connection' });
  clock.advance(4999);
  expect(server.connections).toBe(1);
  clock.advance(1);
  await once(socket, 'close');
  expect(server.connections).toBe(0);
});

test('a check for a peer of ours keeps the connection, and closing the server ends it', async () => {
  const { server, port, clock } = await openServer();
  const socket = await dial(port);
  socket.write(formatTcpFrame(bindingRequest('ours:theirs')));
  await until(() => server.admitted === 1, { what: 'the connection to be admitted' });
  clock.advance(60_000);
  expect(server.connections).toBe(1);
  await Promise.all([once(socket, 'close'), server.close()]);
  expect(server.connections).toBe(0);
  expect(server.admitted).toBe(0);
});

test('a server on every interface is reached by IPv4 and, where there is one, by IPv6', async () => {
  const { server, port } = await openServer(new VirtualClock(), '0.0.0.0');
  const hasIpv6 = Object.values(networkInterfaces()).some((faces) =>
    faces?.some(({ address }) => address === '::1'),
  );
  await dial(port);
  if (hasIpv6) await dial(port, '::1');
  await until(() => server.connections === (hasIpv6 ? 2 : 1), { what: 'the connections' });
});

test('a peer has four connections, and they end with it', async () => {
  const { server, port } = await openServer();
  const sockets = await Promise.all(Array.from({ length: 6 }, () => dial(port)));
  for (const socket of sockets) socket.write(formatTcpFrame(bindingRequest('ours:theirs')));
  await until(() => server.connections === 4, { what: 'two to be turned away' });
  server.release('theirs');
  expect(server.connections).toBe(4);
  server.release('ours');
  expect(server.connections).toBe(0);
});

test('a connection that floods is closed, another of that peer is not', async () => {
  const { server, port } = await openServer();
  const [flood, quiet] = await Promise.all([dial(port), dial(port)]);
  const check = formatTcpFrame(bindingRequest('ours:theirs'));
  quiet!.write(check);
  flood!.write(Buffer.concat(Array.from({ length: 600 }, () => check)));
  await once(flood!, 'close');
  await until(() => server.admitted === 1, { what: 'the quiet one' });
});

test('a connection of a peer that may send more is not closed for it', async () => {
  const { server, port } = await openServer(new VirtualClock(), '127.0.0.1', 10_000);
  const engine = createSocket('udp4');
  closers.push(() => engine.close());
  engine.bind(port, '127.0.0.1');
  await once(engine, 'listening');
  let arrived = 0;
  engine.on('message', () => arrived++);
  const socket = await dial(port);
  const check = formatTcpFrame(bindingRequest('ours:theirs'));
  for (let sent = 0; sent < 600; sent += 50) {
    socket.write(Buffer.concat(Array.from({ length: 50 }, () => check)));
    await until(() => arrived === sent + 50, { what: `check ${sent + 50}` });
  }
  expect(server.admitted).toBe(1);
});

test('what a slow reader leaves lying is dropped and counted, not kept', async () => {
  const { server, port } = await openServer();
  const engine = createSocket('udp4');
  closers.push(() => engine.close());
  engine.bind(port, '127.0.0.1');
  await once(engine, 'listening');
  const socket = await dial(port);
  socket.pause();
  socket.write(formatTcpFrame(bindingRequest('ours:theirs')));
  const [, { port: loopbackPort }] = await once(engine, 'message');
  const packet = Buffer.alloc(1200);
  await until(
    async () => {
      for (let burst = 0; burst < 50; burst++) engine.send(packet, loopbackPort, '127.0.0.1');
      await new Promise(setImmediate);
      return server.dropped > 0;
    },
    { what: 'a dropped packet' },
  );
});
