// The life of a profile: opening, failing, retrying, stalling, closing when nobody watches.

import { expect, test } from 'vitest';
import { setUpProfile as setUp } from '../../../test/support/profile-set-up.ts';
import { H264, OPUS } from '../../../test/support/streams-set-up.ts';
import { OpenGate } from './open-gate.ts';

test('a profile that is always open connects at its start and is live with its first frame', () => {
  const { profile, camera, states, play } = setUp();
  profile.start();
  expect(profile.isReady).toBe(false);
  camera.source.ready();
  expect(profile.isReady).toBe(true);
  expect(states).toEqual(['connecting']);
  play();
  expect(states).toEqual(['connecting', 'live']);
});

test('the first failure is tried again too, and each further one later', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  for (const delayMs of [1000, 2000, 4000]) {
    const attempts = camera.sources.length;
    camera.source.sink!.failed({ kind: 'retry', reason: 'connection refused' });
    expect(profile).toMatchObject({ state: 'retrying', reason: 'connection refused' });
    expect(profile.nextAttemptAtMs).toBe(clock.wallMs() + delayMs);
    await clock.advanceAsync(delayMs - 1);
    expect(camera.sources).toHaveLength(attempts);
    await clock.advanceAsync(1);
    expect(camera.sources).toHaveLength(attempts + 1);
    expect(profile.state).toBe('connecting');
  }
});

test('a refusal is not tried again until it is told to', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  camera.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  await clock.advanceAsync(3_600_000);
  expect(camera.sources).toHaveLength(1);
  expect(profile).toMatchObject({ state: 'refused', reason: 'wrong password' });
  expect(camera.source.closed).toBe(true);
  profile.retry();
  expect(profile.failures).toBe(0);
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(2);
});

test('ten seconds of live picture make the next failure a first one again', async () => {
  const { profile, camera, clock, playFor } = setUp();
  profile.start();
  for (let times = 0; times < 4; times++) {
    camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
    await clock.advanceAsync(30_000);
  }
  camera.source.ready();
  await playFor(12);
  expect(profile.failures).toBe(0);
});

test('a camera that is live for a moment and fails again is tried later and later', async () => {
  const { profile, camera, clock, play } = setUp();
  profile.start();
  for (let failures = 1; failures < 5; failures++) {
    camera.source.ready();
    play();
    await clock.advanceAsync(2000);
    camera.source.sink!.failed({ kind: 'retry', reason: 'connection reset' });
    expect(profile.failures).toBe(failures);
    await clock.advanceAsync(30_000);
  }
});

test('bytes without a complete frame are a stall after five seconds and a new attempt after ten', async () => {
  const { profile, camera, clock, sender, play, states } = setUp();
  profile.start();
  camera.source.ready();
  play();
  const [unfinished] = sender.deltaFrame(3);
  for (let second = 0; second < 5; second++) {
    camera.source.write([unfinished!], clock.nowMs());
    await clock.advanceAsync(1000);
  }
  expect(profile.state).toBe('stalled');
  await clock.advanceAsync(5000);
  expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'stalled', 'retrying']);
  expect(profile.reason).toBe('no complete frame for 10 s');
});

test('a stalled profile is live again with the next frame', async () => {
  const { profile, camera, clock, play } = setUp();
  profile.start();
  camera.source.ready();
  play();
  await clock.advanceAsync(6000);
  expect(profile.state).toBe('stalled');
  play();
  expect(profile).toMatchObject({ state: 'live', reason: undefined });
});

test('tracks live on when the camera comes back with the same codecs', async () => {
  const { profile, camera, clock, gone, play } = setUp();
  profile.start();
  camera.source.ready();
  play();
  const [video] = profile.tracks;
  camera.source.sink!.failed({ kind: 'retry', reason: 'connection reset' });
  await clock.advanceAsync(1000);
  camera.source.ready();
  play();
  expect(profile.tracks[0]).toBe(video);
  expect(video!.counters.keyFrames).toBe(2);
  expect(profile.state).toBe('live');
  expect(gone).toEqual([]);
});

test('a camera that comes back with another codec gets new tracks, and the old ones’ viewers are told', async () => {
  const { profile, camera, clock, gone } = setUp();
  profile.start();
  camera.source.ready();
  const [video, audio] = profile.tracks;
  camera.source.sink!.failed({ kind: 'retry', reason: 'connection reset' });
  await clock.advanceAsync(1000);
  camera.source.ready([{ ...H264, codec: 'H265', parameterSets: [] } as typeof H264, OPUS]);
  expect(gone).toMatchObject([{ tracks: [video], reason: expect.stringContaining('codec') }]);
  expect(profile.tracks[1]).toBe(audio);
});

test('on demand it opens with the first viewer and closes some seconds after the last', async () => {
  const { profile, camera, clock, play, gone } = setUp({ open: 'demand', lingerMs: 5000 });
  profile.start();
  expect(profile.state).toBe('idle');
  expect(camera.sources).toHaveLength(0);
  const first = profile.demand();
  const second = profile.demand();
  camera.source.ready();
  play();
  first.release();
  first.release();
  await clock.advanceAsync(5001);
  expect(profile.state).not.toBe('idle');
  play();
  second.release();
  await clock.advanceAsync(4999);
  expect(camera.source.closed).toBe(false);
  await clock.advanceAsync(1);
  expect(camera.source.closed).toBe(true);
  expect(profile.state).toBe('idle');
  expect(gone).toHaveLength(1);
});

