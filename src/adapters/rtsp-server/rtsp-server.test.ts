// The RTSP server against a plain client: what it answers, sends, counts and survives.

import { createHash } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import {
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
} from '#media/rtp/header.ts';
import { parseCameraDescription } from '#media/sdp/camera-description.ts';
import { StateError, UnavailableError } from '#std/errors.ts';
import { FakeStreams } from '../../../test/support/fake-watching.ts';
import { openRtspClient, type PlainRtspClient } from '../../../test/support/plain-rtsp-client.ts';
import { PPS, rtpPacket, SPS, VideoSender } from '../../../test/support/rtp-packets.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import type { RtspAccess } from './options.ts';
import { createRtspServer, type RtspServer } from './rtsp-server.ts';

const VIDEO: TrackFormat = {
  kind: 'video',
  codec: 'H264',
  clockRate: 90_000,
  parameterSets: [SPS, PPS],
};
const AUDIO: TrackFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };
const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };
const RECORD = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record' };
const SDP = { 'Content-Type': 'application/sdp' };
const ANNOUNCED = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:streamid=0',
  'm=audio 0 RTP/AVP 8',
  'a=control:streamid=1',
  'm=application 0 RTP/AVP 98',
  'a=control:streamid=2',
  '',
].join('\r\n');

interface Stage {
  readonly clock: VirtualClock;
  readonly log: SilentLog;
  readonly streams: FakeStreams;
  readonly server: RtspServer;
  readonly address: string;
  readonly client: PlainRtspClient;
}

async function setStage(
  access: Partial<RtspAccess> = {},
  limits: { maxConnections?: number } = {},
): Promise<Stage> {
  const opened = await listenOn('127.0.0.1', { access, ...limits });
  const address = `rtsp://127.0.0.1:${opened.server.port}/gate`;
  return { ...opened, address, client: await connect(address) };
}

async function listenOn(
  host: string,
  options: {
    port?: number;
    rtpPort?: number;
    maxConnections?: number;
    access?: Partial<RtspAccess>;
  } = {},
) {
  const { port = 0, rtpPort = 0, maxConnections = 100, access } = options;
  const clock = new VirtualClock();
  const log = new SilentLog();
  const streams = new FakeStreams();
  streams.add('gate', VIDEO, AUDIO);
  const server = createRtspServer({
    clock,
    log,
    streams,
    access: { readOpen: true, mayPublishOpen: true, ha1: () => undefined, ...access },
    maxConnections,
    rtpPort,
  });
  onTestFinished(() => server.close());
  await server.listen(host, port);
  return { clock, log, streams, server };
}

async function connect(address: string): Promise<PlainRtspClient> {
  const client = await openRtspClient(address);
  onTestFinished(() => client.close());
  return client;
}

async function play(client: PlainRtspClient): Promise<void> {
  await client.ask('DESCRIBE');
  await client.ask('SETUP', '/trackID=0', TCP);
  await client.ask('PLAY');
}

async function record({ client }: Pick<Stage, 'client'>): Promise<void> {
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  await client.ask('SETUP', '/streamid=0', RECORD);
  await client.ask('RECORD');
}

async function closed(client: PlainRtspClient): Promise<void> {
  await until(() => client.isClosed, { what: 'the end of the connection' });
}

async function openUdp(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

function collect(socket: UdpSocket): { packet: Buffer; port: number }[] {
  const packets: { packet: Buffer; port: number }[] = [];
  socket.on('message', (packet, { port }) => packets.push({ packet, port }));
  return packets;
}

function receiverReport(): Uint8Array {
  const block = { ssrc: 1, fractionLost: 0, cumulativeLost: 0, highestSequence: 1, jitter: 0 };
  return formatReceiverReport(1, [{ ...block, lastSr: 0, delaySinceLastSr: 0 }]);
}

/** What a client answers to the server's challenge. */
function digest(
  challenges: string,
  of: { method: string; uri: string; username?: string; password?: string; algorithm?: string },
) {
  const { method, uri, username = 'admin', password = 'secret', algorithm = 'SHA-256' } = of;
  const line = challenges.split('\n').find((each) => each.includes(`algorithm=${algorithm}`))!;
  const [, nonce] = /nonce="([^"]*)"/.exec(line)!;
  const hash = (text: string) => createHash(algorithm.replace('-', '')).update(text).digest('hex');
  const ha1 = hash(`${username}:Yeoul:${password}`);
  const response = hash(`${ha1}:${nonce}:00000001:abc:auth:${hash(`${method}:${uri}`)}`);
  return {
    Authorization: `Digest username="${username}", realm="Yeoul", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="abc"`,
  };
}

const closedAccess: Partial<RtspAccess> = {
  readOpen: false,
  mayPublishOpen: false,
  ha1: (algorithm, username, realm) =>
    username === 'admin'
      ? createHash(algorithm.replace('-', '')).update(`admin:${realm}:secret`).digest('hex')
      : undefined,
};

