// The engine behind the port, against a real peer on loopback.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { Peer, PeerEvents, PeerState, PeerTransport } from '#core/ports/peer-transport.ts';
import { formatPli } from '#media/rtcp/feedback.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { writeAnswer } from '#media/sdp/answer.ts';
import { chooseH264, chooseOpus } from '#media/sdp/codec-choice.ts';
import { readOffer } from '#media/sdp/offer.ts';
import { InputError } from '#std/errors.ts';
import { collectGarbage } from '../../../test/support/collect-garbage.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { MediaPeer } from '../../../test/support/media-peer.ts';
import {
  batchOf,
  CONTRACT_SSRC,
  peerTransportContract,
} from '../../../test/support/peer-transport-contract.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { systemClock } from '../../app/system-clock.ts';
import { openWebrtcTransport } from './webrtc-transport.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Met {
  readonly peer: Peer;
  readonly far: MediaPeer;
  readonly states: PeerState[];
  readonly rtcp: Uint8Array[];
}

async function openTransport(options: { tcp?: boolean; hosts?: string[] } = {}) {
  const port = await freePort();
  const { tcp = false, hosts = [] } = options;
  const config = { host: '127.0.0.1', port, tcp, hosts, iceServers: [] };
  const log = new SilentLog();
  const transport = await openWebrtcTransport({ config, clock: systemClock, log });
  closers.push(() => transport.close());
  return { transport, port, log };
}

async function meet(
  transport: PeerTransport,
  id = 'viewer',
  extra: Partial<PeerEvents> = {},
): Promise<Met> {
  const states: PeerState[] = [];
  const rtcp: Uint8Array[] = [];
  const events: PeerEvents = {
    onState: (state) => {
      states.push(state);
      extra.onState?.(state);
    },
    onRtcp: extra.onRtcp ?? ((packet) => rtcp.push(packet.slice())),
    ...(extra.onRtp ? { onRtp: extra.onRtp } : {}),
  };
  const far = new MediaPeer(`far-${id}`);
  closers.push(() => far.close());
  const offer = readOffer(await far.offer());
  const peer = await transport.open(id, offer.transport, events);
  const lane = { rtxSsrc: undefined, cname: id, msid: id, receiverRtt: false };
  const media = offer.media.map(({ kind, codecs }) => {
    const codec =
      kind === 'video' ? chooseH264(codecs, { profileLevelId: '42e01f' }) : chooseOpus(codecs);
    return (
      codec && {
        ...lane,
        codecs: [codec] as const,
        ssrc: kind === 'video' ? CONTRACT_SSRC : 0x2222,
        trackId: kind,
      }
    );
  });
  far.accept(writeAnswer(offer, { sessionId: '1', local: peer.local, media }));
  await until(() => states.includes('connected') && far.connected, { what: `${id} to connect` });
  return { peer, far, states, rtcp };
}

peerTransportContract('WebrtcTransport', {
  open: async () => (await openTransport()).transport,
  meet: async (transport, id) => {
    const met = await meet(transport, id);
    return {
      ...met,
      arrived: () => met.far.video.first,
      arrivedRtcp: () => met.far.video.firstRtcp,
      sendBack: (packet) => met.far.send(packet),
    };
  },
});

test('packets for a peer that is not connected are counted and do no harm', async () => {
  const { transport } = await openTransport();
  const far = new MediaPeer('never-answered');
  closers.push(() => far.close());
  const { transport: remote } = readOffer(await far.offer());
  const peer = await transport.open('early', remote, { onState: () => {}, onRtcp: () => {} });
  transport.send(batchOf([peer], rtpPacket(Uint8Array.of(1), { sequence: 1, timestamp: 1 }), 1));
  expect(peer.sendFailures).toBe(1);
});

test('malformed RTCP from one viewer neither spins the engine nor reaches the others', async () => {
  const { transport } = await openTransport();
  const attackers = await Promise.all([
    meet(transport, 'a'),
    meet(transport, 'b'),
    meet(transport, 'c'),
  ]);
  const victim = await meet(transport, 'victim');
  // An SDES whose chunk is cut, one with a length beyond its end, an empty one.
  const nasty = [
    [0x81, 202, 0, 1, 0, 0, 0, 1],
    [0x9f, 202, 0, 1, 1, 2, 3, 4],
    [0x81, 202, 0xff, 0xff, 0, 0, 0, 1],
  ];
  for (const { far } of attackers) for (const bytes of nasty) far.send(Uint8Array.from(bytes));
  await until(() => attackers.every(({ rtcp }) => rtcp.length > 0), {
    what: 'the attack to arrive',
  });
  const before = process.cpuUsage();
  const startMs = performance.now();
  const packet = rtpPacket(Uint8Array.of(0x65), { sequence: 0, timestamp: 0 });
  for (let sequence = 0; sequence < 50; sequence++) {
    transport.send(batchOf([victim.peer], packet, sequence));
    await until(() => victim.far.video.packets === sequence + 1, { what: `packet ${sequence}` });
  }
  const { user, system } = process.cpuUsage(before);
  const busy = (user + system) / 1000 / (performance.now() - startMs);
  // A spinning library thread alone would make it more than one core.
  expect(busy).toBeLessThan(0.9);
  expect(attackers.every(({ rtcp }) => rtcp.every((bytes) => readRtcp(bytes).malformed))).toBe(
    true,
  );
});

