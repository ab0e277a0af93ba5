// A WAV file played in a loop without a gap: read ahead in two halves, so that its length does not matter.
//
//   ┌──────── half ────────┐┌──────── half ────────┐
//   │ played ──▶│          ││ being read, or ready │    what reaches the file's end goes on at its start
//   └──────────────────────┘└──────────────────────┘

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import { readInterleaved, SAMPLE_BYTES } from '#media/pcm/interleaved.ts';
import { readWavHeader } from '#media/wav/wav-reader.ts';
import { InputError } from '#std/errors.ts';
import { framesOfBlocks, type PacedSound } from './pacer.ts';

/** Chunks before the samples (titles, cue points) are mostly far smaller. */
const HEADER_BYTES = 65_536;
/** 170 ms of 32 channels of 32 bits: a disk that sleeps takes longer, and is heard. */
const HALF_BYTES = 2 ** 20;
/** What consoles run at: a file stands for one. */
const RATES: readonly number[] = [48_000, 44_100];

type WavHeader = ReturnType<typeof readWavHeader>;

interface Half {
  readonly bytes: Buffer;
  isReady: boolean;
}

export class WavLoop implements PacedSound {
  readonly sampleRate: number;
  readonly planes: readonly Float32Array[];
  readonly format: WavHeader['format'];
  readonly #file: FileHandle;
  readonly #header: WavHeader;
  #played: Half;
  /** The same if all samples fit into one: then that is read once. */
  #next: Half;
  /** Contiguous, of one block. */
  readonly #block: Buffer;
  readonly #stride: number;
  readonly #onFailed: (error: unknown) => void;
  /** In the half that is played. */
  #playedBytes = 0;
  /** In the samples: what is read next. */
  #readAt = 0;
  #isClosed = false;

  private constructor(
    file: FileHandle,
    { header, onFailed }: { header: WavHeader; onFailed: (error: unknown) => void },
  ) {
    const { format, channels, sampleRate, dataBytes } = header;
    this.#file = file;
    this.#header = header;
    this.#onFailed = onFailed;
    this.format = format;
    this.sampleRate = sampleRate;
    const frames = framesOfBlocks(sampleRate);
    this.planes = Array.from({ length: channels }, () => new Float32Array(frames));
    this.#stride = channels * SAMPLE_BYTES[format];
    this.#block = Buffer.alloc(frames * this.#stride);
    const halfBytes = Math.min(dataBytes, HALF_BYTES - (HALF_BYTES % this.#stride));
    const makeHalf = (): Half => ({ bytes: Buffer.alloc(halfBytes), isReady: false });
    this.#played = makeHalf();
    this.#next = halfBytes === dataBytes ? this.#played : makeHalf();
  }

  /** `onFailed`: it cannot be read any further. */
  static async open(path: string, onFailed: (error: unknown) => void): Promise<WavLoop> {
    // A pipe must not keep us waiting for somebody who writes.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const loop = new WavLoop(file, { header: await readHeader(file), onFailed });
      await loop.#read(loop.#played);
      if (loop.#next !== loop.#played) await loop.#read(loop.#next);
      return loop;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  fill(_firstFrame: number, frames: number): boolean {
    const block = this.#block.subarray(0, frames * this.#stride);
    const left = this.#played.bytes.length - this.#playedBytes;
    if (!this.#played.isReady || (left < block.length && !this.#next.isReady)) return false;
    for (let at = 0; at < block.length; ) at += this.#copy(block.subarray(at));
    readInterleaved(block, { format: this.format, planes: this.planes });
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#file.close();
  }

  #copy(target: Buffer): number {
    const { bytes } = this.#played;
    const copied = bytes.copy(target, 0, this.#playedBytes);
    this.#playedBytes += copied;
    if (this.#playedBytes === bytes.length) this.#turnOver();
    return copied;
  }

  #turnOver(): void {
    const played = this.#played;
    this.#playedBytes = 0;
    if (this.#next === played) return;
    this.#played = this.#next;
    this.#next = played;
    played.isReady = false;
    this.#read(played).catch((error: unknown) => !this.#isClosed && this.#onFailed(error));
  }

  async #read(half: Half): Promise<void> {
    const { dataStart, dataBytes } = this.#header;
    for (let at = 0; at < half.bytes.length; ) {
      const wanted = Math.min(half.bytes.length - at, dataBytes - this.#readAt);
      const position = dataStart + this.#readAt;
      const { bytesRead } = await this.#file.read(half.bytes, at, wanted, position);
      if (bytesRead === 0) throw new InputError('it has become shorter while it was played');
      at += bytesRead;
      this.#readAt = (this.#readAt + bytesRead) % dataBytes;
    }
    half.isReady = true;
  }
}

async function readHeader(file: FileHandle): Promise<WavHeader> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new InputError('it is not a file');
  const beginning = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(beginning, 0, HEADER_BYTES, 0);
  const header = readWavHeader(beginning.subarray(0, bytesRead), stat.size);
  if (header.channels > CONSOLE_CHANNELS) {
    throw new InputError(`it has ${header.channels} channels, and a console ${CONSOLE_CHANNELS}`);
  }
  if (!RATES.includes(header.sampleRate)) {
    throw new InputError(
      `it has ${header.sampleRate} Hz, and a console 48000 or 44100: convert it, for example with ffmpeg -ar 48000`,
    );
  }
  return header;
}
