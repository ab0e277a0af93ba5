// When a profile is ready for who wants to watch it, and when it is not going to be.

import { expect, test } from 'vitest';
import { setUpProfile as setUp } from '../../../test/support/profile-set-up.ts';
import { H264 } from '../../../test/support/streams-set-up.ts';

test('who waits for it is told when it is ready, and at once when it will not be', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  const first = profile.waitReady(8000);
  camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  expect(await first).toBe(false);
  expect(await profile.waitReady(8000)).toBe(false);
  await clock.advanceAsync(1000);
  const second = profile.waitReady(8000);
  const tooShort = profile.waitReady(100);
  await clock.advanceAsync(100);
  expect(await tooShort).toBe(false);
  camera.source.ready();
  expect(await second).toBe(true);
});

test('it is not ready before the picture’s parameter sets are known', () => {
  const { profile, camera, play } = setUp();
  profile.start();
  camera.source.ready([{ ...H264, parameterSets: [] } as typeof H264]);
  expect(profile.isReady).toBe(false);
  play();
  expect(profile.isReady).toBe(true);
});

test('who waits for a profile that is closed is told at once', async () => {
  const { profile } = setUp();
  profile.start();
  const waiting = profile.waitReady(8000);
  await profile.close('the stream was removed');
  expect(await waiting).toBe(false);
});

test('a refusal on demand stays one when its viewers left, so that no viewer’s coming tries again', async () => {
  const { profile, camera, clock } = setUp({ open: 'demand', lingerMs: 0 });
  for (let viewer = 0; viewer < 5; viewer++) {
    const demand = profile.demand();
    if (viewer === 0) camera.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
    expect(await profile.waitReady(8000)).toBe(false);
    demand.release();
    await clock.advanceAsync(60_000);
  }
  expect(camera.sources).toHaveLength(1);
  expect(profile).toMatchObject({ state: 'refused', reason: 'wrong password' });
});

test('a camera that has been gone for a minute has nothing for who comes, until it is back', async () => {
  const { profile, camera, clock, playFor } = setUp();
  profile.start();
  camera.source.ready();
  await playFor(3);
  camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  await clock.advanceAsync(500);
  expect(await profile.waitReady(1000)).toBe(true);
  while (clock.nowMs() < 65_000) {
    await clock.advanceAsync(500);
    if (profile.state === 'connecting')
      camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  }
  expect(profile.state).toBe('retrying');
  expect(await profile.waitReady(1000)).toBe(false);
  profile.retry();
  await clock.advanceAsync(0);
  const waiting = profile.waitReady(1000);
  camera.source.ready();
  expect(await waiting).toBe(true);
});