test('a viewer that floods with packets is told to have failed', async () => {
  const { transport } = await openTransport();
  const { far, states } = await meet(transport);
  const pli = formatPli(1, CONTRACT_SSRC);
  for (let sent = 0; sent < 4000 && !states.includes('failed'); sent++) {
    far.send(pli);
    if (sent % 100 === 0) await new Promise(setImmediate);
  }
  await until(() => states.includes('failed'), { what: 'the flood to be noticed' });
});

test('RTP of any SSRC reaches who listens to it, told from RTCP by its type', async () => {
  const { transport } = await openTransport();
  const rtp: Uint8Array[] = [];
  const { far, rtcp } = await meet(transport, 'publisher', {
    onRtp: (packet) => rtp.push(packet.slice()),
  });
  const sent = [0x4242, 0x4343].map((ssrc, at) =>
    rtpPacket(Uint8Array.of(0x65, at), { sequence: at, timestamp: at, ssrc }),
  );
  for (const packet of sent) far.send(packet);
  far.send(formatPli(1, CONTRACT_SSRC));
  await until(() => rtcp.length === 1 && rtp.length === 2, { what: 'all three' });
  expect(rtp.map((packet) => [...packet])).toEqual(sent.map((packet) => [...packet]));
});

test('a viewer’s RTP goes nowhere, and a publisher may send more than viewers may', async () => {
  const { transport } = await openTransport();
  const viewer = await meet(transport, 'viewer');
  viewer.far.send(rtpPacket(Uint8Array.of(1), { sequence: 1, timestamp: 1 }));
  viewer.far.send(formatPli(1, CONTRACT_SSRC));
  await until(() => viewer.rtcp.length > 0, { what: 'the PLI after it' });
  expect(viewer.rtcp).toHaveLength(1);
  let arrived = 0;
  const publisher = await meet(transport, 'publisher', { onRtp: () => arrived++ });
  for (let sequence = 0; sequence < 1_000; sequence++) {
    publisher.far.send(rtpPacket(Uint8Array.of(1), { sequence, timestamp: 1 }));
    if (sequence % 50 === 49) {
      await until(() => arrived === sequence + 1, { what: `packet ${sequence}` });
    }
  }
  expect(publisher.states).not.toContain('failed');
});

test('an exception in what a viewer’s packet sets off ends that viewer, not the process', async () => {
  const { transport, log } = await openTransport();
  const victim = await meet(transport, 'victim');
  const states: PeerState[] = [];
  const faulty = await meet(transport, 'faulty', {
    onState: (state) => states.push(state),
    onRtcp: () => {
      throw new Error('our bug');
    },
  });
  faulty.far.send(formatPli(1, CONTRACT_SSRC));
  await until(() => states.includes('failed'), { what: 'the end of the faulty one' });
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { viewer: 'faulty' } });
  const packet = rtpPacket(Uint8Array.of(1), { sequence: 1, timestamp: 1 });
  transport.send(batchOf([victim.peer], packet, 1));
  await until(() => victim.far.video.packets === 1, { what: 'the other viewer' });
});

test('an open track survives garbage collection', async () => {
  const { transport } = await openTransport();
  const { peer, far } = await meet(transport);
  await collectGarbage();
  transport.send(batchOf([peer], rtpPacket(Uint8Array.of(1), { sequence: 1, timestamp: 1 }), 1));
  await until(() => far.video.packets === 1, { what: 'a packet after the collection' });
});

test('the answer holds extra hosts and a TCP candidate beside each UDP one', async () => {
  const { transport, port } = await openTransport({ tcp: true, hosts: ['203.0.113.7'] });
  const { peer } = await meet(transport);
  const seen = peer.local.candidates.map((candidate) => {
    const [, , protocol, , address, candidatePort] = candidate.split(' ');
    return `${protocol?.toLowerCase()} ${address} ${candidatePort}`;
  });
  expect(seen).toEqual(
    expect.arrayContaining([
      `udp 127.0.0.1 ${port}`,
      `udp 203.0.113.7 ${port}`,
      `tcp 127.0.0.1 ${port}`,
      `tcp 203.0.113.7 ${port}`,
    ]),
  );
});

test('a name in webrtc.hosts that nobody knows is an error that names it', async () => {
  const config = {
    host: '127.0.0.1',
    port: await freePort(),
    tcp: false,
    hosts: ['no.such.invalid'],
    iceServers: [],
  };
  const opened = openWebrtcTransport({ config, clock: systemClock, log: new SilentLog() });
  await expect(opened).rejects.toThrow(/Cannot resolve "no.such.invalid"/);
});

