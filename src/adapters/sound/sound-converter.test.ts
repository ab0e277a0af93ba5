// The converter with its threads: what it takes, what it refuses, and what happens when a thread dies.

import { describe, expect, test } from 'vitest';
import type { Conversion, ConversionSink } from '#core/ports/converter.ts';
import type { AacFormat, AudioFormat, TrackFormat } from '#core/streams/track-format.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { aacClip, pcmClip, type SoundClip } from '../../../test/support/sound-clips.ts';
import { until } from '../../../test/support/until.ts';
import { createSoundConverter } from './sound-converter.ts';

class RecordingSink implements ConversionSink {
  readonly formats: TrackFormat[] = [];
  readonly failures: string[] = [];
  packets = 0;
  flushes = 0;

  ready(format: TrackFormat) {
    this.formats.push(format);
    return {
      write: () => {
        this.packets++;
      },
    };
  }

  flush(): void {
    this.flushes++;
  }

  failed(reason: string): void {
    this.failures.push(reason);
  }
}

const PCMU: AudioFormat = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 };

function open(format: AudioFormat, worker?: string) {
  const log = new SilentLog();
  const script = worker && new URL(`data:text/javascript,${encodeURIComponent(worker)}`);
  const converter = createSoundConverter({ log, ...(script && { worker: script }) });
  const sink = new RecordingSink();
  return { converter, sink, log, conversion: converter.convert(format, 'opus', sink) };
}

function write(conversion: Conversion, payload: Uint8Array, timestamp: number): void {
  const packet = rtpPacket(payload, { sequence: 1, timestamp: 1 });
  conversion.write({ packet, timestamp, marker: true, capturedAtMs: timestamp / 8 });
}

/** As the camera would: what was sent is waited for now and then. */
async function play(clip: SoundClip, conversion: Conversion, sink: RecordingSink): Promise<void> {
  const perPayload = ((clip.ticks / clip.format.clockRate) * 1000) / 20;
  for (const [index, payload] of clip.payloads.entries()) {
    write(conversion, payload, index * clip.ticks);
    if (index % 20 < 19) continue;
    const expected = Math.floor((index + 1) * perPayload);
    await until(() => sink.packets >= expected, { what: `${expected} packets of Opus` });
  }
}

