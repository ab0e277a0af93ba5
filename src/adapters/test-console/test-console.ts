// Sources without a card: `test:` (silence, into which test mode puts its signal), `tones:`, `file:PATH`.

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import type { ConsoleSource, ConsoleSourceSink } from '#core/ports/console-source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { assert, InputError } from '#std/errors.ts';
import { framesOfBlocks, type PacedSound, Pacer } from './pacer.ts';
import { Tones } from './tones.ts';
import { WavLoop } from './wav-loop.ts';

const TEST_RATE = 48_000;
/** A file that is missing may be on its way, and nobody waits at the door for it. */
const RETRY_MS = 5_000;
const FILE = 'file:';

/** `source`: `test:`, `tones:` or `file:PATH`. */
export function createTestConsole(source: string, options: { clock: Clock }): ConsoleSource {
  if (source.startsWith(FILE)) return new FileConsole(source.slice(FILE.length), options.clock);
  assert(source === 'test:' || source === 'tones:', 'a test console is test:, tones: or a file');
  const isTones = source === 'tones:';
  return new SteadyConsole(isTones ? new Tones() : makeSilence(), {
    name: isTones ? 'tones' : 'silence',
    clock: options.clock,
  });
}

function makeSilence(): PacedSound {
  const plane = new Float32Array(framesOfBlocks(TEST_RATE));
  const planes = Array.from({ length: CONSOLE_CHANNELS }, () => plane);
  return { sampleRate: TEST_RATE, planes, fill: () => true };
}

/** Never fails. */
class SteadyConsole implements ConsoleSource {
  readonly #sound: PacedSound;
  readonly #name: string;
  readonly #clock: Clock;
  #pacer: Pacer | undefined;

  constructor(sound: PacedSound, { name, clock }: { name: string; clock: Clock }) {
    this.#sound = sound;
    this.#name = name;
    this.#clock = clock;
  }

  start(sink: ConsoleSourceSink): void {
    assert(!this.#pacer, 'a test console starts once');
    announce(this.#sound, { name: this.#name, sink });
    const originMs = this.#clock.nowMs();
    this.#pacer = new Pacer(this.#sound, { sink, clock: this.#clock, originMs });
  }

  close(): Promise<void> {
    this.#pacer?.stop();
    return Promise.resolve();
  }
}

class FileConsole implements ConsoleSource {
  readonly #path: string;
  readonly #clock: Clock;
  #originMs = 0;
  #sink: ConsoleSourceSink | undefined;
  #loop: WavLoop | undefined;
  #pacer: Pacer | undefined;
  #timer: Timer | undefined;
  #opening: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  start(sink: ConsoleSourceSink): void {
    assert(!this.#sink && !this.#isClosed, 'a test console starts once, before it is closed');
    this.#sink = sink;
    this.#originMs = this.#clock.nowMs();
    this.#opening = this.#open(sink);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#pacer?.stop();
    await this.#opening;
    const loop = this.#loop;
    this.#loop = undefined;
    await loop?.close();
  }

  async #open(sink: ConsoleSourceSink): Promise<void> {
    try {
      const loop = await WavLoop.open(this.#path, (error) => this.#fail(error));
      this.#loop = loop;
      if (this.#isClosed) return;
      announce(loop, { name: loop.format, sink });
      this.#pacer = new Pacer(loop, { sink, clock: this.#clock, originMs: this.#originMs });
    } catch (error) {
      if (!this.#isClosed) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#pacer?.stop();
    const loop = this.#loop;
    this.#loop = undefined;
    void loop?.close();
    this.#sink?.onFailed(
      `Cannot play "${this.#path}": ${describe(error)}. Trying again in ${RETRY_MS / 1_000} s.`,
    );
    this.#timer = this.#clock.after(RETRY_MS, () => {
      if (this.#sink) this.#opening = this.#open(this.#sink);
    });
  }
}

function announce(
  { sampleRate, planes }: PacedSound,
  { name, sink }: { readonly name: string; readonly sink: ConsoleSourceSink },
): void {
  sink.onFormat({ sampleRate, channels: planes.length, name, remark: null });
}

function describe(error: unknown): string {
  if (error instanceof InputError) return error.message.replace(/\.$/, '');
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  return `it cannot be read (${typeof code === 'string' ? code : 'unknown error'})`;
}
