// AAC, G.711 and L16 into Opus, inside the process: no configuration, no ffmpeg.

import { availableParallelism } from 'node:os';
import type { Converter } from '#core/ports/converter.ts';
import type { Log } from '#core/ports/log.ts';
import type { AacFormat, AudioFormat, TrackFormat } from '#core/streams/track-format.ts';
import { AAC_LC, parseAudioSpecificConfig } from '#media/aac/audio-specific-config.ts';
import { SAMPLES_PER_FRAME } from '#media/aac-decoder/decoder.ts';
import { isResamplable } from '#media/pcm/polyphase-filter.ts';
import { assert, InputError } from '#std/errors.ts';
import { SoundConversion } from './sound-conversion.ts';
import { OPUS_RATE } from './sound-timeline.ts';
import { SoundWorkers } from './sound-workers.ts';

const WORKER = new URL('./sound-worker.ts', import.meta.url);
/** Enough for over a hundred conversions; more would take the cores from the packets. */
const MAX_THREADS = 4;
/** As many as AAC's layouts have. */
const MAX_CHANNELS = 8;

interface SoundConverterOptions {
  readonly log: Log;
  /** The thread's script, for tests of what happens when it dies. */
  readonly worker?: URL;
}

export function createSoundConverter(options: SoundConverterOptions): Converter {
  const { log } = options;
  const workers = new SoundWorkers({
    script: options.worker ?? WORKER,
    maxThreads: Math.min(MAX_THREADS, availableParallelism() - 1),
    log,
  });
  return {
    refusal,
    convert(from, to, sink) {
      assert(from.kind === 'audio' && !refusal(from, to), 'only what is not refused is converted');
      return new SoundConversion(from, sink, { workers, log });
    },
  };
}

function refusal(from: TrackFormat, to: TrackFormat['codec']): string | undefined {
  if (to !== 'opus') return `there is no conversion of sound to ${to}`;
  if (from.kind === 'video') return `${from.codec} is no sound`;
  return from.codec === 'AAC' ? refuseAac(from) : refusePcm(from);
}

function refusePcm({ codec, clockRate, channels }: AudioFormat): string | undefined {
  if (codec !== 'PCMU' && codec !== 'PCMA' && codec !== 'L16') {
    return `there is no conversion of ${codec} to opus`;
  }
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) {
    return `${codec} with ${channels} channels cannot be converted`;
  }
  return refuseRate(codec, clockRate);
}

function refuseAac({ config, clockRate }: AacFormat): string | undefined {
  try {
    const { objectType, sampleRate, frameSamples } = parseAudioSpecificConfig(config);
    if (objectType !== AAC_LC || frameSamples !== SAMPLES_PER_FRAME) {
      return 'of AAC only AAC-LC and HE-AAC can be converted. Set the camera to AAC-LC or G.711';
    }
    return refuseRate('AAC', sampleRate) ?? refuseRate('AAC', clockRate);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

function refuseRate(codec: string, rate: number): string | undefined {
  return isResamplable(rate, OPUS_RATE) ? undefined : `${codec} at ${rate} Hz cannot be converted`;
}
