// Makes and reads the sound of a clip: a tone of 440 Hz in one of the codecs that cameras have.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOggOpus } from '#media/opus/ogg.ts';
import type { AudioClip, AudioEncoding, ClipFrame } from './clip.ts';

interface Codec {
  readonly encoding: AudioEncoding;
  /** Of the samples. */
  readonly sampleRate: number;
  /** Of the RTP timestamps. */
  readonly clockRate: number;
  readonly channels: number;
  readonly arguments: readonly string[];
  readonly file: string;
}

const CODECS = {
  pcmu: plain('PCMU', 8_000, ['-f', 'mulaw']),
  pcma: plain('PCMA', 8_000, ['-f', 'alaw']),
  /** G.711 at twice its usual rate: no static payload type stands for it. */
  'pcma-16k': plain('PCMA', 16_000, ['-f', 'alaw']),
  /** Samples at 16 kHz, timestamps at 8 kHz (RFC 3551 §4.5.2). */
  g722: { ...plain('G722', 16_000, ['-c:a', 'g722', '-f', 'g722']), clockRate: 8_000 },
  l16: plain('L16', 16_000, ['-f', 's16be']),
  'aac-8k': aac(8_000),
  'aac-16k': aac(16_000),
  'aac-44.1k': aac(44_100),
  opus: {
    ...plain('opus', 48_000, ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg']),
    channels: 2,
  },
} satisfies Record<string, Codec>;

export type AudioChoice = keyof typeof CODECS | 'none';

const FRAME_MS = 20;
const AAC_SAMPLES = 1024;
const ADTS_HEADER_BYTES = 7;

export function audioArguments(choice: Exclude<AudioChoice, 'none'>, seconds: number): string[] {
  const { sampleRate, channels, arguments: codec, file } = CODECS[choice];
  return [
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${sampleRate}:duration=${seconds}`],
    ...['-ar', `${sampleRate}`, '-ac', `${channels}`, ...codec, file],
  ];
}

export async function readAudioClip(
  folder: string,
  choice: Exclude<AudioChoice, 'none'>,
): Promise<AudioClip> {
  const codec: Codec = CODECS[choice];
  const bytes = await readFile(join(folder, codec.file));
  const { payloads, frameMs, config } = split(codec, bytes);
  const ticksPerFrame = (frameMs * codec.clockRate) / 1000;
  const frames = payloads.map(
    (payload, index): ClipFrame => ({
      dueMs: index * frameMs,
      ticks: Math.round(index * ticksPerFrame),
      isKey: true,
      units: [payload],
    }),
  );
  const { encoding, clockRate, channels } = codec;
  const durationMs = frames.length * frameMs;
  return { kind: 'audio', encoding, clockRate, channels, config, frames, durationMs };
}

interface Split {
  readonly payloads: readonly Uint8Array[];
  readonly frameMs: number;
  readonly config: Uint8Array | undefined;
}

function split(codec: Codec, bytes: Uint8Array): Split {
  if (codec.encoding === 'opus') {
    return { payloads: readOggOpus(bytes).packets, frameMs: FRAME_MS, config: undefined };
  }
  if (codec.encoding === 'MPEG4-GENERIC') return splitAdts(codec, bytes);
  return { payloads: splitEvenly(codec, bytes), frameMs: FRAME_MS, config: undefined };
}

function splitEvenly({ encoding, sampleRate }: Codec, bytes: Uint8Array): Uint8Array[] {
  const bytesPerSample = { PCMU: 1, PCMA: 1, G722: 0.5, L16: 2, opus: 0, 'MPEG4-GENERIC': 0 };
  const frameBytes = (sampleRate * FRAME_MS * bytesPerSample[encoding]) / 1000;
  const count = Math.floor(bytes.length / frameBytes);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * frameBytes, (index + 1) * frameBytes),
  );
}

/**
 * ADTS (ISO 14496-3 §1.A.2): each frame says its length in bits 30 to 42. One frame per packet, with
 * one AU header of 13 bits of size and 3 of index before it (RFC 3640 §3.3.6).
 */
function splitAdts(codec: Codec, bytes: Uint8Array): Split {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at + ADTS_HEADER_BYTES < bytes.length; ) {
    const length = Buffer.from(bytes.buffer, bytes.byteOffset + at + 3, 4).readUInt32BE(0);
    const sizeBytes = (length >>> 13) & 0x1fff;
    const unit = bytes.subarray(at + ADTS_HEADER_BYTES, at + sizeBytes);
    payloads.push(Uint8Array.of(0, 16, unit.length >>> 5, unit.length << 3, ...unit));
    at += sizeBytes;
  }
  const frameMs = (AAC_SAMPLES * 1000) / codec.sampleRate;
  return { payloads, frameMs, config: audioSpecificConfig(codec) };
}

/** AAC-LC (object type 2), the rate's index, the channels (ISO 14496-3 §1.6.2.1). */
function audioSpecificConfig({ sampleRate, channels }: Codec): Uint8Array {
  const index = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8].indexOf(
    sampleRate / 1000,
  );
  const bits = (2 << 11) | (index << 7) | (channels << 3);
  return Uint8Array.of(bits >>> 8, bits);
}

function plain(encoding: AudioEncoding, rate: number, args: readonly string[]): Codec {
  const file = `${encoding.toLowerCase()}-${rate}.bin`;
  return { encoding, sampleRate: rate, clockRate: rate, channels: 1, arguments: args, file };
}

function aac(rate: number): Codec {
  return plain('MPEG4-GENERIC', rate, ['-c:a', 'aac', '-b:a', '32k', '-f', 'adts']);
}
