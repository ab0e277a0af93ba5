// The command line of `yeoul listen`, and the environment that it reads (PRODUCT 2.7).

import type { Compression, Layout, SampleRate } from '#contract/sound.ts';
import { CONSOLE_CHANNELS, compression, layout, SAMPLE_RATES } from '#contract/sound.ts';
import { InputError } from '#std/errors.ts';

export interface ListenOptions {
  /** Undefined: this machine, else m32-server.local. */
  readonly server: string | undefined;
  readonly count: number;
  /** So many of them decode what they get. */
  readonly decode: number;
  readonly channels: readonly number[] | undefined;
  readonly rate: SampleRate | undefined;
  readonly compression: Compression | undefined;
  readonly layout: Layout | undefined;
  readonly seconds: number | undefined;
  readonly wav: string | undefined;
  readonly mix: boolean;
  readonly verify: boolean;
  readonly json: boolean;
  /** Of the first one; 0: any free one. */
  readonly udpPort: number;
  readonly forceDelayMs: number;
  readonly interpolateMs: number | undefined;
  readonly dropMs: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface ListenInput {
  /** Those after `listen`. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** ` Did you mean …?`, or nothing. */
  readonly didYouMean: (word: string, known: Iterable<string>) => string;
}

/** Each has a socket, a WebSocket and timers of its own; a console has 20 listeners. */
const MAX_COUNT = 1_000;
/** A day. */
const MAX_SECONDS = 86_400;
const DEFAULT_UDP_PORT = 5_004;
/** As the server takes them (PRODUCT 2.6); a delay beyond is no live sound. */
const MAX_DURATION_MS = 10_000;

export const listenHelp = `Usage: yeoul listen [--server URL] [options]

Listens to the console's channels: the native test client.

  --server URL        the server (default: http://localhost:8080; if nothing answers there and the
                      name is known, http://m32-server.local:8080)
  --channels LIST     these channels, such as 1,5-8 (default: all that go out)
  --rate HZ           48000, 44100, 32000 or 24000 (default: the server's)
  --compression NAME  opus, pcm or pcm24 (default: the server's)
  --layout NAME       bundle or plain (default: the server's)
  --count N           so many listeners at once (default: 1)
  --decode K          only the first K of them decode and play; the others count (default: 1)
  --seconds S         end after so long (default: at Ctrl+C)
  --wav FILE          write what the first one hears, a channel of the file for each channel
  --mix               write it mixed to stereo instead
  --verify            prove that each channel holds its own test signal
  --json              print JSON, one object a line
  --help              print this text and end

Environment:
  UDP_PORT               where sound comes to; further listeners take the next ports; 0: any free one (5004)
  FORCE_DELAY_MS         delay each packet after it is received (0)
  JITTER_INTERPOLATE_MS  from this lateness or jitter on, do not wait (the server's, else 100)
  JITTER_DROP_MS         drop what is later than this (the server's, else 200)

The exit code is 1 if a listener heard nothing, --verify failed, or FILE could not be written.
`;

/** Undefined: the help is asked for. Throws `invalid_arguments`. */
export function parseListenArguments(input: ListenInput): ListenOptions | undefined {
  const flags = readFlags(input);
  if (flags.has('--help')) return undefined;
  const count = readNumber(flags, '--count', { least: 1, most: MAX_COUNT }) ?? 1;
  const options = {
    server: readServer(flags.get('--server')),
    count,
    decode: readNumber(flags, '--decode', { least: 0, most: count }) ?? 1,
    channels: readChannels(flags.get('--channels')),
    rate: readChoice(flags, '--rate', SAMPLE_RATES),
    compression: readChoice(flags, '--compression', compression.options),
    layout: readChoice(flags, '--layout', layout.options),
    seconds: readNumber(flags, '--seconds', { least: 1, most: MAX_SECONDS }),
    wav: flags.get('--wav'),
    mix: flags.has('--mix'),
    verify: flags.has('--verify'),
    json: flags.has('--json'),
    ...readEnvironment(input.environment),
  };
  checkTogether(options);
  return options;
}

type Flags = ReadonlyMap<string, string>;

/** Flag → whether a value follows. */
const TAKES_VALUE: Readonly<Record<string, boolean>> = {
  '--server': true,
  '--channels': true,
  '--rate': true,
  '--compression': true,
  '--layout': true,
  '--count': true,
  '--decode': true,
  '--seconds': true,
  '--wav': true,
  '--mix': false,
  '--verify': false,
  '--json': false,
  '--help': false,
};

function readFlags(input: ListenInput): Flags {
  const flags = new Map<string, string>();
  const words = [...input.words];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [flag, inline] = splitFlag(word);
    if (!Object.hasOwn(TAKES_VALUE, flag)) throw unknownFlag(flag, input);
    if (flags.has(flag)) throw refuse(`${flag} is there twice.`);
    if (TAKES_VALUE[flag]) flags.set(flag, checkValue(flag, inline ?? words.shift()));
    else if (inline === undefined) flags.set(flag, '');
    else throw refuse(`${flag} takes no value.`);
  }
  return flags;
}

