// Tests of finding and reading the configuration file.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

let folder = '';
const startFolder = process.cwd();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yeoul-config-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(startFolder);
  rmSync(folder, { recursive: true });
});

test('without a file everything is default', () => {
  const { config, path } = loadConfig(undefined, {});
  expect(path).toBeUndefined();
  expect(config.server.httpPort).toBe(8080);
});

test('yeoul.yaml is read where the server is started', () => {
  writeFileSync('yeoul.yaml', 'server: {http_port: 9000}');
  expect(loadConfig(undefined, {})).toMatchObject({
    path: 'yeoul.yaml',
    config: { server: { httpPort: 9000 } },
  });
});

test('the named file is read instead, and its name is in the messages', () => {
  writeFileSync('yeoul.yaml', 'server: {http_port: 9000}');
  writeFileSync('other.yaml', '\u{feff}server: {http_port: 9001}');
  expect(loadConfig('other.yaml', {}).config.server.httpPort).toBe(9001);
  writeFileSync('other.yaml', 'sever: 1');
  expect(() => loadConfig('other.yaml', {})).toThrow(/^other\.yaml:1:1: unknown key "sever"/);
});

test.each([
  ['missing.yaml', 'there is no such file'],
  ['.', 'it is not a file'],
  ['large.yaml', 'it has 10485760 bytes, more than 1048576'],
  ['latin.yaml', 'it is not UTF-8 text'],
  ['large.yaml/x', 'ENOTDIR'],
])('%s is refused: %s', (path, reason) => {
  writeFileSync('large.yaml', Buffer.alloc(10 * 1024 * 1024, '#'));
  writeFileSync('latin.yaml', Buffer.from([0x23, 0xe9, 0x0a]));
  expect(() => loadConfig(path, {})).toThrow(
    `Cannot read the configuration "${path}": ${reason}. Name another file with --config.`,
  );
});