describe('The sound converter', () => {
  test.each([
    ['AAC', () => aacClip({ rate: 16_000, channels: 1, seconds: 4 }), 1],
    ['L16', () => pcmClip('L16', { rate: 48_000, channels: 2, seconds: 2 }), 2],
  ] as const)('converts %s in a thread and says what that costs', async (_, makeClip, channels) => {
    const clip = makeClip();
    const { sink, conversion, log } = open(clip.format);
    await play(clip, conversion, sink);
    expect(sink.formats).toEqual([{ kind: 'audio', codec: 'opus', clockRate: 48_000, channels }]);
    expect(sink.flushes).toBeGreaterThan(0);
    expect(conversion.cpuSeconds).toBeGreaterThan(0);
    expect(conversion.cpuSeconds).toBeLessThan(5);
    await conversion.close();
    await conversion.close();
    const { packets } = sink;
    write(conversion, clip.payloads[0] ?? new Uint8Array(1), 0);
    expect(sink.packets).toBe(packets);
    expect(sink.failures).toEqual([]);
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'Sound conversion ended',
        fields: { dropped: 0, damaged: 0, cpuSeconds: conversion.cpuSeconds },
      },
    ]);
  });

  test('converts several tracks at a time, each by itself', async () => {
    const clip = pcmClip('PCMU', { rate: 8000, channels: 1, seconds: 1 });
    const converter = createSoundConverter({ log: new SilentLog() });
    const sinks = Array.from({ length: 20 }, () => new RecordingSink());
    const conversions = sinks.map((sink) => converter.convert(clip.format, 'opus', sink));
    await Promise.all(conversions.map((conversion, at) => play(clip, conversion, sinks[at]!)));
    await Promise.all(conversions.slice(1).map((conversion) => conversion.close()));
    const { packets } = sinks[0]!;
    write(conversions[0]!, clip.payloads[0]!, clip.payloads.length * clip.ticks);
    await until(() => sinks[0]!.packets > packets, { what: 'the conversion that is left' });
    await conversions[0]!.close();
  });

  test('fails when its thread dies, and the next conversion has a new one', async () => {
    const dying = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ kind }) => { if (kind === 'payloads') process.exit(3); });`;
    const { converter, sink, conversion, log } = open(PCMU, dying);
    write(conversion, new Uint8Array(160), 0);
    await until(() => sink.failures.length > 0, { what: 'the failure' });
    expect(sink.failures).toEqual(['sound conversion failed: its thread ended: exit code 3']);
    expect(log.lines.map(({ message }) => message)).toContain('Sound thread ended');
    write(conversion, new Uint8Array(160), 160);
    await conversion.close();
    const next = new RecordingSink();
    const second = converter.convert(PCMU, 'opus', next);
    write(second, new Uint8Array(160), 0);
    await until(() => next.failures.length > 0, { what: 'the second thread' });
    await second.close();
    expect(sink.failures).toHaveLength(1);
  });

  test('fails with the reason when a thread throws', async () => {
    const { sink, conversion } = open(PCMU, `throw new Error('no libopus here');`);
    await until(() => sink.failures.length > 0, { what: 'the failure' });
    expect(sink.failures[0]).toContain('no libopus here');
    await conversion.close();
  });

  test('fails with the reason that its thread gives', async () => {
    const { sink, conversion } = open({ ...PCMU, clockRate: 8000 }, REFUSING);
    write(conversion, new Uint8Array(160), 0);
    await until(() => sink.failures.length > 0, { what: 'the failure' });
    expect(sink.failures).toEqual(['sound conversion failed: cannot encode']);
    await conversion.close();
  });

  test('drops the oldest payloads when its thread has no time', async () => {
    const { conversion, log } = open(PCMU, `setInterval(() => {}, 1000);`);
    for (let at = 0; at < 500; at++) write(conversion, new Uint8Array(160), at * 160);
    await conversion.close();
    // Four are at the thread, a hundred wait.
    expect(log.lines.at(-1)?.fields).toMatchObject({ dropped: 500 - 4 - 100 });
  });

  test('leaves out packets without a payload', async () => {
    const { conversion, log } = open(PCMU, `setInterval(() => {}, 1000);`);
    for (let at = 0; at < 500; at++) write(conversion, new Uint8Array(0), 0);
    await conversion.close();
    expect(log.lines.at(-1)?.fields).toMatchObject({ dropped: 0 });
  });
});

const REFUSING = `import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ kind, id }) => {
    if (kind === 'payloads') parentPort.postMessage({ kind: 'failed', id, reason: 'cannot encode' });
  });`;

describe('The sound converter refuses, in words,', () => {
  const refusal = (from: TrackFormat, to: TrackFormat['codec'] = 'opus') =>
    createSoundConverter({ log: new SilentLog() }).refusal(from, to);
  const aac = (config: number[], clockRate = 48_000): AacFormat => ({
    kind: 'audio',
    codec: 'AAC',
    clockRate,
    channels: 2,
    config: Uint8Array.from(config),
    packing: 'generic',
    sizeLength: 13,
    indexLength: 3,
    indexDeltaLength: 3,
  });

  test.each<[string, TrackFormat, RegExp]>([
    ['video', { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] }, /no sound/],
    ['G.722', { ...PCMU, codec: 'G722' }, /no conversion of G722 to opus/],
    ['an odd rate', { ...PCMU, clockRate: 8001 }, /PCMU at 8001 Hz/],
    ['no channels', { ...PCMU, channels: 0 }, /0 channels/],
    ['a hundred channels', { ...PCMU, codec: 'L16', channels: 100 }, /100 channels/],
    ['AAC low delay', aac([0xb9, 0x90]), /AAC-LC/],
    ['AAC Main', aac([0x09, 0x90]), /AAC-LC/],
    ['AAC in frames of 960 samples', aac([0x11, 0x94]), /AAC-LC/],
    ['AAC with an odd clock', aac([0x11, 0x90], 44_101), /44101 Hz/],
    ['AAC without a configuration', aac([]), /Cannot read/],
  ])('%s', (_, from, message) => {
    expect(refusal(from)).toMatch(message);
  });

  test('other codecs than Opus', () => {
    expect(refusal(PCMU, 'AAC')).toMatch(/no conversion of sound to AAC/);
  });

  test('but neither AAC-LC nor HE-AAC, G.711 at any usual rate or L16', () => {
    expect(refusal(aac([0x11, 0x90]))).toBeUndefined();
    expect(refusal(aac([0x2b, 0x11, 0x88, 0x00], 48_000))).toBeUndefined();
    expect(refusal({ ...PCMU, codec: 'PCMA', clockRate: 16_000 })).toBeUndefined();
    expect(refusal({ ...PCMU, codec: 'L16', clockRate: 44_100, channels: 2 })).toBeUndefined();
  });

  test('and does not convert what it refuses', () => {
    const converter = createSoundConverter({ log: new SilentLog() });
    expect(() => converter.convert(PCMU, 'AAC', new RecordingSink())).toThrow(/invariant/);
  });
});
