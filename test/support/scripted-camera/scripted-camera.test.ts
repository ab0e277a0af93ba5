// The scripted camera against a plain client and ffmpeg: it plays well, and does wrong what it is told.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import { readMarker } from '#media/rtp/header.ts';
import { until } from '../until.ts';
import { makeClip } from './make-clip.ts';
import { openScriptedCamera } from './scripted-camera.ts';
import { connect, frameSteps, nalTypes, play, receive, setStage, steps, TCP } from './stage.ts';

test('the camera plays its clip in real time, with numbers that run on over the seam', async () => {
  const stage = await setStage();
  await play(stage);
  const packets = await receive(stage, 8_000);
  expect(packets.filter(readMarker)).toHaveLength(201);
  expect(new Set(steps(packets))).toEqual(new Set([1]));
  expect(new Set(frameSteps(packets))).toEqual(new Set([3600]));
  expect(nalTypes(packets).filter((type) => type === 7)).toHaveLength(9);
  const reports = stage.client.framesOf(1).flatMap((packet) => [...readRtcp(packet).reports]);
  expect(reports.map(({ type }) => type)).toEqual(['sender-report', 'sender-report']);
});

test('the camera describes picture and sound', async () => {
  const { client } = await setStage({}, { video: 'H265', audio: 'aac-16k' });
  const { body } = await client.ask('DESCRIBE');
  expect(body).toMatch(
    /a=rtpmap:96 H265\/90000\r\na=fmtp:96 sprop-vps=\S+; sprop-sps=\S+; sprop-pps=\S+\r/,
  );
  expect(body).toMatch(/MPEG4-GENERIC\/16000\r\na=fmtp:97 .*config=1408\r/);
});

test('a stalled camera sends nothing and still answers; then it goes on', async () => {
  const stage = await setStage();
  await play(stage);
  await receive(stage, 1_000);
  stage.camera.behave({ stalled: true });
  expect(await receive(stage, 3_000)).toHaveLength(0);
  expect((await stage.client.ask('OPTIONS')).status).toBe(200);
  stage.camera.behave({ stalled: false });
  expect((await receive(stage, 1_000)).length).toBeGreaterThan(20);
});

test('a half-open camera neither sends nor answers nor hangs up', async () => {
  const stage = await setStage();
  await play(stage);
  const { client, camera } = stage;
  await receive(stage, 1_000);
  camera.behave({ halfOpen: true });
  expect(await receive(stage, 3_000)).toHaveLength(0);
  const answered = client.answers;
  client.sendRequest('OPTIONS');
  camera.behave({ halfOpen: false });
  await until(() => client.answers > answered, { what: 'the answer that was held back' });
  expect(client.isClosed).toBe(false);
});

test('the camera hangs up after so many packets', async () => {
  const stage = await setStage({ dropAfterPackets: 10 });
  await play(stage);
  stage.clock.advance(2_000);
  await until(() => stage.client.isClosed, { what: 'the end of the connection' });
  expect(stage.camera.counters.packets).toEqual([10]);
  expect(stage.camera.counters.connections).toBe(0);
});

test('the camera gives another codec to whoever connects next', async () => {
  const { camera, client } = await setStage();
  expect((await client.ask('DESCRIBE')).body).toContain('H264');
  camera.use(await makeClip({ video: 'H265' }));
  expect((await (await connect(camera)).ask('DESCRIBE')).body).toContain('H265');
});

test('the camera answers late, not at all, or as it is told', async () => {
  const stage = await setStage({
    answerDelayMs: 2_000,
    unanswered: ['GET_PARAMETER'],
    answers: {
      SETUP: { status: 453 },
      DESCRIBE: { status: 302, headers: { Location: 'rtsp://x/' } },
    },
  });
  const { client, clock, camera } = stage;
  client.sendRequest('GET_PARAMETER');
  client.sendRequest('OPTIONS');
  await until(() => camera.counters.requests.OPTIONS === 1, { what: 'the request' });
  await clock.advanceAsync(1_999);
  expect(client.answers).toBe(0);
  await clock.advanceAsync(1);
  await until(() => client.answers === 1, { what: 'the answer' });
  camera.behave({ answerDelayMs: 0 });
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(453);
  expect((await client.ask('DESCRIBE')).headers.get('location')).toBe('rtsp://x/');
});

