// The RTSP server and real programs: ffmpeg and GStreamer read from it and publish to it.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { formatOf, playToWatches } from '../../../test/support/clip-watch.ts';
import { FakeStreams } from '../../../test/support/fake-watching.ts';
import { type ClipRequest, makeClip } from '../../../test/support/scripted-camera/make-clip.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../app/system-clock.ts';
import type { RtspAccess } from './options.ts';
import { createRtspServer } from './rtsp-server.ts';

const run = promisify(execFile);
const LIMIT = { timeout: 25_000 };

const OPEN: RtspAccess = {
  readOpen: true,
  mayPublishOpen: true,
  ha1: () => undefined,
  isBlocked: () => false,
  countWrong: () => {},
};
const CLOSED: RtspAccess = {
  ...OPEN,
  readOpen: false,
  mayPublishOpen: false,
  ha1: (algorithm, username, realm) =>
    createHash(algorithm.replace('-', '')).update(`${username}:${realm}:secret`).digest('hex'),
};

async function openServer(access = OPEN) {
  const streams = new FakeStreams();
  const log = new SilentLog();
  const server = createRtspServer({
    clock: systemClock,
    log,
    streams,
    access,
    maxConnections: 10,
  });
  await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close());
  const login = access === CLOSED ? 'admin:secret@' : '';
  return { streams, log, server, address: `rtsp://${login}127.0.0.1:${server.port}/gate` };
}

/** A server with one stream that plays a clip. */
async function openPlayingServer(wanted: Partial<ClipRequest>, access = OPEN) {
  const opened = await openServer(access);
  const clip = await makeClip(wanted);
  opened.streams.add('gate', ...clip.tracks.map(formatOf));
  onTestFinished(playToWatches(opened.streams, clip));
  return opened;
}

/** How many frames of each stream ffmpeg has decoded, and what it complained of. */
async function readWithFfmpeg(address: string, transport: 'tcp' | 'udp') {
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-rtsp_transport', transport, '-i', address],
      ...['-map', '0', '-t', '1', '-f', 'framecrc', '-'],
    ],
    LIMIT,
  );
  const lines = stdout.split('\n').filter((line) => /^\d/.test(line));
  const count = (stream: number) => lines.filter((line) => line.startsWith(`${stream},`)).length;
  return { frames: [count(0), count(1)], complaints: stderr };
}

test.each([
  ['tcp', { video: 'H264', audio: 'aac-16k' }],
  ['udp', { video: 'H265', audio: 'opus' }],
  ['tcp', { video: 'H264', bFrames: 2, audio: 'l16' }],
] as const)('ffmpeg reads by %s %o', async (transport, wanted) => {
  const { address, streams } = await openPlayingServer(wanted);
  const { frames, complaints } = await readWithFfmpeg(address, transport);
  expect(frames[0]).toBeGreaterThan(15);
  expect(frames[1]).toBeGreaterThan(10);
  expect(complaints).toBe('');
  await until(() => streams.watched.closes === 1, { what: 'ffmpeg to leave' });
});

test('ffmpeg reads with a password, and hears when it is wrong', async () => {
  const { address, server } = await openPlayingServer({ audio: 'pcmu' }, CLOSED);
  expect((await readWithFfmpeg(address, 'tcp')).frames[0]).toBeGreaterThan(15);
  expect(server.counters.wrongPasswords).toBe(0);
  const wrong = address.replace('secret', 'guess');
  await expect(readWithFfmpeg(wrong, 'tcp')).rejects.toThrow('401');
  expect(server.counters.wrongPasswords).toBe(1);
});

test.each(['tcp', 'udp'])('GStreamer reads by %s', async (protocol) => {
  const { address, streams } = await openPlayingServer({ audio: 'pcma' });
  const pipeline = `rtspsrc location=${address} protocols=${protocol} latency=0 ! rtph264depay ! h264parse ! fakesink num-buffers=20`;
  await run('gst-launch-1.0', ['-q', ...pipeline.split(' ')], LIMIT);
  expect(streams.watched.request.userAgent).toMatch(/^GStreamer/);
  await until(() => streams.watched.closes === 1, { what: 'GStreamer to leave' });
});

test('GStreamer reads with a password', async () => {
  const { address } = await openPlayingServer({}, CLOSED);
  const pipeline = `rtspsrc location=${address} protocols=tcp latency=0 ! rtph264depay ! h264parse ! fakesink num-buffers=20`;
  await run('gst-launch-1.0', ['-q', ...pipeline.split(' ')], LIMIT);
});

const TEST_PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
const TEST_TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'];

test.each([
  ['tcp', 'an open', ['-c:v', 'libx264', '-c:a', 'aac'], ['H264', 'AAC']],
  [
    'udp',
    'a closed',
    ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-c:a', 'libopus'],
    ['H265', 'opus'],
  ],
] as const)(
  'ffmpeg publishes by %s to %s server: %o',
  async (transport, access, codecs, expected) => {
    const { address, streams, server } = await openServer(access === 'an open' ? OPEN : CLOSED);
    const speed = ['-preset', 'ultrafast', '-t', '1'];
    const output = ['-f', 'rtsp', '-rtsp_transport', transport, address];
    const inputs = ['-re', ...TEST_PICTURE, ...TEST_TONE];
    await run(
      'ffmpeg',
      ['-nostdin', '-v', 'error', ...inputs, ...codecs, ...speed, ...output],
      LIMIT,
    );
    const { offer, packets } = streams.published;
    expect(offer?.formats.map(({ codec }) => codec)).toEqual(expected);
    expect(packets[0]!.length).toBeGreaterThan(25);
    // A packet may hold many AAC frames.
    expect(packets[1]!.length).toBeGreaterThan(3);
    const captured = packets[0]!.map(({ capturedAtMs }) => capturedAtMs);
    expect(captured.at(-1)! - captured[0]!).toBeGreaterThan(300);
    await until(() => streams.published.closedWith === 'left', { what: 'ffmpeg to leave' });
    await until(() => server.connections === 0, { what: 'the end of the connection' });
  },
);

test.each([
  ['tcp', 'a closed'],
  ['udp', 'an open'],
])('GStreamer publishes by %s to %s server', async (protocol, access) => {
  const { address, streams } = await openServer(access === 'an open' ? OPEN : CLOSED);
  const pipeline = `videotestsrc is-live=true ! x264enc tune=zerolatency speed-preset=ultrafast ! rtspclientsink location=${address} protocols=${protocol}`;
  const gst = spawn('gst-launch-1.0', ['-q', ...pipeline.split(' ')]);
  onTestFinished(() => void gst.kill('SIGKILL'));
  await until(() => (streams.publications[0]?.packets[0]?.length ?? 0) > 20, { what: 'packets' });
  expect(streams.published.offer?.formats.map(({ codec }) => codec)).toEqual(['H264']);
  gst.kill('SIGKILL');
  await until(() => streams.published.closedWith !== undefined, { what: 'its end to be seen' });
});
