// Request bodies as no client should send them: mutations of valid ones, noise, too much, the wrong
// type. The same seed gives the same bodies, so that a failure can be had again.

import { seededRandom } from './seeded-random.ts';

export interface Body {
  /** What was done to it, for the message of a failing test. */
  readonly mutation: string;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

export interface BodySample {
  readonly contentType: string;
  readonly text: string;
}

type Random = (below: number) => number;
type Mutate = (text: string, random: Random) => string;

/** One more than the server's limit of 256 KiB, and the limit itself. */
const LARGE_SIZES = [256 * 1024 + 1, 256 * 1024];

const contentTypes = [
  undefined,
  '',
  'text/plain',
  'application/json',
  'application/sdp',
  'application/sdp; charset=utf-16',
  'application/trickle-ice-sdpfrag',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'Application/SDP',
  'application/sdp, application/json',
  '/',
  ';;;',
];

const oddTexts = [
  '',
  '\0',
  '-1',
  '0',
  '65536',
  '99999999999999999999',
  '1e999',
  'NaN',
  '%s%n',
  '../../..',
  '__proto__',
  '한국어 \u{1f4f7}',
  '\u202e',
  ' '.repeat(2_000),
  'a='.repeat(2_000),
];

const textMutations: Readonly<Record<string, Mutate>> = {
  none: (text) => text,
  truncated: (text, random) => text.slice(0, random(text.length + 1)),
  'line removed': onLines((lines, random) => lines.toSpliced(random(lines.length), 1)),
  'line repeated': onLines((lines, random) => {
    const at = random(lines.length);
    return lines.toSpliced(
      at,
      0,
      ...Array.from({ length: 1 + random(200) }, () => lines[at] ?? ''),
    );
  }),
  'lines swapped': onLines((lines, random) => {
    const [from, to] = [random(lines.length), random(lines.length)];
    return lines.with(from, lines[to] ?? '').with(to, lines[from] ?? '');
  }),
  'line made long': onLines((lines, random) => {
    const at = random(lines.length);
    return lines.with(at, (lines[at] ?? '') + 'x'.repeat(1 + random(20_000)));
  }),
  'line replaced': onLines((lines, random) => lines.with(random(lines.length), odd(random))),
  'value replaced': onLines((lines, random) => {
    const at = random(lines.length);
    return lines.with(
      at,
      (lines[at] ?? '').replace(/[:=].*/, (rest) => rest[0] + odd(random)),
    );
  }),
  'number replaced': (text, random) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const number = numbers[random(numbers.length)];
    if (!number) return odd(random);
    return text.slice(0, number.index) + odd(random) + text.slice(number.index + number[0].length);
  },
  'text inserted': (text, random) => {
    const at = random(text.length + 1);
    return text.slice(0, at) + odd(random) + text.slice(at);
  },
  'line ends mixed': (text, random) =>
    text.replace(/\r?\n/g, () => ['\n', '\r', '\r\n'][random(3)]!),
  nested: (_text, random) => '[{"a":'.repeat(1 + random(5_000)),
};

const mutationNames = Object.keys(textMutations);

/** `count` bodies made from the samples. */
export function* mutateBodies(
  samples: readonly BodySample[],
  options: { seed: number; count: number },
): Generator<Body> {
  const draw = seededRandom(options.seed);
  const random: Random = (below) => Math.floor(draw() * below);
  for (let made = 0; made < options.count; made++) {
    const sample = samples[random(samples.length)] ?? { contentType: 'text/plain', text: '' };
    // One in four with another type: most of those end at the door and never reach a parser.
    const isOtherType = random(4) === 0;
    const contentType = isOtherType
      ? contentTypes[random(contentTypes.length)]
      : sample.contentType;
    yield { contentType, ...mutate(sample.text, random) };
  }
}

function mutate(text: string, random: Random): Pick<Body, 'mutation' | 'bytes'> {
  const kind = random(100);
  if (kind === 0) return large(random);
  if (kind < 8) return { mutation: 'noise', bytes: noise(random(4_000), random) };
  if (kind < 25)
    return { mutation: 'bytes changed', bytes: changeBytes(Buffer.from(text), random) };
  const mutation = mutationNames[random(mutationNames.length)] ?? 'none';
  let changed = text;
  for (let times = 1 + random(3); times > 0; times--) {
    changed = textMutations[mutation]?.(changed, random) ?? changed;
  }
  return { mutation, bytes: Buffer.from(changed) };
}

function large(random: Random): Pick<Body, 'mutation' | 'bytes'> {
  return { mutation: 'large', bytes: Buffer.alloc(LARGE_SIZES[random(2)] ?? 0, 'a=x:1\r\n') };
}

function changeBytes(bytes: Buffer, random: Random): Buffer {
  for (let times = 1 + random(16); times > 0 && bytes.length > 0; times--) {
    bytes[random(bytes.length)] = random(256);
  }
  return bytes;
}

function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

function odd(random: Random): string {
  return oddTexts[random(oddTexts.length)] ?? '';
}

function onLines(change: (lines: string[], random: Random) => string[]): Mutate {
  return (text, random) => change(text.split('\r\n'), random).join('\r\n');
}
