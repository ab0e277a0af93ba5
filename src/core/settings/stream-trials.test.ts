// Trying cameras: when a trial is over, what it tells, and how many there may be.

import { beforeEach, expect, test } from 'vitest';
import { type StreamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
import { VideoSender } from '../../../test/support/rtp-packets.ts';
import { FakeCamera } from '../../../test/support/streams-set-up.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { showSettings } from './shown-settings.ts';
import { StreamTrials } from './stream-trials.ts';

const camera = { ...streamSettingsDefaults, source: 'rtsp://10.0.0.7/main' };

let clock: VirtualClock;
let main: FakeCamera;
let sub: FakeCamera;
let trials: StreamTrials;

beforeEach(() => {
  clock = new VirtualClock();
  main = new FakeCamera();
  sub = new FakeCamera({ name: 'sub', key: 'sub', open: 'demand' });
  trials = new StreamTrials({ clock, random: () => 0.5, createSpec });
});

function createSpec(settings: StreamSettings) {
  return {
    id: 'trial',
    name: 'trial',
    origin: { kind: 'api', file: null, line: null } as const,
    settings: showSettings(settings),
    enabled: settings.enabled,
    transcode: false,
    profiles: settings.sub === null ? [main.spec] : [main.spec, sub.spec],
  };
}

/** Begins a trial and keeps its result. */
function begin(settings: StreamSettings = camera) {
  const trial = { over: false, result: trials.try(settings) };
  void trial.result.finally(() => {
    trial.over = true;
  });
  return trial;
}

/** 25 pictures a second, a key frame each second. */
async function play(seconds: number): Promise<void> {
  const sender = new VideoSender();
  for (let frame = 0; frame < seconds * 25; frame++) {
    const packets = frame % 25 === 0 ? sender.keyFrame() : sender.deltaFrame();
    main.source.write(packets, clock.nowMs());
    await clock.advanceAsync(40);
  }
}

test('it is over when picture, rate and group of pictures are known, and tells them', async () => {
  const trial = begin();
  await clock.advanceAsync(0);
  main.source.ready();
  await play(1);
  expect(trial.over).toBe(false);
  await play(2);
  expect(trial.over).toBe(true);
  const [profile] = await trial.result;
  expect(profile).toMatchObject({ name: 'main', state: 'live', reason: null });
  expect(profile?.tracks[0]).toMatchObject({ codec: 'H264', frameRate: 25, gopFrames: 25 });
  expect(main.source.closed).toBe(true);
});

test('it is over as soon as every profile has failed, with the reasons', async () => {
  const trial = begin({ ...camera, sub: 'rtsp://10.0.0.7/sub', enabled: false });
  await clock.advanceAsync(0);
  main.source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  await clock.advanceAsync(500);
  expect(trial.over).toBe(false);
  sub.source.sink!.failed({ kind: 'retry', reason: 'no route' });
  await clock.advanceAsync(500);
  expect(await trial.result).toMatchObject([
    { name: 'main', state: 'refused', reason: 'wrong password' },
    { name: 'sub', state: 'retrying', reason: 'no route' },
  ]);
  expect(main.sources).toHaveLength(1);
});

test('it is over after 10 s, whatever came', async () => {
  const trial = begin();
  await clock.advanceAsync(9_900);
  expect(trial.over).toBe(false);
  await clock.advanceAsync(100);
  expect(trial.over).toBe(true);
  expect(await trial.result).toMatchObject([{ state: 'connecting' }]);
  expect(main.source.closed).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('four run at once, and the next one is refused until one is over', async () => {
  const running = [begin(), begin(), begin(), begin()];
  await expect(trials.try(camera)).rejects.toMatchObject({ code: 'too_many_trials' });
  await clock.advanceAsync(10_000);
  await Promise.all(running.map((trial) => trial.result));
  const next = begin();
  await clock.advanceAsync(10_000);
  expect(next.over).toBe(true);
});

test('what is no camera is not tried', async () => {
  await expect(trials.try({ ...camera, source: 'publish:' })).rejects.toThrow(
    'Only cameras can be tried, and source is "publish:".',
  );
});

test('closing ends what runs and lets nothing begin', async () => {
  const trial = begin();
  await clock.advanceAsync(0);
  trials.close();
  await trial.result;
  expect(main.source.closed).toBe(true);
  expect(clock.pendingTimers).toBe(0);
  await expect(trials.try(camera)).rejects.toThrow('shutting down');
});
