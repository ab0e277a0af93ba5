// Holds yeoul.example.yaml against the schema: every key, its default, nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from './read-config.ts';
import { configSchema } from './schema.ts';
import { childSchema, knownKeys, settings } from './schema-walk.ts';

const text = readFileSync(join(import.meta.dirname, '../../../yeoul.example.yaml'), 'utf8');

test('the example has every key with its default, and nothing else', () => {
  const { streams, ...values } = parse(text);
  const { streams: noStreams, ...defaults } = configSchema.parse({});
  expect(values).toEqual(defaults);
  expect(noStreams).toEqual({});
  expect(Object.keys(streams)).toEqual(['test']);
  expect(Object.keys(streams.test)).toEqual(knownKeys(['streams', 'test']));
});

test('the keys stand in the order of the schema', () => {
  const values: Record<string, object> = parse(text);
  const inFile = Object.entries(values).flatMap(([section, keys]) =>
    section === 'streams' ? [section] : Object.keys(keys).map((key) => `${section}.${key}`),
  );
  expect(inFile).toEqual(settings().map(({ path }) => path.join('.')));
});

test('the example means the same as no configuration', () => {
  const example = readConfig(text, 'yeoul.example.yaml').config;
  const builtin = readConfig('', 'yeoul.yaml').config;
  const [test] = builtin.streams;
  const line = text.split('\n').indexOf('  test:') + 1;
  const origin = { kind: 'file', file: 'yeoul.example.yaml', line };
  expect(example).toEqual({ ...builtin, streams: [{ ...test, origin }] });
});

test('every key has a comment above it', () => {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!/^ +[a-z_]+:( |$)/.test(line) || line === '  test:') continue;
    expect(lines[index - 1], line).toMatch(/^ +#/);
  }
});

test('the commented example of an ICE server is valid and has all its keys', () => {
  const uncommented = text.replace(
    /^ {2}# ( *(ice_servers:|- url:|username:|credential:).*)$/gm,
    '  $1',
  );
  const [server] = readConfig(uncommented.replace('  ice_servers: []\n', ''), 'x').config.webrtc
    .iceServers;
  expect(Object.keys(server ?? {})).toEqual(knownKeys(['webrtc', 'ice_servers', 0]));
});

test('a place below a single value has no schema', () => {
  const level = configSchema.shape.logging.unwrap().shape.level;
  expect(childSchema(level, 'x')).toBeUndefined();
  expect(knownKeys(['nobody', 'knows'])).toEqual([]);
});
