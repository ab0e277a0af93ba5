// The command line of `yeoul listen`, and the guide that explains it.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { listenHelp, parseListenArguments } from './listen-arguments.ts';

function parse(line: string, environment: Readonly<Record<string, string>> = {}) {
  const words = line === '' ? [] : line.split(' ');
  return parseListenArguments({ words, environment, didYouMean: (word) => ` [near ${word}]` });
}

test('nothing at all is one listener of everything, that plays it', () => {
  expect(parse('')).toEqual({
    ...{ server: undefined, count: 1, decode: 1, channels: undefined, rate: undefined },
    ...{ compression: undefined, layout: undefined, seconds: undefined, wav: undefined },
    ...{ mix: false, verify: false, json: false, udpPort: 5_004, forceDelayMs: 0 },
    ...{ interpolateMs: undefined, dropMs: undefined },
  });
});

test('every flag is taken, with its value as the next word or after an equals sign', () => {
  const line =
    '--server=http://10.0.0.5:9000/ --channels 5-8,1 --rate 32000 --compression pcm24 --layout plain --count 20 --decode=2 --seconds 10 --wav a=b.wav --mix --verify --json';
  expect(parse(line)).toMatchObject({
    ...{ server: 'http://10.0.0.5:9000', channels: [1, 5, 6, 7, 8], rate: 32_000 },
    ...{ compression: 'pcm24', layout: 'plain', count: 20, decode: 2, seconds: 10 },
    ...{ wav: 'a=b.wav', mix: true, verify: true, json: true },
  });
});

test('the environment is taken, and what is empty is not set', () => {
  const environment = {
    ...{ UDP_PORT: '6000', FORCE_DELAY_MS: '50', JITTER_INTERPOLATE_MS: '20' },
    JITTER_DROP_MS: '',
  };
  expect(parse('', environment)).toMatchObject({
    ...{ udpPort: 6_000, forceDelayMs: 50, interpolateMs: 20, dropMs: undefined },
  });
  expect(parse('', { UDP_PORT: '0' })?.udpPort).toBe(0);
});

test('--help wins over what is right', () => {
  expect(parse('--verify --help')).toBeUndefined();
});

const NUMBER = /^--count must be a whole number from 1 to 1000, not/;
const CHANNELS = '--channels must be channels from 1 to 32, such as 1,5-8.';

test.each([
  ['--chanels 1', 'Unknown flag "--chanels". [near --chanels]'],
  ['server', 'Unexpected argument "server". [near server]'],
  ['--toString', 'Unknown flag "--toString". [near --toString]'],
  ['--count', '--count needs a value.'],
  ['--count --json', '--count needs a value.'],
  ['--wav=', '--wav needs a value.'],
  ['--json=1', '--json takes no value.'],
  ['--json --json', '--json is there twice.'],
  ['--count 0', NUMBER],
  ['--count 1001', NUMBER],
  ['--count 2.5', NUMBER],
  ['--decode 2', '--decode must be a whole number from 0 to 1, not "2".'],
  ['--seconds -1', '--seconds must be a whole number from 1 to 86400, not "-1".'],
  ['--rate 22050', '--rate must be one of 48000, 44100, 32000, 24000, not "22050".'],
  ['--compression mp3', '--compression must be one of opus, pcm, pcm24, not "mp3".'],
  ['--layout x', '--layout must be one of bundle, plain, not "x".'],
  ['--channels 0', CHANNELS],
  ['--channels 33', CHANNELS],
  ['--channels 8-5', CHANNELS],
  ['--channels 1,,2', CHANNELS],
  ['--channels 1-2-3', CHANNELS],
  ['--server 10.0.0.5:8080', '--server must be an address such as http://10.0.0.5:8080.'],
  ['--server ftp://x', '--server must be an address such as http://10.0.0.5:8080.'],
  ['--mix', '--mix needs --wav.'],
  ['--decode 0 --verify', '--verify needs a listener that decodes.'],
  ['--decode 0 --wav x', '--wav needs a listener that decodes.'],
])('%s is refused with the reason', (line, message) => {
  expect(() => parse(line)).toThrow(InputError);
  expect(() => parse(line)).toThrow(message);
  expect(() => parse(line)).toThrow(/ Try yeoul listen --help\.$/);
});

test.each([
  [{ UDP_PORT: '22' }, 'UDP_PORT must be 0 or from 1024 to 65535, not "22".'],
  [{ UDP_PORT: '70000' }, 'UDP_PORT must be a whole number from 0 to 65535, not "70000".'],
  [{ FORCE_DELAY_MS: 'x' }, 'FORCE_DELAY_MS must be a whole number from 0 to 10000, not "x".'],
  [
    { JITTER_INTERPOLATE_MS: '9', JITTER_DROP_MS: '8' },
    'JITTER_INTERPOLATE_MS must not be above JITTER_DROP_MS.',
  ],
])('%j is refused with the reason', (environment, message) => {
  expect(() => parse('', environment as never)).toThrow(message);
});

test('the guide has every flag and every variable of the help, and no others', () => {
  const guide = readFileSync(new URL('../../docs/guide/listening.md', import.meta.url), 'utf8');
  const rows = Array.from(guide.matchAll(/^\| `([^`]+)` \|/gm), ([, name = '']) => name);
  const flags = listenHelp.matchAll(/^ {2}(--[a-z]+(?: [A-Z]+)?)/gm);
  const variables = listenHelp.matchAll(/^ {2}([A-Z]+_[A-Z_]+)/gm);
  const told = [...flags, ...variables].map(([, name = '']) => name);
  expect(told.length).toBeGreaterThan(15);
  expect(rows).toEqual(told);
});
