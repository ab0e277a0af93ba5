// The scripted camera against a plain client: it plays well, and does wrong what it is told.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parseSps } from '#media/h264/sps.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import {
  payloadStart,
  readMarker,
  readSequence,
  readSsrc,
  readTimestamp,
} from '#media/rtp/header.ts';
import { openRtspClient, type PlainRtspClient } from '../plain-rtsp-client.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { Behaviour } from './behaviour.ts';
import { openCameraFleet } from './camera-fleet.ts';
import { type ClipRequest, makeClip } from './make-clip.ts';
import { openScriptedCamera, type ScriptedCamera } from './scripted-camera.ts';

const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };

interface Stage {
  readonly clock: VirtualClock;
  readonly camera: ScriptedCamera;
  readonly client: PlainRtspClient;
  /** RTP packets that the test has looked at. */
  taken: number;
}

async function setStage(
  behaviour: Partial<Behaviour> = {},
  clip: Partial<ClipRequest> = {},
): Promise<Stage> {
  const clock = new VirtualClock();
  const camera = await openScriptedCamera({ clip: await makeClip(clip), clock, ...behaviour });
  onTestFinished(() => camera.close());
  return { clock, camera, client: await connect(camera), taken: 0 };
}

async function connect(camera: { readonly address: string }): Promise<PlainRtspClient> {
  const client = await openRtspClient(camera.address);
  onTestFinished(() => client.close());
  return client;
}

/** Goes as far as PLAY with the first track. */
async function play({ client }: Pick<Stage, 'client'>): Promise<void> {
  await client.ask('DESCRIBE');
  await client.ask('SETUP', '/trackID=0', TCP);
  await client.ask('PLAY');
}

/** What has come since the last call, and comes in the next `durationMs`; RTP only. */
async function receive(stage: Stage, durationMs: number): Promise<Uint8Array[]> {
  const { clock, camera, client } = stage;
  clock.advance(durationMs);
  const sent = camera.counters.packets[0] ?? 0;
  await until(() => client.framesOf(0).length >= sent, { what: 'what was sent' });
  const from = stage.taken;
  stage.taken = sent;
  return client.framesOf(0).slice(from);
}

function nalTypes(packets: readonly Uint8Array[]): number[] {
  return packets.map((packet) => packet[payloadStart(packet)]! & 0x1f);
}

function steps(packets: readonly Uint8Array[]): number[] {
  const numbers = packets.map(readSequence);
  return numbers.slice(1).map((number, at) => (number - numbers[at]!) & 0xffff);
}

function frameSteps(packets: readonly Uint8Array[]): number[] {
  const times = packets.filter(readMarker).map(readTimestamp);
  return times.slice(1).map((time, at) => (time - times[at]!) | 0);
}

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

test('the camera with B-frames sends timestamps that are not in their order', async () => {
  const stage = await setStage({}, { bFrames: 2 });
  await play(stage);
  expect(frameSteps(await receive(stage, 1_000)).some((ticks) => ticks < 0)).toBe(true);
});

test('the camera describes picture and sound', async () => {
  const { client } = await setStage({}, { video: 'H265', audio: 'aac-16k' });
  const { body } = await client.ask('DESCRIBE');
  expect(body).toMatch(
    /a=rtpmap:96 H265\/90000\r\na=fmtp:96 sprop-vps=\S+; sprop-sps=\S+; sprop-pps=\S+\r/,
  );
  expect(body).toMatch(/MPEG4-GENERIC\/16000\r\na=fmtp:97 .*config=1408\r/);
});