test('the camera refuses a transport, and connections above its limit', async () => {
  const { camera, client } = await setStage({ transports: ['udp'], maxConnections: 1 });
  await client.ask('DESCRIBE');
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(461);
  const second = await connect(camera);
  await until(() => second.isClosed, { what: 'the end of the second connection' });
  expect(camera.counters).toMatchObject({ connections: 1, connectionsEver: 2 });
});

test('the camera takes other channels, sends data on strange ones, and asks questions', async () => {
  const stage = await setStage({ channelShift: 4, strayData: true, asksEveryMs: 500 });
  const { client, camera, clock } = stage;
  await client.ask('DESCRIBE');
  const { headers } = await client.ask('SETUP', '/trackID=0', TCP);
  expect(headers.get('transport')).toContain('interleaved=4-5');
  await client.ask('PLAY');
  clock.advance(1_000);
  await until(() => camera.counters.answers === 2, { what: 'answers to its questions' });
  await until(() => client.framesOf(4).length === camera.counters.packets[0], { what: 'frames' });
  expect(client.framesOf(4).length).toBeGreaterThan(0);
  expect(client.framesOf(14).length).toBeGreaterThan(0);
  expect(client.framesOf(0)).toEqual([]);
});

test('the camera sends data before it answers PLAY', async () => {
  const { client } = await setStage({ dataBeforePlayAnswer: true });
  await play({ client });
  expect(client.order.at(-1)).toBe('200');
  expect(client.order).toContain('$0');
});

test('the camera hangs up on who is silent, or who only sends reports', async () => {
  const stage = await setStage({ timeoutSeconds: 10, needs: 'requests' });
  const { client, camera, clock } = stage;
  const describe = await client.ask('DESCRIBE');
  expect(describe.status).toBe(200);
  clock.advance(9_000);
  const setUp = await client.ask('SETUP', '/trackID=0', TCP);
  expect(setUp.headers.get('session')).toMatch(/;timeout=10$/);
  clock.advance(9_000);
  const block = { ssrc: 1, fractionLost: 0, cumulativeLost: 0, highestSequence: 1 };
  const report = { ...block, jitter: 0, lastSr: 0, delaySinceLastSr: 0 };
  client.sendFrame(1, formatReceiverReport(1, [report]));
  await until(() => camera.counters.receiverReports === 1, { what: 'the report' });
  expect(client.isClosed).toBe(false);
  clock.advance(2_000);
  await until(() => client.isClosed, { what: 'the end of the connection' });
});

test('the camera speaks like a web server', async () => {
  const { client } = await setStage({ speaksHtml: true });
  let text = '';
  client.socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  client.sendRequest('OPTIONS');
  await until(() => client.isClosed, { what: 'the end of the connection' });
  expect(text).toMatch(/^HTTP\/1\.1 400[\s\S]*<html>/);
});

test.each([
  ['tcp', {}],
  ['udp', {}],
  ['http', {}],
  ['tcp', { tls: true }],
] as const)('ffmpeg plays the camera by %s with %o', async (transport, options) => {
  const clip = await makeClip({ video: 'H265', audio: 'aac-16k' });
  const camera = await openScriptedCamera({ clip, ...options });
  onTestFinished(() => camera.close());
  expect(camera.fingerprint !== undefined).toBe('tls' in options);
  const input = ['-rtsp_transport', transport, '-i', camera.address];
  const output = ['-map', '0', '-t', '1', '-f', 'framecrc', '-'];
  const { stdout, stderr } = await promisify(execFile)('ffmpeg', [
    ...['-nostdin', '-v', 'error'],
    ...input,
    ...output,
  ]);
  expect(stderr).toBe('');
  expect(stdout.match(/^0,/gm)!.length).toBeGreaterThan(15);
  expect(stdout.match(/^1,/gm)!.length).toBeGreaterThan(10);
  expect(camera.counters.connectionsEver).toBe(transport === 'http' ? 2 : 1);
});
