// The rules of the WebRTC engine that no type and no linter knows (src/adapters/webrtc/README.md).

import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { readImports } from './imports.ts';
import { listFiles, readText } from './repository.ts';

const code = listFiles().filter((path) =>
  /^(src|test\/(e2e|scenario|support)|bench)\/.*\.ts$/.test(path),
);
const users = code.filter((path) => /from 'node-datachannel'/.test(readText(path)));

test('only its adapter and the tests’ far end load the engine', () => {
  const outside = users.filter((path) => !path.startsWith('src/adapters/webrtc/'));
  expect(outside).toEqual([
    'test/e2e/matrix/offering-peer.ts',
    'test/support/media-peer.ts',
    'test/support/whip-peer.ts',
  ]);
  expect(users.length).toBeGreaterThan(2);
});

test('nobody calls its cleanup, which ends the process once a track was collected', () => {
  expect(users.filter((path) => /\bcleanup\b/.test(readText(path)))).toEqual([]);
});

test('it is loaded in no worker: a second one ends the process', () => {
  const threads = code.filter((path) => /from 'node:worker_threads'/.test(readText(path)));
  const allowed = /^(src\/adapters\/(sound|mdns)|src\/app\/sound-thread)\//;
  const support = /^test\/support\/crash(ing)?-sound-thread\.ts$/;
  expect(threads.filter((path) => !allowed.test(path) && !support.test(path))).toEqual([]);
  // What those threads load is pure, or of adapters that load no engine.
  const loaded = threads.flatMap((path) => [...loadedBy(path)]);
  expect(loaded).toContain('src/adapters/udp/udp-sound-socket.ts');
  expect(loaded.filter((path) => /webrtc|node-datachannel/.test(path))).toEqual([]);
});

/** All that a file of ours loads, and what that loads; packages by their names. */
function loadedBy(path: string, seen = new Set<string>()): Set<string> {
  for (const from of readImports(readText(path))) {
    const loaded = resolve(path, from);
    if (seen.has(loaded)) continue;
    seen.add(loaded);
    if (loaded.endsWith('.ts')) loadedBy(loaded, seen);
  }
  return seen;
}

function resolve(path: string, from: string): string {
  if (from.startsWith('.')) return posix.join(posix.dirname(path), from);
  return from.startsWith('#') ? `src/${from.slice(1)}` : from;
}

test('its logger always gets a callback', () => {
  const calls = users.flatMap((path) => readText(path).match(/initLogger\([^)]*/g) ?? []);
  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) expect(call).toContain(',');
});
