// Tests of the streams in a configuration: their settings, their defaults and where they stand.

import { expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import { readConfig } from './read-config.ts';

/** What a stream has that is told nothing but its source. */
const testSettings = { ...streamSettingsDefaults, source: 'test:' };

const configOf = (text: string, environment: Record<string, string> = {}) =>
  readConfig(text, 'yeoul.yaml', environment).config;

test('configured streams replace the test stream, and know their lines', () => {
  const text =
    "streams:\n  gate:\n    source: 'test:'\n    name: Gate 정문\n  2:\n    source: 'test:'\n    name:\n";
  expect(configOf(text).streams).toEqual([
    { id: '2', settings: testSettings, origin: { kind: 'file', file: 'yeoul.yaml', line: 5 } },
    {
      id: 'gate',
      settings: { ...testSettings, name: 'Gate 정문' },
      origin: { kind: 'file', file: 'yeoul.yaml', line: 2 },
    },
  ]);
});

test('a camera with all of its settings is read, with what its address holds beside it', () => {
  const text = `streams:
  gate:
    source: rtsp://admin:p%40ss@10.0.0.7/main?channel=1
    sub: rtsps://10.0.0.7/sub
    name: Gate
    transport: udp
    open: demand
    linger: 0
    timeout: 30
    fingerprint: ${'AB:'.repeat(31)}cd
    transcode: false
    enabled: false
`;
  expect(configOf(text).streams[0]?.settings).toEqual({
    source: 'rtsp://10.0.0.7/main?channel=1',
    sub: 'rtsps://10.0.0.7/sub',
    name: 'Gate',
    username: 'admin',
    password: 'p@ss',
    transport: 'udp',
    open: 'demand',
    linger: 0,
    timeout: 30,
    fingerprint: `${'AB:'.repeat(31)}cd`,
    transcode: false,
    enabled: false,
  });
});

test('streams of the environment say so', () => {
  const environment = { YEOUL_STREAMS: '{"gate": {"source": "publish:", "name": null}}' };
  expect(configOf('streams: {}', environment).streams).toEqual([
    {
      id: 'gate',
      settings: { ...testSettings, source: 'publish:' },
      origin: { kind: 'file', file: 'YEOUL_STREAMS', line: null },
    },
  ]);
});

test('values that anchors share are read', () => {
  const text = "streams:\n  a: &a {source: 'test:'}\n  b: *a\n";
  expect(configOf(text).streams.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('where a stream is set is shown without the folder, which is nobody’s business', () => {
  const { config } = readConfig('streams: { gate: { source: "test:" } }', '/etc/secret/yeoul.yaml');
  expect(config.streams[0]!.origin).toEqual({ kind: 'file', file: 'yeoul.yaml', line: 1 });
});
