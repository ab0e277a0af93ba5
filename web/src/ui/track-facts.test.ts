// What the panel says of a camera's tracks, fact by fact.

import { expect, test } from 'vitest';
import type { TrackView } from '#contract/streams.ts';
import { listTrackFacts } from './track-facts.ts';
import { words } from './words.ts';

const video: TrackView = {
  kind: 'video',
  codec: 'H264',
  clockRate: 90_000,
  profile: 'High',
  level: '4.1',
  width: 1920,
  height: 1080,
  channels: null,
  frameRate: 25.02,
  gopFrames: 50,
  reorders: false,
  faults: {},
  bitrateKbps: 2_046,
  packets: 990,
  bytes: 1_000_000,
  frames: 250,
  keyFrames: 5,
  lostPackets: 10,
  droppedPackets: 0,
  malformedPackets: 0,
};

function facts(changes: Partial<TrackView>, language: 'en' | 'ko' = 'en') {
  const list = listTrackFacts({ ...video, ...changes }, words[language].why);
  return Object.fromEntries(
    list.map(({ label, value, bad }) => [label, bad ? `! ${value}` : value]),
  );
}

test('A picture is told with codec, profile, level, size, rate, key frames and loss', () => {
  expect(facts({})).toEqual({
    Picture: 'H264 High 4.1',
    Size: '1920 × 1080',
    'Frame rate': '25 fps',
    'Key frame every': '2 s',
    'B-frames': 'none',
    'Bit rate': '2.05 Mb/s',
    'Lost on the way from the camera': '! 1.00 % (10)',
    Mended: 'nothing',
  });
});

test('What is not known yet is left out', () => {
  const unknown = { width: null, height: null, frameRate: null, gopFrames: null, reorders: null };
  expect(Object.keys(facts({ ...unknown, lostPackets: 0, packets: 0 }))).toEqual([
    'Picture',
    'Bit rate',
    'Lost on the way from the camera',
    'Mended',
  ]);
});

test('B-frames and rare key frames stand out', () => {
  expect(facts({ reorders: true })['B-frames']).toBe('! yes');
  expect(facts({ gopFrames: 250 })['Key frame every']).toBe('! 10 s');
  expect(facts({ gopFrames: 125, frameRate: 25 })['Key frame every']).toBe('5 s');
});

test('Mended faults are counted by kind, those without a word by their name', () => {
  const faults = { jumps: 3, stopped: 0, strange: 1_200 };
  expect(facts({ faults }).Mended).toBe('jumps in time: 3, strange: 1,200');
  expect(facts({ faults }, 'ko')['바로잡은 것']).toBe('건너뛴 시각: 3, strange: 1,200');
});

test('Sound is told with codec, rate and channels', () => {
  const sound = { kind: 'audio', codec: 'PCMU', clockRate: 8_000, channels: 1 } as const;
  expect(facts(sound)).toMatchObject({ Sound: 'PCMU · 8 kHz · 1 ch' });
});
