// Publishing by RTSP: what is announced, recorded and told.

import { expect, test } from 'vitest';
import { readRtcp } from '#media/rtcp/reading.ts';
import { readSequence } from '#media/rtp/header.ts';
import { rtpPacket, VideoSender } from '../../../test/support/rtp-packets.ts';
import {
  ANNOUNCED,
  closed,
  collect,
  connect,
  openUdp,
  play,
  RECORD,
  record,
  SDP,
  setStage,
} from '../../../test/support/rtsp-server-set-up.ts';
import { until } from '../../../test/support/until.ts';

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

test('a publisher cannot set up a track twice, nor more than eight that nobody takes', async () => {
  const stage = await setStage();
  const { client } = stage;
  await client.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  expect((await client.ask('SETUP', '/streamid=0', RECORD)).status).toBe(200);
  expect((await client.ask('SETUP', '/streamid=0', RECORD)).status).toBe(461);
  const statuses: number[] = [];
  for (let track = 2; track < 11; track++) {
    statuses.push((await client.ask('SETUP', `/streamid=${track}`, RECORD)).status);
  }
  expect(statuses).toEqual([...new Array(8).fill(200), 461]);
});
