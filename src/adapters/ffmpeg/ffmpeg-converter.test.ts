// Transcoding by the real ffmpeg: what goes in comes out, with its times, and no process outlives us.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Conversion, ConversionSink } from '#core/ports/converter.ts';
import type { TrackFormat, VideoFormat } from '#core/streams/track-format.ts';
import { readMarker, readSequence, readTimestamp } from '#media/rtp/header.ts';
import { Depacketizer } from '#media/video/depacketizer.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { decodeFrames, encodeFrames, packetsOf } from '../../../test/support/video-frames.ts';
import { systemClock } from '../../app/system-clock.ts';
import { createFfmpegConverter } from './ffmpeg-converter.ts';

interface Frame {
  readonly timestamp: number;
  readonly capturedAtMs: number;
  readonly units: readonly Uint8Array[];
}

class RecordingSink implements ConversionSink {
  readonly formats: TrackFormat[] = [];
  readonly frames: Frame[] = [];
  readonly sequences: number[] = [];
  readonly failures: string[] = [];
  largestPacket = 0;
  flushes = 0;
  readonly #depacketizer = new Depacketizer('H264');

  ready(format: TrackFormat) {
    this.formats.push(format);
    return {
      write: (packet: Uint8Array, capturedAtMs: number) => {
        this.sequences.push(readSequence(packet));
        this.largestPacket = Math.max(this.largestPacket, packet.length);
        const timestamp = readTimestamp(packet);
        const unit = this.#depacketizer.push(packet, readMarker(packet), timestamp);
        if (unit) this.frames.push({ timestamp, capturedAtMs, units: unit.units });
      },
    };
  }

  flush(): void {
    this.flushes++;
  }

  failed(reason: string): void {
    this.failures.push(reason);
  }

  /** As a byte stream. */
  get stream(): Uint8Array {
    const units = this.frames.flatMap((frame) => frame.units);
    return Buffer.concat(units.flatMap((unit) => [Uint8Array.of(0, 0, 0, 1), unit]));
  }
}

const H265: VideoFormat = { kind: 'video', codec: 'H265', clockRate: 90_000, parameterSets: [] };
const H264: VideoFormat = { ...H265, codec: 'H264' };
const OPTIONS = { path: 'ffmpeg', clock: systemClock, maxConversions: 4 };
const START = 2 ** 32 - 20_000;
const TICKS = 3_600;
const CAPTURED_MS = 5_000.25;

const isKey = ({ units }: Frame) => units.some((unit) => (unit[0]! & 31) === 5);
const running: Conversion[] = [];

async function open(from: VideoFormat) {
  const log = new SilentLog();
  const converter = await createFfmpegConverter({ ...OPTIONS, log });
  const sink = new RecordingSink();
  const conversion = converter.convert(from, 'H264', sink);
  running.push(conversion);
  const [started] = log.lines.filter(({ message }) => message === 'Transcoding started');
  return { converter, sink, conversion, log, pid: Number(started?.fields['pid']) };
}

function timeOf(index: number) {
  return { timestamp: (START + index * TICKS) % 2 ** 32, capturedAtMs: CAPTURED_MS + index * 40 };
}

function feed(conversion: Conversion, frames: readonly Uint8Array[][], from = 0): void {
  frames.forEach((units, index) => {
    for (const packet of packetsOf(units, timeOf(from + index))) conversion.write(packet);
  });
}

