// Descriptions of plain streams: what they say, and that ffmpeg hears by them what is sent.

import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Application, createEncoder } from 'libopus-wasm';
import { expect, onTestFinished, test } from 'vitest';
import { writeL16 } from '#media/pcm/l16.ts';
import { writeL24 } from '#media/pcm/l24.ts';
import { fillTestConstant, fillTestTone } from '#media/pcm/test-signal.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import { payloadTypeOf } from '#media/sound/payload-types.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { formatPlainDescription } from './plain-description.ts';

const run = promisify(execFile);
const LIMIT = { timeout: 20_000 };
const LOOPBACK = '127.0.0.1';

const session = { sessionId: '7', name: 'M32', origin: '10.0.0.1', destination: '10.0.0.2' };
const stream = { port: 5004, payloadType: 111, title: 'Vocal' };
const opus = { codec: 'opus', sampleRate: 48_000, packetMs: 5 } as const;

test('a description has a section with a port of its own for each stream', () => {
  const streams = [stream, { ...stream, port: 5006, title: '보컬' }];
  expect(formatPlainDescription(streams, { sound: opus, session }).split('\r\n')).toEqual([
    'v=0',
    'o=- 7 1 IN IP4 10.0.0.1',
    's=M32',
    'c=IN IP4 10.0.0.2',
    't=0 0',
    'a=recvonly',
    'm=audio 5004 RTP/AVP 111',
    'i=Vocal',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 sprop-stereo=0',
    'a=ptime:5',
    'm=audio 5006 RTP/AVP 111',
    'i=보컬',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 sprop-stereo=0',
    'a=ptime:5',
    '',
  ]);
});

test.each([
  ['pcm', 48_000, 5, ['a=rtpmap:111 L16/48000/1', 'a=ptime:5']],
  ['pcm', 44_100, 2.5, ['a=rtpmap:111 L16/44100/1', 'a=ptime:2.5']],
  ['pcm24', 48_000, 20 / 3, ['a=rtpmap:111 L24/48000/1', 'a=ptime:6.667']],
  [
    'opus',
    32_000,
    10,
    [
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 sprop-stereo=0;sprop-maxcapturerate=32000',
      'a=ptime:10',
    ],
  ],
] as const)('%s at %i Hz in %d ms is described by %j', (codec, sampleRate, packetMs, expected) => {
  const sound = { codec, sampleRate, packetMs };
  const lines = formatPlainDescription([stream], { sound, session }).split('\r\n');
  expect(lines.slice(lines.indexOf('i=Vocal') + 1, -1)).toEqual(expected);
});

test('addresses of version 6 are said as such, without their zone', () => {
  const own = { ...session, origin: 'fe80::1%wlan0', destination: 'fd00::2' };
  const text = formatPlainDescription([stream], { sound: opus, session: own });
  expect(text).toContain('o=- 7 1 IN IP6 fe80::1\r\n');
  expect(text).toContain('c=IN IP6 fd00::2\r\n');
});

test('a name cannot add lines, and an empty one is a space', () => {
  const streams = [{ ...stream, title: 'a\r\nm=video 1 RTP/AVP 1' }];
  const own = { ...session, name: '' };
  const text = formatPlainDescription(streams, { sound: opus, session: own });
  expect(text).toContain('\r\ni=a m=video 1 RTP/AVP 1\r\n');
  expect(text).toContain('\r\ns= \r\n');
});

type Encode = (channel: number, tick: number) => Uint8Array;

/** Sends a tick of each stream every 5 ms until the test is over, and keeps time as a server would. */
function sendTicks(streams: { port: number; channel: number }[], encode: Encode, pt: number) {
  const socket = createSocket('udp4');
  let tick = 0;
  const timer = setInterval(() => {
    for (const { port, channel } of streams) {
      const payload = encode(channel, tick);
      const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
      const [sequence, timestamp] = [tick & 0xffff, tick * 240];
      writeRtpHeader(packet, {
        marker: false,
        payloadType: pt,
        sequence,
        timestamp,
        ssrc: channel,
      });
      packet.set(payload, RTP_HEADER_BYTES);
      socket.send(packet, port, LOOPBACK);
    }
    tick++;
  }, 5);
  onTestFinished(() => {
    clearInterval(timer);
    socket.close();
  });
}

/** What ffmpeg hears of two channels by their description, as integers of 32 bits. */
async function hear(codec: 'opus' | 'pcm' | 'pcm24', encode: Encode): Promise<Int32Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'yeoul-plain-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const sound = { codec, sampleRate: 48_000, packetMs: 5 } as const;
  const payloadType = payloadTypeOf({ ...sound, layout: 'plain' });
  const streams = [
    { port: await freePort(), payloadType, title: 'CH07', channel: 7 },
    { port: await freePort(), payloadType, title: 'CH19', channel: 19 },
  ];
  const own = { ...session, origin: LOOPBACK, destination: LOOPBACK };
  const [description, ...outputs] = ['plain.sdp', '0.raw', '1.raw'].map((n) => join(folder, n));
  await writeFile(description!, formatPlainDescription(streams, { sound, session: own }));
  sendTicks(streams, encode, payloadType);
  const output = ['-t', '0.4', '-ac', '1', '-f', 's32le'];
  await run(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-protocol_whitelist', 'file,udp,rtp', '-i', description!],
      ...outputs.flatMap((path, index) => ['-map', `0:${index}`, ...output, path]),
    ],
    LIMIT,
  );
  const heard = await Promise.all(outputs.map((path) => readFile(path)));
  return heard.map((bytes) => new Int32Array(Uint8Array.from(bytes).buffer));
}

test.each([
  ['pcm', 16, writeL16],
  ['pcm24', 24, writeL24],
] as const)('ffmpeg hears each sample of %s as it was sent', async (codec, bits, write) => {
  const heard = await hear(codec, (channel) => {
    const samples = new Float32Array(240);
    fillTestConstant(samples, { channel, bits });
    const payload = new Uint8Array((240 * bits) / 8);
    write(payload, [samples], 0);
    return payload;
  });
  expect(heard.map((samples) => samples.length)).toEqual([19_200, 19_200]);
  expect(heard.map((samples) => new Set(samples))).toEqual(
    [7, 19].map((channel) => new Set([channel * 2 ** (32 - bits)])),
  );
});

test('ffmpeg hears the tones of Opus, each in its stream', async () => {
  const application = Application.RestrictedLowDelay;
  const options = { channels: 1, frameSize: 240, application } as const;
  const encoders = new Map(
    await Promise.all([7, 19].map(async (n) => [n, await createEncoder(options)] as const)),
  );
  const heard = await hear('opus', (channel, tick) => {
    const samples = new Float32Array(240);
    fillTestTone(samples, { channel, firstFrame: tick * 240 });
    return encoders.get(channel)!.encodeFloat(samples);
  });
  const tones = heard.map((samples) => {
    // What comes before is the decoder's start.
    const settled = samples.subarray(samples.length - 9_600);
    const rises = settled.filter((sample, at) => sample >= 0 && (settled[at - 1] ?? 0) < 0).length;
    return rises * 5;
  });
  expect(Math.abs(tones[0]! - 700)).toBeLessThanOrEqual(10);
  expect(Math.abs(tones[1]! - 1900)).toBeLessThanOrEqual(10);
  const peak = Math.max(...heard[0]!.subarray(-9_600)) / 2 ** 31;
  expect(20 * Math.log10(peak)).toBeGreaterThan(-13);
  expect(20 * Math.log10(peak)).toBeLessThan(-11);
});