test('a viewer that comes while it lingers finds it open', async () => {
  const { profile, camera, clock, play } = setUp({ open: 'demand', lingerMs: 5000 });
  profile.demand().release();
  camera.source.ready();
  play();
  await clock.advanceAsync(3000);
  profile.demand();
  await clock.advanceAsync(3000);
  expect(camera.sources).toHaveLength(1);
  expect(camera.source.closed).toBe(false);
});

test('an idle profile that failed is not retried for nobody', async () => {
  const { profile, camera, clock } = setUp({ open: 'demand', lingerMs: 60_000 });
  profile.demand().release();
  camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  await clock.advanceAsync(120_000);
  expect(profile.state).toBe('idle');
  expect(camera.sources).toHaveLength(1);
});

test('new settings open it anew only if its source needs that', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  camera.source.ready();
  profile.configure({ ...camera.spec, timeoutMs: 3000 });
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(1);
  profile.configure({ ...camera.spec, key: 'other' });
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(2);
});

test('any new settings try again what was refused', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  camera.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  profile.configure(camera.spec);
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(2);
});

test('any new settings let the next viewer try again what was refused on demand', async () => {
  const { profile, camera, clock } = setUp({ open: 'demand' });
  profile.demand().release();
  camera.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  profile.configure(camera.spec);
  expect(profile).toMatchObject({ state: 'idle', failures: 0 });
  profile.demand();
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(2);
});

test('a profile that is to be open on demand only closes when nobody watches', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  camera.source.ready();
  profile.configure({ ...camera.spec, open: 'demand', lingerMs: 5000 });
  await clock.advanceAsync(5000);
  expect(profile.state).toBe('idle');
  expect(camera.source.closed).toBe(true);
});

test('the next attempt waits until the last source is closed', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  camera.source.close = () => promise;
  profile.retry();
  await clock.advanceAsync(5000);
  expect(camera.sources).toHaveLength(1);
  resolve();
  await clock.advanceAsync(0);
  expect(camera.sources).toHaveLength(2);
});

test('a source that failed is heard no more', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  const { sink } = camera.source;
  sink!.failed({ kind: 'retry', reason: 'one' });
  sink!.failed({ kind: 'refused', reason: 'two' });
  sink!.flush();
  expect(() => sink!.ready({ formats: [H264] })).toThrow('over');
  expect(profile).toMatchObject({ state: 'retrying', reason: 'one' });
  await clock.advanceAsync(1000);
  expect(profile.state).toBe('connecting');
});

test('forty cameras that come back together are opened sixteen at a time', async () => {
  const gate = new OpenGate();
  const all = Array.from({ length: 40 }, () => setUp({}, gate));
  for (const { profile } of all) profile.start();
  const started = () => all.filter(({ camera }) => camera.source.sink !== undefined);
  expect(started()).toHaveLength(16);
  for (const { camera } of started()) camera.source.ready();
  expect(started()).toHaveLength(32);
  await all[39]!.profile.close('test');
  for (const { camera } of started()) if (!camera.source.tracks.length) camera.source.ready();
  expect(started()).toHaveLength(39);
});

test('closing it closes its source and asks for nothing afterwards', async () => {
  const { profile, camera, clock, play, gone } = setUp();
  profile.start();
  camera.source.ready();
  play();
  await profile.close('the stream was removed');
  await clock.advanceAsync(60_000);
  expect(camera.source.closed).toBe(true);
  expect(camera.sources).toHaveLength(1);
  expect(gone).toMatchObject([{ reason: 'the stream was removed' }]);
});

test('key frames are asked for at most once a second', async () => {
  const { profile, camera, clock } = setUp();
  profile.start();
  camera.source.ready();
  for (let times = 0; times < 5; times++) profile.requestKeyFrame();
  await clock.advanceAsync(1000);
  profile.requestKeyFrame();
  expect(camera.source.keyFramesAsked).toBe(2);
});

test('a refusal ends those who watch: nothing new will come', () => {
  const { profile, camera, gone, play } = setUp();
  profile.start();
  camera.source.ready();
  play();
  camera.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  expect(gone).toMatchObject([{ reason: 'wrong password' }]);
  expect(profile.isReady).toBe(false);
});

test('viewers that come and go do not make the delay before the next attempt shorter', async () => {
  const { profile, camera, clock } = setUp({ open: 'demand', lingerMs: 0 });
  profile.demand().release();
  const fail = () => camera.source.sink!.failed({ kind: 'retry', reason: 'no answer' });
  for (let second = 0; second < 120; second++) {
    const demand = profile.demand();
    await clock.advanceAsync(0);
    if (!camera.source.closed) fail();
    demand.release();
    await clock.advanceAsync(1000);
  }
  // After 1, 2, 4, 8, 16 and 30 s: without viewers it is as many.
  expect(camera.sources.length).toBeLessThan(11);
  expect(camera.sources.length).toBeGreaterThan(6);
});

test('new settings while nobody watches leave nothing of the camera that was', async () => {
  const { profile, camera, clock, gone, play } = setUp({ open: 'demand' });
  const first = profile.demand();
  camera.source.ready();
  play();
  first.release();
  profile.configure({ ...camera.spec, key: 'another camera' });
  expect(profile).toMatchObject({ state: 'idle', tracks: [] });
  expect(gone).toHaveLength(1);
  profile.demand();
  await clock.advanceAsync(0);
  expect(profile).toMatchObject({ state: 'connecting', isReady: false });
});
