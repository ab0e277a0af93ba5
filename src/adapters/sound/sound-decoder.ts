// RTP payloads of AAC, G.711 and L16 into samples.

import type { AacFormat, AudioFormat } from '#core/streams/track-format.ts';
import { parseAudioSpecificConfig } from '#media/aac/audio-specific-config.ts';
import { AacDepacketizer } from '#media/aac/depacketizer.ts';
import { AacDecoder, SAMPLES_PER_FRAME } from '#media/aac-decoder/decoder.ts';
import { separateChannels } from '#media/pcm/channels.ts';
import { decodeG711 } from '#media/pcm/g711.ts';
import { decodeL16 } from '#media/pcm/l16.ts';
import { InputError } from '#std/errors.ts';

/** In one payload. Cameras send 20 to 250 ms; more would hold up the others of the same thread. */
const MAX_PCM_SECONDS = 1;

export interface SoundDecoder {
  /** Of the samples, in Hz. */
  readonly sampleRate: number;
  /** Frames and payloads that made no sense so far. */
  readonly damaged: number;
  /** Frames one after the other, each a plane of samples for every channel. */
  decode(payload: Uint8Array, marker: boolean): Float32Array[][];
  /** Frames are missing: what is heard for a moment, empty where nothing is better than silence. */
  conceal(): Float32Array[];
}

export function createSoundDecoder(format: AudioFormat): SoundDecoder {
  return format.codec === 'AAC' ? new AacSound(format) : new PcmSound(format);
}

class PcmSound implements SoundDecoder {
  readonly sampleRate: number;
  damaged = 0;
  readonly #channels: number;
  readonly #codec: AudioFormat['codec'];

  constructor(format: AudioFormat) {
    this.sampleRate = format.clockRate;
    this.#channels = format.channels;
    this.#codec = format.codec;
  }

  decode(payload: Uint8Array): Float32Array[][] {
    const samples =
      this.#codec === 'PCMU' || this.#codec === 'PCMA'
        ? decodeG711(payload, this.#codec)
        : decodeL16(payload);
    if (samples.length > this.sampleRate * this.#channels * MAX_PCM_SECONDS) {
      this.damaged++;
      return [];
    }
    return [separateChannels(samples, this.#channels)];
  }

  conceal(): Float32Array[] {
    return [];
  }
}

class AacSound implements SoundDecoder {
  readonly sampleRate: number;
  readonly #depacketizer: AacDepacketizer;
  readonly #decoder: AacDecoder;
  #undecodable = 0;

  constructor(format: AacFormat) {
    this.sampleRate = parseAudioSpecificConfig(format.config).sampleRate;
    this.#depacketizer = new AacDepacketizer(format);
    this.#decoder = new AacDecoder(this.sampleRate);
  }

  get damaged(): number {
    return this.#undecodable + this.#depacketizer.malformed;
  }

  decode(payload: Uint8Array, marker: boolean): Float32Array[][] {
    return this.#depacketizer.push(payload, marker).map((unit) => this.#decodeUnit(unit));
  }

  conceal(): Float32Array[] {
    this.#depacketizer.reset();
    return this.#decoder.conceal();
  }

  #decodeUnit(unit: Uint8Array): Float32Array[] {
    try {
      return this.#decoder.decode(unit);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#undecodable++;
      const planes = this.#decoder.conceal();
      return planes.length > 0 ? planes : [new Float32Array(SAMPLES_PER_FRAME)];
    }
  }
}
