// A small piece of music on 32 channels, each with a part of its own, so that a mix can be tried by ear.
//
//   channel 1        a click on every beat, higher at the start of a bar
//   channels 2-8     bass notes, one in each bar
//   channels 9-16    plucked notes, two in each bar
//   channels 17-24   pads that swell through a bar
//   channels 25-32   bells, one in each bar
//
// Four bars of 2 s - A minor 7, F major 7, C major 7, G 7 - and again. Within a family each channel has
// another tone of the chord, another octave, or another eighth of the bar. All follows from the number of
// a sample: what is lost leaves no trace.

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import { framesOfBlocks, type PacedSound } from './pacer.ts';

const SAMPLE_RATE = 48_000;
/** An eighth at 120 beats a minute. */
const EIGHTH_FRAMES = 12_000;
const BAR_EIGHTHS = 8;
/** In semitones above C. */
const CHORDS = [
  [9, 12, 16, 19],
  [5, 9, 12, 16],
  [0, 4, 7, 11],
  [7, 11, 14, 17],
] as const;
const CHORD_TONES = 4;
/** Of a MIDI note number. */
const A4 = 69;
const A4_HZ = 440;
const CLICK_HZ = 1_000;
const ACCENT_HZ = 1_500;
/** A power of two: positions wrap by a mask. */
const WAVE_SIZE = 2_048;
/** What begins or ends faster than this clicks. */
const FADE_FRAMES = 240;

interface Family {
  /** Peak, of full scale. */
  readonly level: number;
  /** Amplitudes of the harmonics. */
  readonly harmonics: readonly number[];
  /** MIDI note of the C that its lower octave begins with. */
  readonly base: number;
  /** From one note to the next. */
  readonly eighths: number;
  /** Between 0 and 1, over the seconds from a note's start. */
  shape(seconds: number): number;
}

const CLICK: Family = {
  level: 0.25,
  harmonics: [1],
  base: 0,
  eighths: 2,
  shape: (seconds) => Math.exp(-seconds / 0.02),
};
const FAMILIES: readonly Family[] = [
  {
    level: 0.25,
    harmonics: [1, 0.5, 0.25],
    base: 36,
    eighths: 8,
    shape: (seconds) => Math.exp(-seconds / 0.6),
  },
  {
    level: 0.25,
    harmonics: [1, 0.5, 0.33, 0.25, 0.1],
    base: 48,
    eighths: 4,
    shape: (seconds) => Math.exp(-seconds / 0.25),
  },
  {
    level: 0.15,
    harmonics: [1, 0.2, 0.1],
    base: 60,
    eighths: 8,
    shape: (seconds) => Math.sin((Math.PI * seconds) / 2) ** 2,
  },
  {
    level: 0.2,
    harmonics: [1, 0, 0, 0.4, 0, 0.2],
    base: 60,
    eighths: 8,
    shape: (seconds) => Math.exp(-seconds / 0.4),
  },
];
const FAMILY_CHANNELS = CONSOLE_CHANNELS / FAMILIES.length;

interface Part {
  readonly wave: Float32Array;
  readonly envelope: Float32Array;
  readonly eighths: number;
  /** The eighth of its first note. */
  readonly offset: number;
  hertz(bar: number, eighth: number): number;
}

export class Tones implements PacedSound {
  readonly sampleRate = SAMPLE_RATE;
  readonly planes = Array.from(
    { length: CONSOLE_CHANNELS },
    () => new Float32Array(framesOfBlocks(SAMPLE_RATE)),
  );
  readonly #parts: readonly Part[] = makeParts();

  fill(firstFrame: number, frames: number): true {
    for (let at = 0; at < frames; ) {
      const eighth = Math.floor((firstFrame + at) / EIGHTH_FRAMES);
      const end = Math.min(frames, (eighth + 1) * EIGHTH_FRAMES - firstFrame);
      this.#parts.forEach((part, index) => {
        const plane = this.planes[index]?.subarray(at, end);
        if (plane) fillEighth(part, plane, { eighth, firstFrame: firstFrame + at });
      });
      at = end;
    }
    return true;
  }
}

function fillEighth(
  { wave, envelope, eighths, offset, hertz }: Part,
  plane: Float32Array,
  { eighth, firstFrame }: { readonly eighth: number; readonly firstFrame: number },
): void {
  const since = (eighth - offset + eighths) % eighths;
  const start = eighth - since;
  // Its first note is still to come.
  if (start < 0) {
    plane.fill(0);
    return;
  }
  const bar = Math.floor(start / BAR_EIGHTHS);
  const step = (hertz(bar, start % BAR_EIGHTHS) * WAVE_SIZE) / SAMPLE_RATE;
  let frame = firstFrame - start * EIGHTH_FRAMES;
  for (let at = 0; at < plane.length; at++, frame++) {
    const position = frame * step;
    const whole = Math.floor(position);
    const before = wave[whole & (WAVE_SIZE - 1)] ?? 0;
    const after = wave[(whole + 1) & (WAVE_SIZE - 1)] ?? 0;
    plane[at] = (before + (after - before) * (position - whole)) * (envelope[frame] ?? 0);
  }
}

function makeParts(): Part[] {
  const families = FAMILIES.flatMap((family, index) => makeFamily(family, index));
  const hertz = (_: number, eighth: number): number => (eighth === 0 ? ACCENT_HZ : CLICK_HZ);
  const click = { ...makeSound(CLICK), eighths: CLICK.eighths, offset: 0, hertz };
  return [click, ...families.slice(1)];
}

function makeFamily(family: Family, index: number): Part[] {
  const sound = makeSound(family);
  return Array.from({ length: FAMILY_CHANNELS }, (_, voice) => {
    const octave = Math.floor(voice / CHORD_TONES);
    // Three eighths on from voice to voice: neighbours are heard apart.
    const offset = (voice * 3 + index) % family.eighths;
    const hertz = (bar: number): number => {
      const tone = CHORDS[bar % CHORDS.length]?.[voice % CHORD_TONES] ?? 0;
      return A4_HZ * 2 ** ((family.base + 12 * octave + tone - A4) / 12);
    };
    return { ...sound, eighths: family.eighths, offset, hertz };
  });
}

function makeSound({ harmonics, level, eighths, shape }: Family): Pick<Part, 'wave' | 'envelope'> {
  const wave = Float32Array.from({ length: WAVE_SIZE }, (_, at) =>
    harmonics.reduce((sum, amplitude, index) => {
      return sum + amplitude * Math.sin((2 * Math.PI * (index + 1) * at) / WAVE_SIZE);
    }, 0),
  );
  const peak = wave.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const frames = eighths * EIGHTH_FRAMES;
  const envelope = Float32Array.from({ length: frames }, (_, at) => {
    const fade = Math.min(1, at / FADE_FRAMES, (frames - at) / FADE_FRAMES);
    return (level / peak) * fade * shape(at / SAMPLE_RATE);
  });
  return { wave, envelope };
}
