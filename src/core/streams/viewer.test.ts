// One viewer's signs of life, when it is the server that stood still.

import { expect, test } from 'vitest';
import { FakePeer, FakeTransport } from '../../../test/support/fake-transport.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Outbox } from './outbox.ts';
import { Pacer } from './pacer.ts';
import { Viewer } from './viewer.ts';

function seated(): Viewer {
  const clock = new VirtualClock();
  const viewer = new Viewer({
    id: 'viewer',
    key: 'key',
    streamId: 'gate',
    userAgent: undefined,
    clock,
    pacer: new Pacer(clock, new Outbox(new FakeTransport())),
    onState: () => {},
  });
  viewer.seat(new FakePeer(), []);
  return viewer;
}

test('a viewer that is silent because the server was stopped gets its time again', () => {
  const viewer = seated();
  viewer.onState('connected');
  expect(viewer.tick(1_000)).toBeUndefined();
  expect(viewer.tick(60_000)).toBeUndefined();
  for (let second = 61; second < 75; second++) expect(viewer.tick(second * 1000)).toBeUndefined();
  expect(viewer.tick(75_000)).toBe('no sign of life');
});

test('states that repeat, or come after the end, are not told again', () => {
  const viewer = seated();
  viewer.onState('connected');
  viewer.close();
  viewer.onState('disconnected');
  expect(viewer.state).toBe('closed');
});
