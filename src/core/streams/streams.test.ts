// The states of streams, and what they show.

import { expect, test } from 'vitest';
import { setUpStreams } from '../../../test/support/streams-set-up.ts';

test('a stream is live with its first frame and stalled 5 s after its last', () => {
  const { source, camera, clock, streams, log } = setUpStreams();
  expect(streams.get('gate').main!.state).toBe('connecting');
  source.write(camera.keyFrame(), 0);
  expect(streams.get('gate').main!.state).toBe('live');
  clock.advance(6000);
  expect(streams.get('gate').view(0)).toMatchObject({
    state: 'stalled',
    reason: expect.stringContaining('5 s'),
  });
  source.write(camera.deltaFrame(), 6000);
  expect(streams.get('gate').view(0)).toMatchObject({ state: 'live', reason: null });
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Stream connecting',
    'Stream live',
    'Stream stalled',
    'Stream live',
  ]);
});

test('a source that must not be tried again leaves its reason', () => {
  const { source, streams } = setUpStreams({ ready: false });
  source.sink!.failed({ kind: 'refused', reason: 'wrong password' });
  const shown = { state: 'refused', reason: 'wrong password' };
  expect(streams.get('gate').view(0)).toMatchObject({ ...shown, profiles: [shown] });
});

test('a stream shows what its tracks carry', () => {
  const { source, camera, clock, streams } = setUpStreams();
  for (let frame = 0; frame < 60; frame++) {
    source.write(frame % 30 === 0 ? camera.keyFrame() : camera.deltaFrame(), clock.nowMs());
    clock.advance(1000 / 30);
  }
  clock.advance(100);
  const [video, audio] = streams.views(() => 3)[0]!.tracks;
  expect(video).toMatchObject({ codec: 'H264', gopFrames: 30, frames: 60, keyFrames: 2 });
  expect(video!.frameRate).toBeCloseTo(30, 0);
  expect(audio).toMatchObject({ codec: 'opus', channels: 2, packets: 0 });
  expect(streams.views(() => 3)[0]!.viewers).toBe(3);
});

test('streams write what they carried to the log once a minute', () => {
  const { source, camera, clock, log } = setUpStreams();
  source.write(camera.keyFrame(), 0);
  clock.advance(60_000);
  const lines = log.lines.filter(({ message }) => message === 'RTP stats');
  expect(lines.map(({ fields }) => fields['kind'])).toEqual(['video', 'audio']);
});
