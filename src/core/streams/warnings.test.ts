// What is said about a camera, and when nothing is.

import { expect, test } from 'vitest';
import { setUpStreams } from '../../../test/support/streams-set-up.ts';
import { warningsOf } from './warnings.ts';

/** Thirty frames a second, a key frame each so many. */
function play(gopFrames: number, { frames = 1200, losesEach = 0 } = {}): string[] {
  const { source, camera, clock, streams } = setUpStreams();
  for (let frame = 0; frame < frames; frame++) {
    if (losesEach > 0 && frame % losesEach === 1) camera.sequence = (camera.sequence + 1) & 0xffff;
    const isKey = frame % gopFrames === 0;
    source.write(isKey ? camera.keyFrame() : camera.deltaFrame(), clock.nowMs());
    clock.advance(1000 / 30);
  }
  return warningsOf(streams.get('gate').main!);
}

test('a camera that does well is not warned about', () => {
  expect(play(40)).toEqual([]);
});

test('key frames far apart are a warning that says how far', () => {
  expect(play(300)).toEqual([
    expect.stringMatching(/^A key frame comes only every 10 s: .*I-frame/),
  ]);
});

test('a lossy camera is a warning that says how lossy, once enough was seen', () => {
  expect(play(40, { losesEach: 20 })).toContainEqual(
    expect.stringMatching(/^4\.\d % of its video packets never arrived: .*bitrate/),
  );
  expect(play(40, { losesEach: 20, frames: 100 })).toEqual([]);
});
