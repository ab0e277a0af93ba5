// Reading by RTSP: what is described, set up, sent and refused.

import { expect, test } from 'vitest';
import {
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
} from '#media/rtp/header.ts';
import { parseCameraDescription } from '#media/sdp/camera-description.ts';
import { StateError, UnavailableError } from '#std/errors.ts';
import { rtpPacket, VideoSender } from '../../../test/support/rtp-packets.ts';
import {
  ANNOUNCED,
  AUDIO,
  collect,
  connect,
  openUdp,
  play,
  receiverReport,
  record,
  SDP,
  setStage,
  TCP,
  VIDEO,
} from '../../../test/support/rtsp-server-set-up.ts';
import { until } from '../../../test/support/until.ts';

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

test('a track is set up under the address without its query, and the smaller encoding stays', async () => {
  const { client, streams } = await setStage();
  await client.ask('DESCRIBE', '?profile=sub');
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(200);
  expect(streams.watches.map(({ request }) => request.profile)).toEqual(['sub']);
});

test('another transport may be asked for until PLAY, and takes the place of the first', async () => {
  const { client, streams } = await setStage();
  const rtp = await openUdp();
  const media = collect(rtp);
  const { port } = rtp.address();
  for (let attempt = 0; attempt < 3; attempt++) {
    const { headers } = await client.ask('SETUP', '/trackID=0', TCP);
    expect(headers.get('transport')).toContain('interleaved=0-1');
  }
  await client.ask('SETUP', '/trackID=0', {
    Transport: `RTP/AVP;unicast;client_port=${port}-${port + 1}`,
  });
  await client.ask('PLAY');
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(455);
  streams.watched.send(0, new VideoSender().keyFrame());
  await until(() => media.length === 3, { what: 'packets' });
  expect(client.frames).toEqual([]);
});
