// A WAV file that grows while one listens.

import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Planes } from '#client/listening/voices.ts';
import { formatWavHeader, formatWavSamples } from '#media/wav/wav-writer.ts';

/** 10 s of 32 channels of 24 bits: a disk that is slower gets no more. */
const MAX_QUEUED_BYTES = 48 * 1024 * 1024;

export interface WavFileFormat {
  readonly format: 'S16_LE' | 'S24_3LE';
  readonly channels: number;
  readonly sampleRate: number;
}

export class WavFile {
  /** Why it ends before its time. */
  failure: Error | undefined;
  readonly #path: string;
  readonly #format: WavFileFormat;
  readonly #stream: WriteStream;
  #dataBytes = 0;
  #isBroken = false;

  constructor(path: string, format: WavFileFormat) {
    this.#path = path;
    this.#format = format;
    this.#stream = createWriteStream(path);
    this.#stream.on('error', (error) => {
      this.failure = error;
      this.#isBroken = true;
    });
    this.#stream.write(formatWavHeader(format, 0));
  }

  /** The planes may change afterwards. */
  write(planes: Planes, frames: number): void {
    if (this.failure) return;
    if (this.#stream.writableLength > MAX_QUEUED_BYTES) {
      this.failure = new Error('the disk is too slow for it');
      return;
    }
    const bytes = formatWavSamples(planes, { format: this.#format.format, frames });
    this.#dataBytes += bytes.length;
    this.#stream.write(bytes);
  }

  /** Its header is right from then on. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stream.on('close', resolve);
      this.#stream.end();
      if (this.#isBroken) resolve();
    });
    if (this.#isBroken) return;
    const file = await open(this.#path, 'r+');
    try {
      await file.write(formatWavHeader(this.#format, this.#dataBytes), 0, undefined, 0);
    } finally {
      await file.close();
    }
  }
}