test('a transport description that the engine refuses is the offer’s fault and leaves nothing behind', async () => {
  const { transport } = await openTransport();
  const remote = {
    ufrag: 'abcd',
    pwd: 'short',
    fingerprint: 'sha-256 AB',
    setup: 'actpass',
    candidates: [],
  } as const;
  const events = { onState: () => {}, onRtcp: () => {} };
  await expect(transport.open('bad', remote, events)).rejects.toBeInstanceOf(InputError);
});

test('the media port is held from the start to the end, viewers or not', async () => {
  const { transport, port } = await openTransport();
  const { peer } = await meet(transport);
  peer.close();
  const thief = createSocket('udp4');
  thief.bind(port, '127.0.0.1');
  const [error] = await once(thief, 'error');
  expect(error).toMatchObject({ code: 'EADDRINUSE' });
});

test('our own connectivity checks wait a second for the viewer’s', async () => {
  const clock = new VirtualClock();
  const config = { host: '127.0.0.1', port: 0, tcp: false, hosts: [], iceServers: [] };
  const transport = await openWebrtcTransport({ config, clock, log: new SilentLog() });
  closers.push(() => transport.close());
  const viewer = createSocket('udp4');
  viewer.bind(0, '127.0.0.1');
  await once(viewer, 'listening');
  closers.push(() => viewer.close());
  let checks = 0;
  viewer.on('message', () => checks++);
  const far = new MediaPeer('silent');
  closers.push(() => far.close());
  const { transport: remote } = readOffer(await far.offer());
  const candidates = [`candidate:1 1 udp 1 127.0.0.1 ${viewer.address().port} typ host`];
  const events = { onState: () => {}, onRtcp: () => {} };
  await transport.open('patient', { ...remote, candidates }, events);
  clock.advance(999);
  // What was sent before this datagram has arrived before it.
  viewer.send('marker', viewer.address().port, '127.0.0.1');
  await until(() => checks > 0, { what: 'the marker' });
  expect(checks).toBe(1);
  clock.advance(1);
  await until(() => checks > 1, { what: 'a connectivity check' });
});

test('of a viewer’s candidates eight are checked, and our ufrag is long enough for thousands', async () => {
  const clock = new VirtualClock();
  const config = { host: '127.0.0.1', port: 0, tcp: false, hosts: [], iceServers: [] };
  const transport = await openWebrtcTransport({ config, clock, log: new SilentLog() });
  closers.push(() => transport.close());
  const checked = new Set<number>();
  const ports: number[] = [];
  for (let at = 0; at < 12; at++) {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    closers.push(() => socket.close());
    socket.on('message', () => checked.add(at));
    ports.push(socket.address().port);
  }
  const far = new MediaPeer('many-addresses');
  closers.push(() => far.close());
  const { transport: remote } = readOffer(await far.offer());
  const candidates = ports.map(
    (port) => `candidate:${port} 1 udp ${port} 127.0.0.1 ${port} typ host`,
  );
  const events = { onState: () => {}, onRtcp: () => {} };
  const peer = await transport.open('many', { ...remote, candidates }, events);
  expect(peer.local.ufrag.length).toBeGreaterThanOrEqual(12);
  clock.advance(1000);
  await until(() => checked.size >= 8, { what: 'eight checks' });
  // The engine goes through its pairs 50 ms apart; the ninth would have come with the first repeats.
  await until(() => checked.size === 8 && checked.has(7), { what: 'the eighth' });
  expect([...checked].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a STUN server that does not answer delays the answer by 2 s and is named once', async () => {
  const mute = createSocket('udp4');
  closers.push(() => mute.close());
  mute.bind(0, '127.0.0.1');
  await once(mute, 'listening');
  const clock = new VirtualClock();
  const log = new SilentLog();
  const iceServers = [{ url: `stun:127.0.0.1:${mute.address().port}` }];
  const config = { host: '127.0.0.1', port: 0, tcp: false, hosts: [], iceServers };
  const transport = await openWebrtcTransport({ config, clock, log });
  closers.push(() => transport.close());
  const far = new MediaPeer('patient');
  closers.push(() => far.close());
  const { transport: remote } = readOffer(await far.offer());
  for (const id of ['one', 'two']) {
    const opened = transport.open(id, remote, { onState: () => {}, onRtcp: () => {} });
    await clock.advanceAsync(2000);
    expect((await opened).local.candidates).toHaveLength(1);
  }
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a media port that is taken is an error at the start', async () => {
  const { port } = await openTransport({ tcp: true });
  const config = { host: '127.0.0.1', port, tcp: true, hosts: [], iceServers: [] };
  const second = openWebrtcTransport({ config, clock: systemClock, log: new SilentLog() });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