test.each([
  ['MD5', 'md5', ''],
  ['SHA-256', 'sha256', ', algorithm=SHA-256'],
] as const)('the camera lets in who knows the password by %s', async (scheme, hash, field) => {
  const login = { username: 'admin', password: 'right', schemes: [scheme], lockAfter: 3 };
  const { camera, client } = await setStage({ login });
  const first = await client.ask('DESCRIBE');
  const challenge = first.headers.get('www-authenticate')!;
  expect([first.status, challenge.includes(`algorithm=${scheme}`)]).toEqual([401, field !== '']);
  const answer = (password: string) =>
    digest(challenge, { hash, field, password, uri: camera.address });
  expect((await client.ask('DESCRIBE', '', answer('right'))).status).toBe(200);
  expect(camera.wrongPasswords).toBe(0);
  camera.expireNonces();
  const stale = await client.ask('DESCRIBE', '', answer('right'));
  expect([stale.status, stale.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('stale'),
  ]);
  expect(camera.wrongPasswords).toBe(0);
});

test('the camera locks the account after three wrong passwords', async () => {
  const login = { username: 'admin', password: 'right', lockAfter: 3 };
  const { camera, client } = await setStage({ login });
  const challenge = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
  const answer = (password: string) =>
    digest(challenge, { hash: 'md5', field: '', password, uri: camera.address });
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(camera.locked).toBe(false);
    await client.ask('DESCRIBE', '', answer('wrong'));
  }
  expect([camera.wrongPasswords, camera.locked]).toEqual([3, true]);
  expect((await client.ask('DESCRIBE', '', answer('right'))).status).toBe(401);
});