test('OPTIONS names the methods, and every answer has the number of its request', async () => {
  const { client } = await setStage();
  const { headers } = await client.ask('OPTIONS');
  expect(headers.get('public')).toContain('DESCRIBE');
  expect(headers.get('cseq')).toBe('1');
  expect((await client.ask('OPTIONS')).headers.get('cseq')).toBe('2');
});

test('DESCRIBE tells the tracks, with the parameter sets that the stream has', async () => {
  const { client, streams, address } = await setStage();
  const { status, headers, body } = await client.ask('DESCRIBE', '?profile=sub', {
    'User-Agent': 'VLC',
  });
  expect([status, headers.get('content-base')]).toEqual([200, `${address}/`]);
  expect(parseCameraDescription(body).tracks).toEqual([
    { format: VIDEO, payloadType: 96, control: 'trackID=0' },
    { format: AUDIO, payloadType: 97, control: 'trackID=1' },
  ]);
  expect(streams.watched.request).toMatchObject({
    streamId: 'gate',
    protocol: 'rtsp',
    profile: 'sub',
    userAgent: 'VLC',
    remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
  expect(streams.watched.request.accepts(AUDIO)).toBe(true);
});

test('a sequence number that is none is not sent back', async () => {
  const { client, log } = await setStage();
  client.send('OPTIONS * RTSP/1.0\r\nCSeq: 1\rX: 2\r\n\r\n');
  await until(() => client.answers === 1, { what: 'the answer' });
  expect((await client.ask('OPTIONS')).status).toBe(200);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a stream that is not there is answered 404, in words', async () => {
  const { client, address, log } = await setStage();
  const elsewhere = await connect(address.replace('gate', 'attic'));
  const raw: string[] = [];
  elsewhere.socket.on('data', (chunk) => raw.push(chunk.toString()));
  expect((await elsewhere.ask('DESCRIBE')).status).toBe(404);
  expect(raw.join('')).toMatch(/^RTSP\/1\.0 404 There is no stream "attic"\.\r\n/);
  expect((await client.ask('DESCRIBE', '/a/b')).status).toBe(404);
  expect(log.lines.filter(({ message }) => message === 'RTSP request refused')).toHaveLength(2);
});

test.each([
  [new UnavailableError('Stream "gate" has nothing to show.', { code: 'stream_not_ready' }), 503],
  [new UnavailableError('All places are taken.', { code: 'too_many_viewers' }), 453],
  [new StateError('Somebody publishes.', { code: 'publisher_present' }), 403],
  [new TypeError('a bug'), 500],
])('the error %s is answered %i', async (failure, status) => {
  const { client, streams, log } = await setStage();
  streams.failure = failure;
  expect((await client.ask('DESCRIBE')).status).toBe(status);
  expect((await client.ask('ANNOUNCE', '', SDP, ANNOUNCED)).status).toBe(status);
  expect(log.lines.some(({ level }) => level === 'error')).toBe(status === 500);
});

test('media comes after the answer to PLAY, under the numbers of this viewer', async () => {
  const { client, streams } = await setStage();
  await client.ask('DESCRIBE');
  const { headers } = await client.ask('SETUP', '/trackID=0', TCP);
  expect(headers.get('transport')).toBe(
    'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=A0000000;mode=play',
  );
  expect(headers.get('session')).toMatch(/^[0-9a-f]{16};timeout=60$/);
  const frame = new VideoSender({ ssrc: 7, sequence: 3 }).keyFrame(2);
  streams.watched.onStart = () => streams.watched.send(0, frame);
  const answer = await client.ask('PLAY');
  expect(answer.headers.get('rtp-info')).toMatch(/^url=rtsp:\S+\/gate\/trackID=0;seq=65534$/);
  await client.waitForFrames(4);
  expect(client.order.slice(-5)).toEqual(['200', '$0', '$0', '$0', '$0']);
  const packets = client.framesOf(0);
  expect(packets.map(readSequence)).toEqual([65_534, 65_535, 0, 1]);
  expect(packets.map(readMarker)).toEqual([false, false, false, true]);
  expect(new Set(packets.map(readSsrc))).toEqual(new Set([0xa000_0000]));
  expect(new Set(packets.map(readPayloadType))).toEqual(new Set([96]));
  expect(packets.map(readTimestamp)).toEqual(frame.map(readTimestamp));
  expect(packets.map((packet) => packet.subarray(12))).toEqual(
    frame.map((packet) => packet.subarray(12)),
  );
});

test('what stands behind the header of a packet is announced by its first byte', async () => {
  const { client, streams } = await setStage();
  await play(client);
  // One contributing source (CC = 1).
  const packet = rtpPacket(Uint8Array.of(0, 0, 0, 9, 0x41, 1), { sequence: 1, timestamp: 1 });
  packet[0] = 0x81;
  streams.watched.send(0, [packet]);
  await client.waitForFrames(1);
  expect(client.framesOf(0)[0]![0]).toBe(0x81);
});

test('only the tracks that were set up are sent, and reports go on the second channel', async () => {
  const { client, streams } = await setStage();
  await client.ask('DESCRIBE');
  await client.ask('SETUP', '/trackID=1', { Transport: 'RTP/AVP/TCP;interleaved=6-7' });
  await client.ask('PLAY');
  streams.watched.send(0, new VideoSender().keyFrame());
  streams.watched.send(1, [rtpPacket(Uint8Array.of(1), { sequence: 1, timestamp: 1 })]);
  streams.watched.sendReport(1, receiverReport());
  await client.waitForFrames(2);
  expect(client.frames.map(({ channel }) => channel)).toEqual([6, 7]);
});

test('a frame of many packets is sent whole, also when it is larger than the buffer', async () => {
  const { client, streams } = await setStage();
  await play(client);
  const payload = new Uint8Array(60_000).map((_, at) => at);
  const packets = [1, 2, 3, 4].map((sequence) => rtpPacket(payload, { sequence, timestamp: 1 }));
  streams.watched.send(0, packets);
  await client.waitForFrames(4);
  expect(client.framesOf(0).map((packet) => packet.length)).toEqual([
    60_012, 60_012, 60_012, 60_012,
  ]);
  expect(client.framesOf(0)[3]!.subarray(12)).toEqual(payload);
});

test('a packet that is too long for an interleaved frame is dropped and counted', async () => {
  const { client, streams, server } = await setStage();
  await play(client);
  const packets = [66_000, 10].map((size) =>
    rtpPacket(new Uint8Array(size), { sequence: 1, timestamp: 1 }),
  );
  streams.watched.send(0, packets);
  await client.waitForFrames(1);
  expect(server.counters.dropped).toBe(1);
});

test('frames of several readers do not mix', async () => {
  const stage = await setStage();
  const other = await connect(stage.address);
  for (const client of [stage.client, other]) await play(client);
  const [one, two] = stage.streams.watches;
  for (let frame = 0; frame < 20; frame++) {
    one!.add(0, [rtpPacket(new Uint8Array(500).fill(1), { sequence: frame, timestamp: frame })]);
    two!.add(0, [rtpPacket(new Uint8Array(900).fill(2), { sequence: frame, timestamp: frame })]);
    one!.flush(0);
    two!.flush(0);
  }
  for (const client of [stage.client, other]) await client.waitForFrames(20);
  expect(new Set(stage.client.frames.map(({ packet }) => packet.at(-1)))).toEqual(new Set([1]));
  expect(new Set(other.frames.map(({ packet }) => packet.at(-1)))).toEqual(new Set([2]));
});

test('PAUSE stops the media, PLAY goes on, TEARDOWN ends the session but not the connection', async () => {
  const { client, streams } = await setStage();
  await play(client);
  const watch = streams.watched;
  await client.ask('PAUSE');
  expect([watch.isPlaying, watch.pauses]).toEqual([false, 1]);
  await client.ask('PLAY');
  expect([watch.isPlaying, watch.starts]).toEqual([true, 2]);
  expect((await client.ask('TEARDOWN')).status).toBe(200);
  expect(watch.closes).toBe(1);
  client.session = undefined;
  expect((await client.ask('DESCRIBE')).status).toBe(200);
  expect(streams.watches).toHaveLength(2);
});

test('SETUP without DESCRIBE opens the stream, and DESCRIBE again does not open it twice', async () => {
  const { client, streams } = await setStage();
  expect((await client.ask('SETUP', '/trackID=0?profile=sub', TCP)).status).toBe(200);
  expect((await client.ask('DESCRIBE')).status).toBe(200);
  expect(streams.watches).toHaveLength(1);
  expect(streams.watched.request.profile).toBe('sub');
});

test('another stream on the same connection replaces one that is only described', async () => {
  const { client, streams, address } = await setStage();
  streams.add('yard', VIDEO);
  await client.ask('DESCRIBE');
  const first = streams.watched;
  client.send(`DESCRIBE ${address.replace('gate', 'yard')} RTSP/1.0\r\nCSeq: 9\r\n\r\n`);
  await until(() => streams.watches.length === 2, { what: 'the other stream' });
  expect([first.closes, streams.watched.request.streamId]).toEqual([1, 'yard']);
});

test('a transport that cannot be is answered 461', async () => {
  const { client } = await setStage();
  await client.ask('DESCRIBE');
  for (const transport of [
    'RTP/AVP;multicast;client_port=5000-5001',
    'RTP/SAVP;unicast;client_port=5000-5001',
    'RTP/AVP;unicast',
    'RTP/AVP;unicast;client_port=80-81',
    'RTP/AVP;unicast;destination=10.0.0.9;client_port=5000-5001',
    'nonsense',
  ]) {
    const answer = await client.ask('SETUP', '/trackID=0', { Transport: transport });
    expect([transport, answer.status]).toEqual([transport, 461]);
  }
});

test('of several transports the first possible is taken, and channels in use are not given twice', async () => {
  const { client } = await setStage();
  const wanted = { Transport: 'RTP/AVP;multicast,RTP/AVP/TCP;interleaved=0-1' };
  const first = await client.ask('SETUP', '/trackID=0', wanted);
  expect(first.headers.get('transport')).toContain('interleaved=0-1');
  const second = await client.ask('SETUP', '/trackID=1', wanted);
  expect(second.headers.get('transport')).toContain('interleaved=2-3');
});

test.each([
  ['PLAY', 454],
  ['PAUSE', 454],
  ['RECORD', 454],
  ['TEARDOWN', 454],
  ['GET_PARAMETER', 200],
  ['REDIRECT', 405],
])('%s without a session is answered %i', async (method, status) => {
  const { client } = await setStage();
  expect((await client.ask(method)).status).toBe(status);
});

test('what does not fit the state of the session is refused', async () => {
  const stage = await setStage();
  const { client } = stage;
  await client.ask('DESCRIBE');
  expect((await client.ask('PLAY')).status).toBe(455);
  expect((await client.ask('ANNOUNCE', '', SDP, ANNOUNCED)).status).toBe(455);
  expect((await client.ask('SETUP', '/trackID=7', TCP)).status).toBe(404);
  await client.ask('SETUP', '/trackID=0', TCP);
  expect((await client.ask('RECORD')).status).toBe(455);
  expect((await client.ask('PLAY', '', { Session: 'another' })).status).toBe(454);
  expect((await client.ask('SETUP', '/trackID=1', { ...TCP, Session: 'another' })).status).toBe(
    454,
  );
  const publisher = await connect(stage.address);
  await record({ client: publisher });
  expect((await publisher.ask('PLAY')).status).toBe(455);
  expect((await publisher.ask('DESCRIBE')).status).toBe(455);
});

test('an option that is required and not there is named', async () => {
  const { client } = await setStage();
  const feature = 'www.onvif.org/ver20/backchannel';
  const { status, headers } = await client.ask('DESCRIBE', '', { Require: feature });
  expect([status, headers.get('unsupported')]).toEqual([551, feature]);
});

test('by UDP packets go from the shared ports to those of the client', async () => {
  const { client, streams } = await setStage();
  const [rtp, rtcp] = [await openUdp(), await openUdp()];
  const [media, reports] = [collect(rtp), collect(rtcp)];
  const ports = `${rtp.address().port}-${rtcp.address().port}`;
  await client.ask('DESCRIBE');
  const { headers } = await client.ask('SETUP', '/trackID=0', {
    Transport: `RTP/AVP;unicast;client_port=${ports}`,
  });
  const [, first, second] = /server_port=(\d+)-(\d+)/.exec(headers.get('transport')!)!;
  expect([Number(first) % 2, Number(second)]).toEqual([0, Number(first) + 1]);
  await client.ask('PLAY');
  const frame = new VideoSender().keyFrame(3);
  const payloads = frame.map((packet) => Buffer.from(packet.subarray(12)));
  streams.watched.send(0, frame);
  // The ring may write over them as soon as they were added.
  for (const packet of frame) packet.fill(0);
  streams.watched.sendReport(0, receiverReport());
  await until(() => media.length === 5 && reports.length === 1, { what: 'the packets' });
  expect(media.map(({ port }) => port)).toEqual(new Array(5).fill(Number(first)));
  expect(media.map(({ packet }) => readSequence(packet))).toEqual([65_534, 65_535, 0, 1, 2]);
  expect(media.map(({ packet }) => readSsrc(packet))).toEqual(new Array(5).fill(0xa000_0000));
  expect(media.map(({ packet }) => packet.subarray(12))).toEqual(payloads);
  expect(reports[0]!.port).toBe(Number(second));
});

test('a reader by UDP is gone after 60 s without a sign of life, be it a request or a report', async () => {
  const { client, streams, clock } = await setStage();
  const rtcp = await openUdp();
  const { headers } = await client.ask('SETUP', '/trackID=0', {
    Transport: `RTP/AVP;unicast;client_port=${rtcp.address().port - 1}-${rtcp.address().port}`,
  });
  const [, server] = /server_port=\d+-(\d+)/.exec(headers.get('transport')!)!;
  await client.ask('PLAY');
  clock.advance(59_000);
  await client.ask('GET_PARAMETER');
  clock.advance(59_000);
  expect(streams.watched.closes).toBe(0);
  await until(
    () => {
      rtcp.send(receiverReport(), Number(server), '127.0.0.1');
      clock.advance(1);
      return clock.nowMs() > 118_010;
    },
    { what: 'reports to arrive' },
  );
  clock.advance(50_000);
  expect(streams.watched.closes).toBe(0);
  clock.advance(11_000);
  await closed(client);
  expect(streams.watched.closes).toBe(1);
});

test('a reader by TCP that takes what is sent needs no sign of life', async () => {
  const { client, clock, server } = await setStage();
  await play(client);
  clock.advance(600_000);
  expect((await client.ask('OPTIONS')).status).toBe(200);
  expect(server.connections).toBe(1);
});

test('a connection that asks for nothing, or only for a description, is closed after 20 s', async () => {
  const { client, clock, streams, address } = await setStage();
  const silent = await connect(address);
  await client.ask('DESCRIBE');
  clock.advance(21_000);
  await closed(client);
  await closed(silent);
  expect(streams.watched.closes).toBe(1);
});

test('a reader that takes nothing gets no more, and later goes on with a key frame', async () => {
  const { client, streams, server } = await setStage();
  await play(client);
  const watch = streams.watched;
  client.socket.pause();
  const frame = [rtpPacket(new Uint8Array(60_000), { sequence: 1, timestamp: 1 })];
  await until(
    () => {
      for (let sent = 0; sent < 50; sent++) watch.send(0, frame);
      return server.counters.dropped > 0;
    },
    { what: 'packets to be dropped' },
  );
  expect(watch.pauses).toBe(0);
  client.socket.resume();
  await until(() => watch.starts === 2, { what: 'a new start' });
  expect(watch.pauses).toBe(1);
  const before = client.frames.length;
  watch.send(0, frame);
  await client.waitForFrames(before + 1);
});

test('what a slow reader gets late is what was sent', async () => {
  const { client, streams, server } = await setStage();
  await play(client);
  client.socket.pause();
  let sent = 0;
  await until(
    () => {
      for (let burst = 0; burst < 50; burst++) {
        sent++;
        const payload = new Uint8Array(3_000).fill(sent);
        streams.watched.send(0, [rtpPacket(payload, { sequence: 1, timestamp: sent })]);
      }
      return server.counters.dropped > 0;
    },
    { what: 'packets to be dropped' },
  );
  client.socket.resume();
  await client.waitForFrames(sent - server.counters.dropped);
  const broken = client.framesOf(0).filter((packet, at) => {
    const isRight = readTimestamp(packet) === at + 1 && packet.length === 3_012;
    return !isRight || packet.subarray(12).some((byte) => byte !== ((at + 1) & 0xff));
  });
  expect(broken.map(readTimestamp)).toEqual([]);
});

test('a reader that takes nothing for 10 s is sent away', async () => {
  const { client, streams, server, clock } = await setStage();
  await play(client);
  client.socket.pause();
  const frame = [rtpPacket(new Uint8Array(60_000), { sequence: 1, timestamp: 1 })];
  await until(
    () => {
      for (let sent = 0; sent < 50; sent++) streams.watched.send(0, frame);
      return server.counters.dropped > 0;
    },
    { what: 'packets to be dropped' },
  );
  clock.advance(9_000);
  expect(server.counters.tooSlow).toBe(0);
  clock.advance(2_000);
  expect([server.counters.tooSlow, streams.watched.closes]).toEqual([1, 1]);
  await until(() => server.connections === 0, { what: 'the end of the connection' });
});

test('when the stream ends, so does the connection', async () => {
  const { client, streams } = await setStage();
  await play(client);
  streams.watched.request.onEnd('the stream was removed');
  await closed(client);
});

test('a client that hangs up leaves the stream', async () => {
  const { client, streams, server } = await setStage();
  await play(client);
  client.close();
  await until(() => streams.watched.closes === 1, { what: 'the reader to leave' });
  expect(server.connections).toBe(0);
});

test('a client that hangs up while it waits for the stream does not stay in it', async () => {
  const { client, streams, server } = await setStage();
  let open = () => {};
  streams.opening = new Promise((resolve) => {
    open = resolve;
  });
  client.sendRequest('DESCRIBE');
  await until(() => streams.asked === 1, { what: 'the request' });
  client.close();
  await until(() => server.connections === 0, { what: 'the end of the connection' });
  open();
  await until(() => streams.watches[0]?.closes === 1, { what: 'the reader to leave' });
});

test('a server for all addresses serves both families, by TCP and by UDP', async () => {
  const { streams, server } = await listenOn('0.0.0.0');
  const client = await connect(`rtsp://127.0.0.1:${server.port}/gate`);
  const rtp = await openUdp();
  const media = collect(rtp);
  const { port } = rtp.address();
  const transport = `RTP/AVP;unicast;client_port=${port}-${port + 1}`;
  await client.ask('SETUP', '/trackID=0', { Transport: transport });
  await client.ask('PLAY');
  streams.watched.send(0, new VideoSender().keyFrame());
  await until(() => media.length === 3, { what: 'packets' });
});

test('ports that are taken are an error in words', async () => {
  const { server } = await setStage();
  await expect(listenOn('127.0.0.1', { port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  const taken = await openUdp();
  const odd = taken.address().port | 1;
  await expect(listenOn('127.0.0.1', { rtpPort: odd })).rejects.toThrow(
    `Cannot listen for RTP on 127.0.0.1: UDP ports ${odd} and ${odd + 1} could not be opened.`,
  );
});

test('the RTP ports are those that are set', async () => {
  const any = await listenOn('127.0.0.1');
  const rtpPort = Number(any.log.lines[0]!.fields.rtpPort);
  await any.server.close();
  const { log } = await listenOn('127.0.0.1', { rtpPort });
  expect(log.lines[0]).toMatchObject({ message: 'RTSP', fields: { rtpPort } });
});

test('closing the server ends all sessions', async () => {
  const { client, streams, server, clock } = await setStage();
  await play(client);
  await server.close();
  await server.close();
  await closed(client);
  expect([streams.watched.closes, clock.pendingTimers]).toEqual([1, 0]);
});

test.each(['SHA-256', 'MD5'])(
  'a closed server lets in who knows the password by %s',
  async (algorithm) => {
    const { client, server, address } = await setStage(closedAccess);
    const challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
    expect(challenges.split('\n').map((line) => /algorithm=(\S+),/.exec(line)![1])).toEqual([
      'SHA-256',
      'MD5',
    ]);
    const login = digest(challenges, { method: 'DESCRIBE', uri: address, algorithm });
    expect((await client.ask('DESCRIBE', '', login)).status).toBe(200);
    // The connection is known from now on.
    expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(200);
    expect(server.counters.wrongPasswords).toBe(0);
  },
);

test('nothing is told or taken without the password', async () => {
  const { client, streams, address } = await setStage(closedAccess);
  expect((await client.ask('OPTIONS')).status).toBe(200);
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(401);
  expect((await client.ask('ANNOUNCE', '', SDP, ANNOUNCED)).status).toBe(401);
  const nowhere = await connect(address.replace('gate', 'attic'));
  expect((await nowhere.ask('DESCRIBE')).status).toBe(401);
  expect([streams.watches, streams.publications]).toEqual([[], []]);
});

test('publishing needs the password even where reading is open', async () => {
  const { client, streams, address } = await setStage({ ...closedAccess, readOpen: true });
  expect((await client.ask('DESCRIBE')).status).toBe(200);
  const publisher = await connect(address);
  const refused = await publisher.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  expect(refused.status).toBe(401);
  const challenges = refused.headers.get('www-authenticate')!;
  const login = digest(challenges, { method: 'ANNOUNCE', uri: address });
  expect((await publisher.ask('ANNOUNCE', '', { ...SDP, ...login }, ANNOUNCED)).status).toBe(200);
  expect(streams.publications).toHaveLength(1);
});

test.each([{ password: 'wrong' }, { username: 'nobody' }])(
  'three wrong logins such as %o end the connection and are counted',
  async (wrong) => {
    const { client, server, address, log } = await setStage(closedAccess);
    let challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
    for (let attempt = 0; attempt < 3; attempt++) {
      const login = digest(challenges, { method: 'DESCRIBE', uri: address, ...wrong });
      const answer = await client.ask('DESCRIBE', '', login);
      expect(answer.status).toBe(401);
      challenges = answer.headers.get('www-authenticate')!;
    }
    await closed(client);
    expect(server.counters.wrongPasswords).toBe(3);
    const failed = log.lines.filter(({ message }) => message === 'RTSP login failed');
    expect(failed).toHaveLength(3);
    expect(JSON.stringify(log.lines)).not.toContain('wrong"');
  },
);

test('an answer to a challenge cannot be used twice, nor on another connection', async () => {
  const { client, server, address } = await setStage(closedAccess);
  const challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
  const login = digest(challenges, { method: 'DESCRIBE', uri: address });
  const other = await connect(address);
  const replayed = await other.ask('DESCRIBE', '', login);
  expect([replayed.status, replayed.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('stale=true'),
  ]);
  expect(server.counters.wrongPasswords).toBe(0);
});

test('a publisher announces, and what it records goes into the stream', async () => {
  const stage = await setStage();
  const { client, streams, log } = stage;
  expect((await client.ask('ANNOUNCE', '', SDP, ANNOUNCED)).status).toBe(200);
  const { headers } = await client.ask('SETUP', '/streamid=0', RECORD);
  expect(headers.get('transport')).toContain('interleaved=0-1;mode=record');
  await client.ask('SETUP', '/streamid=1', {
    Transport: 'RTP/AVP/TCP;unicast;interleaved=2-3;mode=record',
  });
  const unused = { Transport: 'RTP/AVP/TCP;unicast;interleaved=4-5;mode=record' };
  expect((await client.ask('SETUP', '/streamid=2', unused)).status).toBe(200);
  expect(streams.published.offer).toBeUndefined();
  expect((await client.ask('RECORD')).status).toBe(200);
  expect(streams.published).toMatchObject({
    streamId: 'gate',
    offer: {
      formats: [{ codec: 'H264' }, { codec: 'PCMA' }],
      ignored: ['application is not used'],
    },
  });
  const frame = new VideoSender().keyFrame();
  for (const packet of frame) client.sendFrame(0, packet);
  client.sendFrame(2, rtpPacket(Uint8Array.of(1, 2), { sequence: 9, timestamp: 9 }));
  client.sendFrame(4, rtpPacket(Uint8Array.of(3, 4), { sequence: 9, timestamp: 9 }));
  await until(() => streams.published.packets[1]!.length === 1, { what: 'the packets' });
  expect(streams.published.packets[0]!.map(({ packet }) => packet)).toEqual(frame);
  await until(() => streams.published.unflushed === 0, { what: 'a flush' });
  expect(log.lines).toContainEqual({
    level: 'info',
    message: 'Publisher accepted',
    fields: {
      stream: 'gate',
      protocol: 'rtsp',
      remote: streams.published.publisher.remote,
      codecs: 'H264, PCMA',
      ignored: 'application is not used',
    },
  });
  await client.ask('TEARDOWN');
  expect(streams.published.closedWith).toBe('left');
  expect(log.lines.at(-1)).toMatchObject({ message: 'Publisher left', fields: { reason: 'left' } });
});

test('what a publisher sends before RECORD is dropped', async () => {
  const { client, streams } = await setStage();
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  await client.ask('SETUP', '/streamid=0', RECORD);
  client.sendFrame(0, new VideoSender().keyFrame()[0]!);
  await client.ask('RECORD');
  expect(streams.published.packets[0]).toEqual([]);
});

test('a publisher hears how its packets arrive, and that a key frame is wanted', async () => {
  const stage = await setStage();
  const { client, streams, clock } = stage;
  await record(stage);
  const { publisher } = streams.published;
  publisher.requestKeyFrame();
  for (const packet of new VideoSender({ ssrc: 77 }).keyFrame()) client.sendFrame(0, packet);
  await until(() => streams.published.packets[0]!.length === 3, { what: 'the packets' });
  publisher.requestKeyFrame();
  publisher.requestKeyFrame();
  clock.advance(5_000);
  await client.waitForFrames(2);
  const reports = client.framesOf(1).flatMap((packet) => [...readRtcp(packet).reports]);
  expect(reports.map(({ type }) => type)).toEqual(['pli', 'receiver-report']);
  expect(reports[1]).toMatchObject({ ssrc: 77, cumulativeLost: 0 });
});

test('a publisher that sends nothing for 15 s loses its place', async () => {
  const stage = await setStage();
  await record(stage);
  stage.clock.advance(14_000);
  stage.client.sendFrame(0, new VideoSender().keyFrame()[0]!);
  await until(() => stage.streams.published.packets[0]!.length === 1, { what: 'a packet' });
  stage.clock.advance(14_000);
  expect(stage.streams.published.closedWith).toBeUndefined();
  stage.clock.advance(2_000);
  await closed(stage.client);
  expect(stage.streams.published.closedWith).toBe('it sends nothing');
});

test('a publisher is sent away when the stream ends, and leaves when it hangs up', async () => {
  const stage = await setStage();
  await record(stage);
  stage.streams.published.publisher.end('the stream is disabled');
  await closed(stage.client);
  expect(stage.streams.published.closedWith).toBe('the stream is disabled');
  const second = await connect(stage.address);
  await record({ client: second });
  second.close();
  await until(() => stage.streams.published.closedWith !== undefined, { what: 'the end' });
  expect(stage.streams.published.closedWith).toBe('the connection was closed');
});

test.each([
  ['nonsense', 400],
  ['v=0\r\nm=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\n', 415],
])('an announcement such as %j is answered %i', async (sdp, status) => {
  const { client, streams } = await setStage();
  expect((await client.ask('ANNOUNCE', '', SDP, sdp)).status).toBe(status);
  expect(streams.publications).toEqual([]);
});

test('a publisher by UDP: what comes in wrong order is put right', async () => {
  const { client, streams, clock } = await setStage();
  const [rtp, rtcp] = [await openUdp(), await openUdp()];
  const reports = collect(rtcp);
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  const ports = `${rtp.address().port}-${rtcp.address().port}`;
  const { headers } = await client.ask('SETUP', '/streamid=0', {
    Transport: `RTP/AVP/UDP;unicast;client_port=${ports};mode=record`,
  });
  const [, port] = /server_port=(\d+)/.exec(headers.get('transport')!)!;
  await client.ask('RECORD');
  const [one, two, three, four] = new VideoSender({ sequence: 1 }).keyFrame(2);
  const stranger = await openUdp();
  stranger.send(four!, Number(port), '127.0.0.1');
  const wait = (count: number) =>
    until(() => streams.published.packets[0]!.length === count, { what: `${count} packets` });
  rtp.send(one!, Number(port), '127.0.0.1');
  await wait(1);
  rtp.send(three!, Number(port), '127.0.0.1');
  rtp.send(two!, Number(port), '127.0.0.1');
  await wait(3);
  expect(streams.published.packets[0]!.map(({ packet }) => readSequence(packet))).toEqual([
    1, 2, 3,
  ]);
  const later = rtpPacket(Uint8Array.of(0x41, 1), { sequence: 6, timestamp: 9, ssrc: 0x1234 });
  rtp.send(later, Number(port), '127.0.0.1');
  await until(
    () => {
      clock.advance(10);
      return streams.published.packets[0]!.length === 4;
    },
    { what: 'the gap to be given up' },
  );
  expect(streams.published.unflushed).toBe(0);
  clock.advance(5_000);
  await until(() => reports.length > 0, { what: 'a report' });
  await client.ask('TEARDOWN');
});

test('connections above the limit are closed at once and counted', async () => {
  const { address, server } = await setStage({}, { maxConnections: 2 });
  await connect(address);
  const third = await connect(address);
  await closed(third);
  expect(server.counters.refused).toBe(1);
  expect(server.connections).toBe(2);
});

test('too many requests end the connection, at once or within a second', async () => {
  const { client, server, address } = await setStage();
  for (let sent = 0; sent < 60; sent++) client.sendRequest('OPTIONS');
  await closed(client);
  const patient = await connect(address);
  for (let asked = 0; asked < 50; asked++) await patient.ask('OPTIONS');
  patient.sendRequest('OPTIONS');
  await closed(patient);
  expect(server.counters.malformed).toBe(2);
});

test.each([
  ['a web browser', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['headers without an end', `OPTIONS * RTSP/1.0\r\nX: ${'x'.repeat(20_000)}`],
  ['a body without an end', 'ANNOUNCE rtsp://x/gate RTSP/1.0\r\nContent-Length: 9999999\r\n\r\n'],
  ['noise', '\0\x01\x02\x03'],
])('%s is told off and hung up on', async (_, text) => {
  const { client, server } = await setStage();
  const raw: string[] = [];
  client.socket.on('data', (chunk) => raw.push(chunk.toString()));
  client.send(text);
  await closed(client);
  expect(raw.join('')).toMatch(/^RTSP\/1\.0 400 Cannot read/);
  expect(server.counters.malformed).toBe(1);
});

test('whatever bytes come, the server goes on', async () => {
  const { address, server, log } = await setStage();
  const dialogue = [
    `DESCRIBE ${address} RTSP/1.0\r\nCSeq: 1\r\n\r\n`,
    `SETUP ${address}/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n`,
    `PLAY ${address} RTSP/1.0\r\nCSeq: 3\r\nSession: 1\r\n\r\n`,
    `ANNOUNCE ${address} RTSP/1.0\r\nCSeq: 4\r\nContent-Length: ${ANNOUNCED.length}\r\n\r\n${ANNOUNCED}`,
    `SETUP ${address}/streamid=0 RTSP/1.0\r\nCSeq: 5\r\nTransport: ${RECORD.Transport}\r\n\r\n`,
    `RECORD ${address} RTSP/1.0\r\nCSeq: 6\r\n\r\n$\0\0\x0e`,
  ].map((text) => Buffer.from(text));
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const spoilt = fc
    .tuple(fc.constantFrom(...dialogue), fc.nat(), fc.nat({ max: 255 }))
    .map(([text, at, byte]) => {
      const copy = Buffer.from(text);
      copy[at % copy.length] = byte;
      return copy;
    });
  const parts = fc.array(fc.oneof(fc.constantFrom(...dialogue), spoilt, noise), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(parts, async (chunks) => {
      const client = await openRtspClient(address);
      for (const chunk of chunks) client.send(chunk);
      client.socket.end();
      await closed(client);
    }),
    { numRuns: 150 },
  );
  const last = await connect(address);
  expect((await last.ask('DESCRIBE')).status).toBe(200);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await until(() => server.connections === 2, { what: 'the others to be forgotten' });
});
