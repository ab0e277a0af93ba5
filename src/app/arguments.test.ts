// Tests of the command line.

import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { helpText, parseArguments } from './arguments.ts';

test('no arguments run the server with the default configuration', () => {
  expect(parseArguments([])).toEqual({ type: 'run', configPath: undefined });
});

test('--config takes its path as the next word or after an equals sign', () => {
  const expected = { type: 'run', configPath: 'a=b.yaml' };
  expect(parseArguments(['--config', 'a=b.yaml'])).toEqual(expected);
  expect(parseArguments(['--config=a=b.yaml'])).toEqual(expected);
});

test('--reset-admin-secret stands beside a configuration', () => {
  const expected = { type: 'reset-admin-secret', configPath: 'x' };
  expect(parseArguments(['--reset-admin-secret', '--config', 'x'])).toEqual(expected);
  expect(parseArguments(['--config=x', '--reset-admin-secret'])).toEqual(expected);
});

test('--version and --help win over what follows', () => {
  expect(parseArguments(['--version'])).toEqual({ type: 'version' });
  expect(parseArguments(['--config', 'x', '--help', '--nonsense'])).toEqual({ type: 'help' });
});

test.each([
  [['--confg', 'x'], 'Unknown flag "--confg". Did you mean "--config"? Try yeoul --help.'],
  [['-x'], 'Unknown flag "-x". Try yeoul --help.'],
  [['start'], 'Unexpected argument "start". Try yeoul --help.'],
  [['--config'], '--config needs a path. Try yeoul --help.'],
  [['--config='], '--config needs a path. Try yeoul --help.'],
  [['--config', '--version'], '--config needs a path. Try yeoul --help.'],
  [['--config', 'a', '--config', 'b'], '--config is there twice. Try yeoul --help.'],
  [['--reset-admin-secret=x'], '--reset-admin-secret takes no value. Try yeoul --help.'],
  [['--version=2'], '--version takes no value. Try yeoul --help.'],
])('%j is refused with the reason', (words, message) => {
  expect(() => parseArguments(words)).toThrow(
    new InputError(message, { code: 'invalid_arguments' }),
  );
});

test('the help names every flag', () => {
  for (const flag of ['--config', '--reset-admin-secret', '--version', '--help']) {
    expect(helpText).toContain(`  ${flag}`);
  }
});
