// What arecord says on stderr: the card's parameters, overruns, and in the end why it gave up.

import { type HardwareParameters, parseHardwareParameters } from './hardware-parameters.ts';

/** What is kept of it: the dump of a card's parameters has 900, its last words fit too. */
const MAX_CHARACTERS = 8_192;
/** Of a line that people get to read. */
const MAX_LINE_CHARACTERS = 200;
/** Longer, and it was noticed as silence before. */
const MAX_OVERRUN_MS = 10_000;

interface MessageSink {
  onParameters(parameters: HardwareParameters): void;
  onOverrun(atLeastMs: number): void;
}

export class ArecordMessages {
  readonly #sink: MessageSink;
  /** Whole lines, from the start or the last parameters on. */
  #said = '';
  #line = '';
  #isDumping = false;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  push(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = (lines.pop() ?? '').slice(-MAX_CHARACTERS);
    for (const line of lines) this.#take(line);
  }

  /** All that it said and that was not understood at once: why it ended should be in it. */
  get rest(): string {
    return `${this.#said}${this.#line}`;
  }

  #take(line: string): void {
    const overrun = /overrun!!! \(at least (\d{1,9}(?:\.\d{1,9})?) ms long\)/.exec(line);
    if (overrun) {
      this.#sink.onOverrun(Math.min(Number(overrun[1]), MAX_OVERRUN_MS));
      return;
    }
    this.#said = `${this.#said}${line}\n`.slice(-MAX_CHARACTERS);
    // A line of hyphens before the parameters and one after them.
    if (!/^-{20}\s*$/.test(line)) return;
    const parameters = this.#isDumping ? parseHardwareParameters(this.#said) : undefined;
    this.#isDumping = !this.#isDumping;
    if (!parameters) return;
    this.#said = '';
    this.#sink.onParameters(parameters);
  }
}

/** Why arecord ended, for people: the reason and the remedy. */
export function explainEnd(said: string, end: string): string {
  for (const { pattern, reason } of REASONS) if (pattern.test(said)) return reason;
  const line = lastLine(said);
  return line ? `${end}: ${line}` : end;
}

const REASONS = [
  {
    pattern: /Device or resource busy/,
    reason:
      'another program holds it, mostly PipeWire, PulseAudio or JACK. Disable the card there, or end that program',
  },
  {
    pattern: /Permission denied/,
    reason: 'this user may not use sound cards. Add it to the group audio and log in again',
  },
  {
    // At the start, and when it is pulled out.
    pattern: /No such device|No such file or directory|[Cc]annot (find card|get card)|Unknown PCM/,
    reason:
      'there is no such sound card. Check the USB cable, and that the console is on; arecord -l lists the cards',
  },
  {
    pattern: /non available|no configurations available|[Uu]nable to install hw params/,
    reason:
      'it does not take what it offers. Close other programs that use it, or pull the cable and plug it in again',
  },
] as const;

/** Without what terminals would act upon. */
function lastLine(said: string): string {
  const line = said.trimEnd().split('\n').at(-1) ?? '';
  return line.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_LINE_CHARACTERS);
}
