// The RTSP server as a whole: ports, limits, nonsense, its end.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRtspClient } from '../../../test/support/plain-rtsp-client.ts';
import { rtpPacket, VideoSender } from '../../../test/support/rtp-packets.ts';
import {
  ANNOUNCED,
  closed,
  collect,
  connect,
  listenOn,
  openUdp,
  play,
  RECORD,
  receiverReport,
  SDP,
  setStage,
} from '../../../test/support/rtsp-server-set-up.ts';
import { until } from '../../../test/support/until.ts';

test('a sequence number that is none is not sent back', async () => {
  const { client, log } = await setStage();
  client.send('OPTIONS * RTSP/1.0\r\nCSeq: 1\rX: 2\r\n\r\n');
  await until(() => client.answers === 1, { what: 'the answer' });
  expect((await client.ask('OPTIONS')).status).toBe(200);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
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

test('of several transports the first possible is taken, and channels in use are not given twice', async () => {
  const { client } = await setStage();
  const wanted = { Transport: 'RTP/AVP;multicast,RTP/AVP/TCP;interleaved=0-1' };
  const first = await client.ask('SETUP', '/trackID=0', wanted);
  expect(first.headers.get('transport')).toContain('interleaved=0-1');
  const second = await client.ask('SETUP', '/trackID=1', wanted);
  expect(second.headers.get('transport')).toContain('interleaved=2-3');
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

test('the UDP ports of another session are not given away, and free after it', async () => {
  const { client, address } = await setStage();
  const ports = 'client_port=40000-40001';
  const transport = { Transport: `RTP/AVP;unicast;${ports};mode=record` };
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  expect((await client.ask('SETUP', '/streamid=0', transport)).status).toBe(200);
  const thief = await connect(address);
  const wanted = `RTP/AVP;unicast;${ports}`;
  expect((await thief.ask('SETUP', '/trackID=0', { Transport: wanted })).status).toBe(461);
  const shifted = { Transport: 'RTP/AVP;unicast;client_port=39999-40001' };
  expect((await thief.ask('SETUP', '/trackID=0', shifted)).status).toBe(461);
  await client.ask('TEARDOWN');
  expect((await thief.ask('SETUP', '/trackID=0', { Transport: wanted })).status).toBe(200);
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

test('who asks and never reads the answers is hung up on', async () => {
  const { client, server, clock, log } = await setStage();
  client.socket.pause();
  const long = { Require: 'x'.repeat(15_000) };
  const isOver = () => server.connections === 0;
  // The first megabytes are the operating system's to keep.
  for (let burst = 1; burst <= 100 && !isOver(); burst++) {
    for (let sent = 0; sent < 14; sent++) client.sendRequest('OPTIONS', '', long);
    const refused = () => log.lines.filter(({ message }) => message === 'RTSP request refused');
    await until(() => isOver() || refused().length === burst * 14, { what: 'the refusals' });
    clock.advance(1_000);
  }
  expect(isOver()).toBe(true);
  expect(server.counters).toMatchObject({ tooSlow: 1, malformed: 0 });
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
