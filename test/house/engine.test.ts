// The rules of the WebRTC engine that no type and no linter knows (src/adapters/webrtc/README.md).

import { expect, test } from 'vitest';
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
  expect(threads.filter((path) => !path.startsWith('src/adapters/sound/'))).toEqual([]);
  // What those threads load is pure, or the sound adapter's own.
  const loaded = threads.flatMap((path) => readText(path).match(/from '[^']+'/g) ?? []);
  expect(loaded.filter((from) => /webrtc|node-datachannel/.test(from))).toEqual([]);
});

test('its logger always gets a callback', () => {
  const calls = users.flatMap((path) => readText(path).match(/initLogger\([^)]*/g) ?? []);
  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) expect(call).toContain(',');
});