/** A process that has ended may wait for somebody to ask about it: state Z. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((conversion) => conversion.close()));
});

describe('The ffmpeg converter', () => {
  test('makes of every H.265 frame one of H.264, in order, with its times', async () => {
    const { sink, conversion, log, pid } = await open(H265);
    const frames = encodeFrames({ codec: 'H265', frames: 60, gopFrames: 20 });
    feed(conversion, frames);
    await until(() => sink.frames.length === frames.length, { what: 'as many frames' });
    expect(sink.failures).toEqual([]);
    expect(sink.frames.map(({ timestamp, capturedAtMs }) => ({ timestamp, capturedAtMs }))).toEqual(
      frames.map((_, index) => timeOf(index)),
    );
    expect(sink.frames.flatMap((frame, index) => (isKey(frame) ? [index] : []))).toEqual([
      0, 20, 40,
    ]);
    expect(sink.sequences).toEqual(sink.sequences.map((_, index) => index));
    expect(sink.largestPacket).toBeLessThanOrEqual(1200);
    expect(sink.flushes).toBe(60);
    expect(decodeFrames(sink.stream)).toEqual({ frames: 60, size: '320x180' });
    expect(sink.formats).toMatchObject([{ kind: 'video', codec: 'H264', clockRate: 90_000 }]);
    // Constrained Baseline.
    const [sps] = (sink.formats[0] as VideoFormat).parameterSets;
    expect([...(sps ?? [])].slice(0, 3)).toEqual([0x67, 66, 0xc0]);
    expect(conversion.cpuSeconds).toBeGreaterThan(0);
    await conversion.close();
    expect(isAlive(pid)).toBe(false);
    expect(log.lines.at(-1)).toMatchObject({
      message: 'Transcoding ended',
      fields: { pid, frames: 60, dropped: 0 },
    });
  });

  test('gives each frame out before the next one goes in', async () => {
    const { sink, conversion } = await open(H265);
    const frames = encodeFrames({ codec: 'H265', frames: 12 });
    for (const [index, frame] of frames.entries()) {
      feed(conversion, [frame], index);
      await until(() => sink.frames.length === index + 1, { what: `frame ${index}` });
    }
  });

  test('brings H.264 with B-frames into the order of display', async () => {
    const { sink, conversion } = await open(H264);
    const frames = encodeFrames({ codec: 'H264', frames: 50, bFrames: 2 });
    // The timestamps of a camera say when a frame is shown: here, the order of what comes out.
    const shown = displayOrder(frames);
    frames.forEach((units, index) => {
      for (const packet of packetsOf(units, timeOf(shown[index]!))) conversion.write(packet);
    });
    await until(() => sink.frames.length >= 46, { what: 'all frames but those held back' });
    expect(sink.frames.map(({ timestamp }) => timestamp)).toEqual(
      sink.frames.map((_, index) => timeOf(index).timestamp),
    );
    expect(shown.some((place, index) => place !== index)).toBe(true);
  });

  test('begins with the first key frame, after sets that came before it', async () => {
    const frames = encodeFrames({ codec: 'H265', frames: 30, gopFrames: 10 });
    const sets = frames[0]!.filter((unit) => unit[0]! >> 1 >= 32 && unit[0]! >> 1 <= 34);
    const bare = frames.map((units) => units.filter((unit) => unit[0]! >> 1 < 32));
    const { sink, conversion } = await open({ ...H265, parameterSets: sets });
    feed(conversion, bare.slice(4), 4);
    await until(() => sink.frames.length === 20, { what: 'the frames from the key frame on' });
    expect(sets).toHaveLength(3);
    expect(sink.frames[0]?.timestamp).toBe(timeOf(10).timestamp);
  });

  test('scales down what is wider than 1,920 pixels', async () => {
    const { sink, conversion } = await open(H265);
    feed(conversion, encodeFrames({ codec: 'H265', frames: 2, size: '2560x1440' }));
    await until(() => sink.frames.length === 2, { what: 'two frames' });
    expect(decodeFrames(sink.stream)).toEqual({ frames: 2, size: '1920x1080' });
  });

  test('keeps its size when the camera changes its own', async () => {
    const { sink, conversion } = await open(H265);
    feed(conversion, encodeFrames({ codec: 'H265', frames: 10 }));
    feed(conversion, encodeFrames({ codec: 'H265', frames: 10, size: '640x360' }), 10);
    await until(() => sink.frames.length === 20, { what: 'all frames' });
    expect(decodeFrames(sink.stream)).toEqual({ frames: 20, size: '320x180' });
    expect(sink.failures).toEqual([]);
  });

  test('fails when ffmpeg is killed, and says so', async () => {
    const { sink, conversion, converter, pid } = await open(H265);
    const frames = encodeFrames({ codec: 'H265', frames: 5 });
    feed(conversion, frames);
    await until(() => sink.frames.length === 5, { what: 'frames' });
    process.kill(pid, 'SIGKILL');
    await until(() => sink.failures.length > 0, { what: 'the failure' });
    expect(sink.failures).toEqual(['ffmpeg was ended by SIGKILL']);
    feed(conversion, frames, 5);
    expect(sink.frames).toHaveLength(5);
    await conversion.close();
    expect(converter.refusal(H265, 'H264')).toBeUndefined();
  });

  test('survives nonsense, and makes pictures of what makes sense again', async () => {
    const { sink, conversion } = await open(H265);
    const frames = encodeFrames({ codec: 'H265', frames: 30, gopFrames: 10 });
    const damaged = frames.map((units, index) =>
      index % 10 === 5
        ? units.map((unit) => unit.map((byte, at) => (at > 2 && at % 7 === 0 ? byte ^ 0xff : byte)))
        : units,
    );
    feed(conversion, damaged);
    const last = timeOf(29).timestamp;
    await until(() => sink.frames.at(-1)?.timestamp === last, { what: 'the last frame' });
    expect(sink.failures).toEqual([]);
  });

  test('does not let a queue grow when ffmpeg stands still', async () => {
    const { sink, conversion, log, pid } = await open(H265);
    const [key] = encodeFrames({ codec: 'H265', frames: 1, size: '1280x720' });
    process.kill(pid, 'SIGSTOP');
    const slice = key!.find((unit) => unit[0]! >> 1 < 32)!;
    const times = Math.ceil((5 * 2 ** 20) / slice.length);
    feed(
      conversion,
      Array.from({ length: times }, () => key!),
    );
    process.kill(pid, 'SIGCONT');
    await conversion.close();
    const dropped = Number(log.lines.at(-1)?.fields['dropped']);
    expect(dropped).toBeGreaterThan(times / 3);
    expect(dropped).toBeLessThan(times);
    expect(sink.failures).toEqual([]);
  });

  test('kills an ffmpeg that does not end when it is told to', async () => {
    const { conversion, pid } = await open(H265);
    process.kill(pid, 'SIGSTOP');
    await conversion.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('leaves no process behind when the server is killed', async () => {
    const module = fileURLToPath(new URL('./ffmpeg-converter.ts', import.meta.url));
    const script = `
      import { createFfmpegConverter } from ${JSON.stringify(module)};
      const timer = { cancel() {} };
      const clock = { nowMs: () => 0, wallMs: () => 0, after: () => timer, every: () => timer };
      const log = { debug() {}, warn() {}, error() {},
        info: (message, { pid }) => pid && process.stdout.write(String(pid)) };
      const converter = await createFfmpegConverter({ path: 'ffmpeg', clock, log, maxConversions: 1 });
      const from = { kind: 'video', codec: 'H265', clockRate: 90000, parameterSets: [] };
      converter.convert(from, 'H264', { ready() {}, flush() {}, failed() {} });`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [pid] = await once(server.stdout, 'data');
    expect(isAlive(Number(pid))).toBe(true);
    server.kill('SIGKILL');
    await until(() => !isAlive(Number(pid)), { what: 'the end of ffmpeg' });
  });
});

describe('The ffmpeg converter refuses, in words,', () => {
  const create = (options: { path?: string; maxConversions?: number }) =>
    createFfmpegConverter({ ...OPTIONS, ...options, log: new SilentLog() });

  test('everything where there is no ffmpeg', async () => {
    const converter = await create({ path: '/nowhere/ffmpeg' });
    expect(converter.refusal(H265, 'H264')).toBe(
      'transcoding needs ffmpeg, which was not found: install it, and restart',
    );
    expect(() => converter.convert(H265, 'H264', new RecordingSink())).toThrow(/invariant/);
  });

  test('other codecs', async () => {
    const converter = await create({});
    const pcmu: TrackFormat = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 };
    expect(converter.refusal(pcmu, 'H264')).toBe('there is no conversion of PCMU to H264');
    expect(converter.refusal(H264, 'H265')).toBe('there is no conversion of H264 to H265');
  });

  test('more conversions than it may run', async () => {
    const converter = await create({ maxConversions: 1 });
    const first = converter.convert(H265, 'H264', new RecordingSink());
    expect(converter.refusal(H265, 'H264')).toBe('all 1 places for transcoding are taken');
    await first.close();
    expect(converter.refusal(H265, 'H264')).toBeUndefined();
  });
});

/** The place of each frame when it is shown: B-frames stand before the frame that was decoded first. */
function displayOrder(frames: readonly Uint8Array[][]): number[] {
  const isB = frames.map((units) => {
    const slice = units.find((unit) => (unit[0]! & 31) === 1);
    // nal_ref_idc 0: nothing refers to it.
    return slice !== undefined && slice[0]! >> 5 === 0;
  });
  const order: number[] = [];
  let shown = 0;
  for (let at = 0; at < frames.length; at++) {
    let bFrames = 0;
    while (isB[at + 1 + bFrames]) bFrames++;
    order.push(shown + bFrames);
    for (let b = 0; b < bFrames; b++) order.push(shown + b);
    shown += bFrames + 1;
    at += bFrames;
  }
  return order;
}
