// Tones as cameras send them, encoded by ffmpeg, and ffmpeg's judgement of Opus.

import { execFileSync } from 'node:child_process';
import type { AudioFormat } from '#core/streams/track-format.ts';
import { formatOggOpus } from '#media/opus/ogg-writer.ts';

export interface SoundClip {
  readonly format: AudioFormat;
  /** RTP payloads, each of so many ticks. */
  readonly payloads: readonly Uint8Array[];
  readonly ticks: number;
}

interface ToneOptions {
  readonly rate: number;
  readonly channels: number;
  readonly seconds?: number;
}

const AMPLITUDE = 0.5;
const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000];

export function runFfmpeg(args: readonly string[], input?: Uint8Array): Uint8Array<ArrayBuffer> {
  const output = execFileSync('ffmpeg', ['-v', 'error', ...args], { input, maxBuffer: 2 ** 26 });
  return Uint8Array.from(output);
}

/** A tone of 1 kHz at half of full scale; RFC 3640, one access unit a packet. */
export function aacClip({ rate, channels, seconds = 4 }: ToneOptions): SoundClip {
  const encoding = ['-c:a', 'aac', '-b:a', `${96 * channels}k`, '-f', 'adts', '-'];
  const adts = runFfmpeg([...toneInput({ rate, channels, seconds }), ...encoding]);
  const index = RATES.indexOf(rate);
  return {
    format: {
      kind: 'audio',
      codec: 'AAC',
      clockRate: rate,
      channels,
      config: Uint8Array.of((2 << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3)),
      packing: 'generic',
      sizeLength: 13,
      indexLength: 3,
      indexDeltaLength: 3,
    },
    payloads: adtsFrames(adts).map((unit) =>
      Uint8Array.of(0, 16, unit.length >> 5, (unit.length << 3) & 0xff, ...unit),
    ),
    ticks: 1024,
  };
}

/** The same tone in packets of 20 ms. */
export function pcmClip(codec: 'PCMU' | 'PCMA' | 'L16', options: ToneOptions): SoundClip {
  const { rate, channels } = options;
  const name = { PCMU: 'mulaw', PCMA: 'alaw', L16: 's16be' }[codec];
  const bytes = runFfmpeg([...toneInput(options), '-c:a', `pcm_${name}`, '-f', name, '-']);
  const ticks = rate / 50;
  const size = ticks * channels * (codec === 'L16' ? 2 : 1);
  return {
    format: { kind: 'audio', codec, clockRate: rate, channels },
    payloads: Array.from({ length: bytes.length / size }, (_, at) =>
      bytes.slice(at * size, (at + 1) * size),
    ),
    ticks,
  };
}

/** ADTS frames (ISO/IEC 13818-7 §6.2) without their headers. */
export function adtsFrames(adts: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 7 <= adts.length; ) {
    const size = ((adts[at + 3]! & 3) << 11) | (adts[at + 4]! << 3) | (adts[at + 5]! >> 5);
    frames.push(adts.slice(at + 7, at + size));
    at += size;
  }
  return frames;
}

/** What a listener hears, a plane for each channel, at 48 kHz. */
export function decodeOpus(packets: readonly Uint8Array[], channels: 1 | 2): Float32Array[] {
  const file = formatOggOpus({ channels, preSkip: 0, packets }, { vendor: 'test', serial: 1 });
  return splitPlanes(runFfmpeg(['-f', 'ogg', '-i', '-', '-f', 'f32le', '-'], file), channels);
}

export function splitPlanes(bytes: Uint8Array<ArrayBuffer>, channels: number): Float32Array[] {
  const samples = new Float32Array(bytes.buffer, 0, bytes.length >> 2);
  return Array.from({ length: channels }, (_, channel) =>
    samples.filter((__, at) => at % channels === channel),
  );
}

/** The amplitude of 1 kHz, how far everything else is below it, and the largest step of all. */
export function measureTone(samples: Float32Array) {
  let [cos, sin, energy, step] = [0, 0, 0, 0];
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * 1000 * at) / 48_000;
    cos += sample * Math.cos(angle);
    sin += sample * Math.sin(angle);
    energy += sample ** 2;
    if (at > 0) step = Math.max(step, Math.abs(sample - samples[at - 1]!));
  });
  const amplitude = (2 * Math.hypot(cos, sin)) / samples.length;
  const signal = (amplitude ** 2 * samples.length) / 2;
  return { amplitude, step, snrDb: 10 * Math.log10(signal / (energy - signal)) };
}

function toneInput({ rate, channels, seconds = 4 }: ToneOptions): string[] {
  const channel = `${AMPLITUDE}*sin(2*PI*1000*t)`;
  const source = `aevalsrc=${Array(channels).fill(channel).join('|')}:s=${rate}:d=${seconds}`;
  return ['-f', 'lavfi', '-i', source];
}
