// What a listener hears, in WAV files: one channel of the file for each, or all mixed to stereo.

import type { PlayerFormat } from '#client/listening/player.ts';
import type { Planes } from '#client/listening/voices.ts';
import { mixToStereo } from './stereo-mix.ts';
import { WavFile, type WavFileFormat } from './wav-file.ts';

/** Of silence, written at once. */
const SILENCE_FRAMES = 4_800;

interface RecordingOptions {
  readonly path: string;
  readonly mix: boolean;
}

export class Recording {
  readonly paths: string[] = [];
  readonly #files: WavFile[] = [];
  readonly #options: RecordingOptions;
  #format: PlayerFormat | undefined;
  #file: WavFile | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** Why it cannot be written. */
  get failure(): Error | undefined {
    return this.#files.find(({ failure }) => failure)?.failure;
  }

  /** A file has one rate and one set of channels: after a change, another one is begun. */
  play(format: PlayerFormat, planes: Planes): void {
    if (this.#file === undefined || !isSame(this.#format, format)) this.#begin(format);
    this.#write(planes);
  }

  /** So that time goes on in the file; before the first sound there is none to go on. */
  silence(frames: number): void {
    const channels = this.#format?.channels.length ?? 0;
    for (let left = frames; left > 0; left -= SILENCE_FRAMES) {
      const length = Math.min(left, SILENCE_FRAMES);
      this.#write(Array.from({ length: channels }, () => new Float32Array(length)));
    }
  }

  async close(): Promise<void> {
    this.#end();
    await this.#closing;
  }

  #write(planes: Planes): void {
    const written = this.#options.mix ? mixToStereo(planes) : planes;
    this.#file?.write(written, written[0]?.length ?? 0);
  }

  #begin(format: PlayerFormat): void {
    this.#end();
    this.#format = format;
    const path = numberedPath(this.#options.path, this.paths.length + 1);
    this.paths.push(path);
    this.#file = new WavFile(path, wavFormatOf(format, this.#options.mix));
    this.#files.push(this.#file);
  }

  #end(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file) this.#closing = Promise.all([this.#closing, file.close()]).then(() => {});
  }
}

function wavFormatOf({ codec, clockRate, channels }: PlayerFormat, mix: boolean): WavFileFormat {
  return {
    format: codec === 'pcm' && !mix ? 'S16_LE' : 'S24_3LE',
    channels: mix ? 2 : channels.length,
    sampleRate: clockRate,
  };
}

/** `hall.wav`, `hall-2.wav` … */
function numberedPath(path: string, number: number): string {
  if (number === 1) return path;
  const dot = path.lastIndexOf('.');
  const isSuffix = dot > path.lastIndexOf('/') + 1;
  return isSuffix ? `${path.slice(0, dot)}-${number}${path.slice(dot)}` : `${path}-${number}`;
}

function isSame(one: PlayerFormat | undefined, other: PlayerFormat): boolean {
  return (
    one?.codec === other.codec &&
    one.clockRate === other.clockRate &&
    String(one.channels) === String(other.channels)
  );
}
