// ffmpeg and GStreamer as listeners of plain streams: each plays an SDP and writes what it hears to files.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

/** Mono, signed, lowest byte first. */
type SampleBytes = 2 | 3;

/** In the order of the SDP: the integers of each stream, once each has so many. */
export type Play = (
  sdp: string,
  wanted: { sampleBytes: SampleBytes; samples: number },
) => Promise<Int32Array[]>;

export const playWithFfmpeg: Play = (sdp, { sampleBytes, samples }) =>
  record(sdp, { sampleBytes, samples }, (files, sdpPath) => {
    const bits = sampleBytes * 8;
    const format = [
      '-ac',
      '1',
      '-c:a',
      `pcm_s${bits}le`,
      '-f',
      `s${bits}le`,
      '-flush_packets',
      '1',
    ];
    const outputs = files.flatMap((file, at) => ['-map', `0:${at}`, ...format, file]);
    const input = ['-protocol_whitelist', 'file,udp,rtp', '-i', sdpPath];
    return spawn('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...outputs]);
  });

export const playWithGstreamer: Play = (sdp, { sampleBytes, samples }) =>
  record(sdp, { sampleBytes, samples }, (files) => {
    const media = readMedia(sdp);
    const chains = files.flatMap((file, at) => gstreamerChain(media[at]!, { file, sampleBytes }));
    return spawn('gst-launch-1.0', ['-q', ...chains]);
  });

const DECODERS: Readonly<Record<string, readonly string[]>> = {
  OPUS: ['rtpopusdepay', '!', 'opusdec'],
  L16: ['rtpL16depay'],
  L24: ['rtpL24depay'],
};

function gstreamerChain(
  { port, payloadType, encoding, clockRate }: ReturnType<typeof readMedia>[number],
  { file, sampleBytes }: { file: string; sampleBytes: SampleBytes },
): string[] {
  const caps = `application/x-rtp,media=audio,clock-rate=${clockRate},encoding-name=${encoding},payload=${payloadType},channels=1`;
  const raw = `audio/x-raw,format=S${sampleBytes * 8}LE,channels=1`;
  const source = ['udpsrc', `port=${port}`, `caps=${caps}`, '!', 'rtpjitterbuffer', 'latency=200'];
  const sink = [
    'audioconvert',
    '!',
    raw,
    '!',
    'filesink',
    `location=${file}`,
    'buffer-mode=unbuffered',
  ];
  return [...source, '!', ...DECODERS[encoding]!, '!', ...sink];
}

/** What a player needs of each stream (RFC 8866 §5.14, §6.6). */
function readMedia(sdp: string) {
  const sections = sdp.split(/^m=/m).slice(1);
  return sections.map((section) => {
    const [, port, payloadType] = /^audio (\d+) RTP\/AVP (\d+)\r$/m.exec(section)!;
    const map = RegExp(`^a=rtpmap:${payloadType} (\\w+)/(\\d+)`, 'm').exec(section)!;
    const [, encoding = '', clockRate] = map;
    return { port, payloadType, encoding: encoding.toUpperCase(), clockRate };
  });
}

async function record(
  sdp: string,
  { sampleBytes, samples }: { sampleBytes: SampleBytes; samples: number },
  start: (files: readonly string[], sdpPath: string) => ChildProcess,
): Promise<Int32Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plain-player-'));
  const sdpPath = join(folder, 'sound.sdp');
  writeFileSync(sdpPath, sdp);
  const files = readMedia(sdp).map((_, at) => join(folder, `${at}.raw`));
  const player = start(files, sdpPath);
  let complaints = '';
  player.stderr?.on('data', (text) => {
    complaints += text;
  });
  const exited = once(player, 'exit');
  const hasAll = () => files.every((file) => sizeOf(file) >= samples * sampleBytes);
  try {
    await until(() => hasAll() || player.exitCode !== null, { what: 'sound', withinMs: 25_000 });
    if (!hasAll()) throw new Error(`the player ended: ${complaints}`);
    return files.map((file) => readIntegers(readFileSync(file), { sampleBytes, samples }));
  } finally {
    player.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readIntegers(
  bytes: Buffer,
  { sampleBytes, samples }: { sampleBytes: SampleBytes; samples: number },
): Int32Array {
  return Int32Array.from({ length: samples }, (_, at) =>
    bytes.readIntLE(at * sampleBytes, sampleBytes),
  );
}
