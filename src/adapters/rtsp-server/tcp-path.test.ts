// Readers that are slow, silent or gone.

import { expect, test } from 'vitest';
import { readTimestamp } from '#media/rtp/header.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import {
  closed,
  connect,
  openUdp,
  play,
  receiverReport,
  setStage,
} from '../../../test/support/rtsp-server-set-up.ts';
import { until } from '../../../test/support/until.ts';

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