function unknownFlag(flag: string, { didYouMean }: ListenInput): InputError {
  const kind = flag.startsWith('-') ? 'Unknown flag' : 'Unexpected argument';
  const hint = didYouMean(flag, Object.keys(TAKES_VALUE));
  return refuse(`${kind} ${JSON.stringify(flag.slice(0, 40))}.${hint}`);
}

function checkValue(flag: string, value: string | undefined): string {
  if (value && !value.startsWith('--')) return value;
  throw refuse(`${flag} needs a value.`);
}

/** `--count=20` is one word with two parts. */
function splitFlag(word: string): [flag: string, value: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function readNumber(
  flags: Flags,
  flag: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const text = flags.get(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw refuse(`${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
}

function readChoice<T extends string | number>(
  flags: Flags,
  flag: string,
  choices: readonly T[],
): T | undefined {
  const text = flags.get(flag);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => String(each) === text);
  if (choice !== undefined) return choice;
  throw refuse(`${flag} must be one of ${choices.join(', ')}, not "${text}".`);
}

function readServer(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (isHttp && url.username === '' && url.search === '') return url.href.replace(/\/+$/, '');
  throw refuse('--server must be an address such as http://10.0.0.5:8080.');
}

/** `1,5-8`: in ascending order, each once. */
function readChannels(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const channels = new Set<number>();
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === '' || from < 1 || to > CONSOLE_CHANNELS || from > to) {
      throw refuse(`--channels must be channels from 1 to ${CONSOLE_CHANNELS}, such as 1,5-8.`);
    }
    for (let channel = from; channel <= to; channel++) channels.add(channel);
  }
  return [...channels].toSorted((one, other) => one - other);
}

function readEnvironment(environment: Environment) {
  const udpPort = readVariable(environment, 'UDP_PORT', 65_535) ?? DEFAULT_UDP_PORT;
  if (udpPort !== 0 && udpPort < 1_024) {
    throw refuse(`UDP_PORT must be 0 or from 1024 to 65535, not "${udpPort}".`);
  }
  return {
    udpPort,
    forceDelayMs: readVariable(environment, 'FORCE_DELAY_MS', MAX_DURATION_MS) ?? 0,
    interpolateMs: readVariable(environment, 'JITTER_INTERPOLATE_MS', MAX_DURATION_MS),
    dropMs: readVariable(environment, 'JITTER_DROP_MS', MAX_DURATION_MS),
  };
}

/** An empty one is as one that is not set. */
function readVariable(environment: Environment, name: string, most: number): number | undefined {
  const text = environment[name] ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw refuse(`${name} must be a whole number from 0 to ${most}, not "${text.slice(0, 40)}".`);
}

function checkTogether({ decode, wav, verify, mix, interpolateMs, dropMs }: ListenOptions): void {
  if (decode === 0 && wav !== undefined) throw refuse('--wav needs a listener that decodes.');
  if (decode === 0 && verify) throw refuse('--verify needs a listener that decodes.');
  if (mix && wav === undefined) throw refuse('--mix needs --wav.');
  if (interpolateMs !== undefined && dropMs !== undefined && interpolateMs > dropMs) {
    throw refuse('JITTER_INTERPOLATE_MS must not be above JITTER_DROP_MS.');
  }
}

function refuse(problem: string): InputError {
  return new InputError(`${problem} Try yeoul listen --help.`, { code: 'invalid_arguments' });
}