function digest(
  challenge: string,
  { hash, field, password, uri }: { hash: string; field: string; password: string; uri: string },
) {
  const [, realm, nonce] = /realm="([^"]*)", nonce="([^"]*)"/.exec(challenge)!;
  const h = (text: string) => createHash(hash).update(text).digest('hex');
  const response = h(`${h(`admin:${realm}:${password}`)}:${nonce}:${h(`DESCRIBE:${uri}`)}`);
  return {
    Authorization: `Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"${field}`,
  };
}

test('the camera offers several challenges in their order', async () => {
  const login = { username: 'admin', password: 'x', schemes: ['SHA-256', 'MD5', 'Basic'] } as const;
  const { client } = await setStage({ login });
  const lines = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!.split('\n');
  expect(lines.map((line) => line.slice(0, 6))).toEqual(['Digest', 'Digest', 'Basic ']);
  const basic = { Authorization: `Basic ${Buffer.from('admin:x').toString('base64')}` };
  expect((await client.ask('DESCRIBE', '', basic)).status).toBe(200);
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

test.each([
  ['never', false],
  ['always', true],
] as const)('the camera sets markers %s', async (markers, expected) => {
  const stage = await setStage({ markers });
  await play(stage);
  const found = (await receive(stage, 1_000)).map(readMarker);
  expect(new Set(found)).toEqual(new Set([expected]));
});

test('the camera sets markers on parameter sets', async () => {
  const stage = await setStage({ markers: 'parameter-sets' });
  await play(stage);
  const sets = (await receive(stage, 1_000)).filter((packet) =>
    [7, 8].includes(nalTypes([packet])[0]!),
  );
  expect(sets.length).toBeGreaterThan(0);
  expect(sets.every(readMarker)).toBe(true);
});

test('the camera keeps parameter sets out of the stream, or out of the description', async () => {
  const described = await setStage({ parameterSets: 'described' });
  await play(described);
  const types = nalTypes(await receive(described, 1_000));
  expect(types.filter((type) => type === 7 || type === 8)).toEqual([]);
  const inBand = await setStage({ parameterSets: 'in-band' });
  expect((await inBand.client.ask('DESCRIBE')).body).not.toContain('sprop');
});

test('the camera joins a whole frame in one packet, or a whole unit however big', async () => {
  for (const packing of ['annex-b', 'whole-units'] as const) {
    const stage = await setStage({ packing });
    await play(stage);
    const packets = await receive(stage, 0);
    const longest = Math.max(...packets.map((packet) => packet.length));
    expect(longest).toBeGreaterThan(1500);
    const joined = packets.some((packet) =>
      Buffer.from(packet).includes(Buffer.of(0, 0, 0, 1, 0x68)),
    );
    expect(joined).toBe(packing === 'annex-b');
  }
});

test('the camera changes its SSRC, its time and its picture in mid-stream', async () => {
  const stage = await setStage();
  await play(stage);
  const before = (await receive(stage, 400)).at(-1)!;
  stage.camera.renewSsrcs();
  const renewed = (await receive(stage, 40)).at(-1)!;
  expect(readSsrc(renewed)).not.toBe(readSsrc(before));
  stage.camera.jump(-10);
  const jumped = (await receive(stage, 40)).at(-1)!;
  expect((readTimestamp(jumped) - readTimestamp(renewed)) | 0).toBe(3600 - 900_000);
  stage.camera.switchTo(await makeClip({ width: 640, height: 360 }));
  const packets = await receive(stage, 40);
  const sps = packets.find((packet) => nalTypes([packet])[0] === 7)!;
  expect(parseSps(sps.subarray(payloadStart(sps))).width).toBe(640);
  expect((readTimestamp(sps) - readTimestamp(jumped)) | 0).toBe(3600);
  expect(new Set(steps([jumped, ...packets]))).toEqual(new Set([1]));
});

test('the camera gives another codec to whoever connects next', async () => {
  const { camera, client } = await setStage();
  expect((await client.ask('DESCRIBE')).body).toContain('H264');
  camera.use(await makeClip({ video: 'H265' }));
  expect((await (await connect(camera)).ask('DESCRIBE')).body).toContain('H265');
});

test('the camera loses, swaps and repeats packets', async () => {
  const stage = await setStage({ loseEvery: 5 });
  await play(stage);
  expect(steps(await receive(stage, 1_000)).slice(0, 5)).toEqual([1, 1, 1, 2, 1]);
  stage.camera.behave({ loseEvery: undefined });
  await receive(stage, 40);
  stage.camera.lose(3);
  const last = stage.client.framesOf(0).at(-1)!;
  const [first] = await receive(stage, 200);
  expect(steps([last, first!])).toEqual([4]);
  stage.camera.behave({ repeatEvery: 2 });
  expect(steps(await receive(stage, 400))).toContain(0);
  stage.camera.behave({ repeatEvery: undefined, swapEvery: 4 });
  expect(steps(await receive(stage, 400))).toEqual(expect.arrayContaining([2, 0xffff]));
});

test('the timestamps of the camera stop or jitter, and those of its sound are inexact', async () => {
  const stage = await setStage({ timestamps: 'stopped' });
  await play(stage);
  expect(new Set(frameSteps(await receive(stage, 1_000)))).toEqual(new Set([0]));
  stage.camera.behave({ timestamps: 'jittering' });
  expect(new Set(frameSteps(await receive(stage, 1_000))).size).toBeGreaterThan(2);
  const sound = await setStage({ inexactSound: true }, { video: 'none', audio: 'opus' });
  await play(sound);
  const times = (await receive(sound, 400)).map(readTimestamp);
  expect(times.slice(1, 5).map((time, at) => time - times[at]!)).toEqual([953, 964, 967, 956]);
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

test('a fleet plays one clip to many, each with numbers of its own', async () => {
  const clock = new VirtualClock();
  const fleet = await openCameraFleet({ clip: await makeClip({ audio: 'pcmu' }), clock });
  onTestFinished(() => fleet.close());
  const clients = await Promise.all([1, 2].map((n) => connect({ address: fleet.address(n) })));
  for (const client of clients) await play({ client });
  clock.advance(8_000);
  for (const client of clients) {
    await client.waitForFrames(fleet.counters.packets[0]! / 2);
    const packets = client.framesOf(0);
    expect(packets.filter(readMarker)).toHaveLength(201);
    expect(new Set(steps(packets))).toEqual(new Set([1]));
    expect(new Set(frameSteps(packets))).toEqual(new Set([3600]));
  }
  const [one, other] = clients.map((client) => readSsrc(client.framesOf(0)[0]!));
  expect(one).not.toBe(other);
});
