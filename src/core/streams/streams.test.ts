// The states of streams, and what they show.

import { expect, test } from 'vitest';
import { H264, OPUS, setUpStreams, streamSpec } from '../../../test/support/streams-set-up.ts';

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

test('a camera that is off is told once, and again when it fails otherwise or is live', async () => {
  const { main, clock, log, camera } = setUpStreams({ ready: false });
  const told = () =>
    log.lines
      .filter(({ level, message }) => level === 'info' && message.startsWith('Stream'))
      .map(({ message, fields }) => [message, fields['reason']].filter(Boolean).join(': '));
  for (let at = 0; at < 20; at++) {
    main.source.sink!.failed({ kind: 'retry', reason: at < 15 ? 'no answer' : 'refused' });
    await clock.advanceAsync(30_000);
  }
  expect(told()).toEqual([
    'Stream connecting',
    'Stream retrying: no answer',
    'Stream retrying: refused',
  ]);
  main.source.ready();
  main.source.write(camera.keyFrame(), clock.nowMs());
  expect(told().at(-1)).toBe('Stream live');
  expect(log.lines.filter(({ level }) => level === 'debug').length).toBeGreaterThan(30);
});

test('a camera that comes back with another codec ends what was converted from the one before', async () => {
  const pcm = { kind: 'audio', codec: 'PCMU', clockRate: 8000, channels: 1 } as const;
  const { streams, main, converter, viewers, clock } = setUpStreams({ formats: [H264, pcm] });
  converter.refuses = undefined;
  const watching = viewers.watch({
    streamId: 'gate',
    protocol: 'mse',
    remote: '10.0.0.9:4000',
    userAgent: undefined,
    accepts: ({ codec }) => codec !== 'PCMU',
    onEnd: () => {},
  });
  await clock.advanceAsync(0);
  converter.conversions[0]!.sink.ready(OPUS);
  await watching;
  main.source.sink!.failed({ kind: 'retry', reason: 'connection reset' });
  await clock.advanceAsync(1000);
  main.source.ready([H264, OPUS]);
  await clock.advanceAsync(0);
  expect(converter.conversions[0]!.closed).toBe(true);
  expect(streams.get('gate').view(0).conversions).toEqual([]);
  expect(viewers.list.size).toBe(0);
});

test('a sub stream that the settings no longer have is closed, and a disabled stream as a whole', async () => {
  const { streams, main, sub } = setUpStreams({ sub: { open: 'always' } });
  const settings = streamSpec([main.spec]);
  await streams.apply(settings);
  expect(sub.source.closed).toBe(true);
  expect(main.source.closed).toBe(false);
  await streams.apply({ ...settings, enabled: false });
  expect(main.source.closed).toBe(true);
  expect(streams.get('gate').view(0)).toMatchObject({ state: 'disabled', profiles: [] });
});
