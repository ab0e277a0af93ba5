// An RTSP server with fake streams, plain clients of it, and what they say.

import { createHash } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import type { RtspAccess } from '../../src/adapters/rtsp-server/options.ts';
import { createRtspServer, type RtspServer } from '../../src/adapters/rtsp-server/rtsp-server.ts';
import { FakeStreams } from './fake-watching.ts';
import { openRtspClient, type PlainRtspClient } from './plain-rtsp-client.ts';
import { PPS, SPS } from './rtp-packets.ts';
import { SilentLog } from './silent-log.ts';
import { until } from './until.ts';
import { VirtualClock } from './virtual-clock.ts';

export const VIDEO: TrackFormat = {
  kind: 'video',
  codec: 'H264',
  clockRate: 90_000,
  parameterSets: [SPS, PPS],
};
export const AUDIO: TrackFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };
export const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };
export const RECORD = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record' };
export const SDP = { 'Content-Type': 'application/sdp' };
export const ANNOUNCED = [
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

export async function setStage(
  access: Partial<RtspAccess> = {},
  limits: { maxConnections?: number } = {},
): Promise<Stage> {
  const opened = await listenOn('127.0.0.1', { access, ...limits });
  const address = `rtsp://127.0.0.1:${opened.server.port}/gate`;
  return { ...opened, address, client: await connect(address) };
}

export async function listenOn(
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
    access: {
      readOpen: true,
      mayPublishOpen: true,
      ha1: () => undefined,
      isBlocked: () => false,
      countWrong: () => {},
      ...access,
    },
    maxConnections,
    rtpPort,
  });
  onTestFinished(() => server.close());
  await server.listen(host, port);
  return { clock, log, streams, server };
}

export async function connect(address: string): Promise<PlainRtspClient> {
  const client = await openRtspClient(address);
  onTestFinished(() => client.close());
  return client;
}

export async function play(client: PlainRtspClient): Promise<void> {
  await client.ask('DESCRIBE');
  await client.ask('SETUP', '/trackID=0', TCP);
  await client.ask('PLAY');
}

export async function record({ client }: Pick<Stage, 'client'>): Promise<void> {
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  await client.ask('SETUP', '/streamid=0', RECORD);
  await client.ask('RECORD');
}

export async function closed(client: PlainRtspClient): Promise<void> {
  await until(() => client.isClosed, { what: 'the end of the connection' });
}

export async function openUdp(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

export function collect(socket: UdpSocket): { packet: Buffer; port: number }[] {
  const packets: { packet: Buffer; port: number }[] = [];
  socket.on('message', (packet, { port }) => packets.push({ packet, port }));
  return packets;
}

export function receiverReport(): Uint8Array {
  const block = { ssrc: 1, fractionLost: 0, cumulativeLost: 0, highestSequence: 1, jitter: 0 };
  return formatReceiverReport(1, [{ ...block, lastSr: 0, delaySinceLastSr: 0 }]);
}

/** What a client answers to the server's challenge. */
export function digest(
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

export const closedAccess: Partial<RtspAccess> = {
  readOpen: false,
  mayPublishOpen: false,
  ha1: (algorithm, username, realm) =>
    username === 'admin'
      ? createHash(algorithm.replace('-', '')).update(`admin:${realm}:secret`).digest('hex')
      : undefined,
};
