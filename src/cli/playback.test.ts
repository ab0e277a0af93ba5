// Sound is played at the pace of the clock, and not a moment after it was closed.

import { expect, test } from 'vitest';
import type { PlayedSound } from '#client/listening/player.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { Playback } from './playback.ts';

const FORMAT = { codec: 'pcm', clockRate: 48_000, channels: [1] } as const;

/** A receiver that has packets of 5 ms, as many as are wanted. */
function open({ ratio = 1, isKnown = true, packets = 1e9 } = {}) {
  const clock = new VirtualClock();
  const heard = { frames: 0, silence: 0, asked: 0 };
  const planes = [new Float32Array(240)];
  const receiver = {
    ratio,
    format: isKnown ? FORMAT : undefined,
    next: (): PlayedSound | undefined => {
      heard.asked++;
      return heard.asked <= packets ? { frames: 240, planes } : undefined;
    },
  };
  const recording = {
    play: (_: unknown, [plane]: readonly Float32Array[]) => {
      heard.frames += plane?.length ?? 0;
    },
    silence: (frames: number) => {
      heard.silence += frames;
    },
  };
  const tasks: (() => void)[] = [];
  const playback = new Playback({
    clock,
    receiver: receiver as never,
    recording: recording as never,
    defer: (task) => tasks.push(task),
  });
  const advance = (ms: number) => {
    for (let at = 0; at < ms; at += 5) {
      clock.advance(5);
      for (const task of tasks.splice(0)) task();
    }
  };
  return { clock, heard, playback, advance, tasks };
}

test.each([
  [1, 48_000],
  [1.005, 48_240],
])('At the ratio %d a second is %i frames', (ratio, frames) => {
  const { advance, heard } = open({ ratio });
  advance(1_000);
  expect(Math.abs(heard.frames - frames)).toBeLessThanOrEqual(240);
  expect(heard.silence).toBe(0);
});

test('Where there is nothing, time goes on in silence', () => {
  const { advance, heard } = open({ packets: 10 });
  advance(1_000);
  expect(heard.frames).toBe(2_400);
  expect(heard.silence).toBe(48_000 - 2_400);
});

test('After a standstill only 200 ms are made up for', () => {
  const { clock, tasks, heard } = open();
  clock.advance(3_000);
  for (const task of tasks.splice(0)) task();
  expect(heard.frames).toBe(9_600);
});

test('Before it is known what is played, nothing is asked for', () => {
  const { advance, heard } = open({ isKnown: false });
  advance(100);
  expect(heard).toEqual({ frames: 0, silence: 0, asked: 0 });
});

test('What was put off when it was closed is not played any more', () => {
  const { clock, tasks, heard, playback } = open();
  clock.advance(5);
  playback.close();
  for (const task of tasks.splice(0)) task();
  expect(heard.asked).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
