// Who may publish where: configured streams, streams that publishers make, and those that are gone.

import { expect, test } from 'vitest';
import { setUpStreams, streamSpec } from '../../../test/support/streams-set-up.ts';
import { PublishPoints } from './publish-points.ts';
import type { Publisher } from './publishing.ts';

function setUp({ open = false } = {}) {
  const { streams } = setUpStreams();
  const openStream = (id: string) => void apply(id);
  const points = new PublishPoints({ streams, openStream: open ? openStream : undefined });
  function apply(id: string, enabled = true) {
    const point = points.pointFor(id);
    const createSource = () => point.createSource();
    const common = { address: 'publish:', key: 'publish:', gated: false, createSource } as const;
    const times = { open: 'always', lingerMs: 0, timeoutMs: 10_000 } as const;
    const main = { name: 'main', ...common, ...times } as const;
    return streams.apply(streamSpec([main], { id, enabled }));
  }
  const ends: string[] = [];
  const publisher: Publisher = {
    protocol: 'rtsp',
    remote: '10.0.0.9:5000',
    requestKeyFrame: () => {},
    end: (reason) => ends.push(reason),
  };
  return { streams, points, apply, publisher, ends };
}

test('a publish: stream takes a publisher, and no second one', async () => {
  const { points, apply, publisher } = setUp();
  await apply('studio');
  points.publish('studio', publisher);
  expect(() => points.publish('studio', publisher)).toThrow(
    expect.objectContaining({ code: 'publisher_present' }),
  );
});

test.each([
  ['a camera’s stream', 'gate', 'not_publishable'],
  ['a stream that is not there', 'nowhere', 'stream_not_found'],
])('%s takes none', (_, id, code) => {
  const { points, publisher } = setUp();
  expect(() => points.publish(id, publisher)).toThrow(expect.objectContaining({ code }));
});

test('a disabled stream says that it is', async () => {
  const { points, apply, publisher } = setUp();
  await apply('studio', false);
  expect(() => points.publish('studio', publisher)).toThrow(/disabled/);
});

test('where publishing is open, a publisher makes a stream, which is gone when nobody is left', () => {
  const { points, publisher } = setUp({ open: true });
  const publication = points.publish('newcam', publisher);
  expect(points.takeDeserted(() => 0)).toEqual([]);
  publication.close('left');
  expect(points.takeDeserted(() => 1)).toEqual([]);
  expect(points.takeDeserted(() => 0)).toEqual(['newcam']);
  expect(points.takeDeserted(() => 0)).toEqual([]);
});

test('a stream that was made by a publisher and configured since stays', () => {
  const { points, publisher } = setUp({ open: true });
  const publication = points.publish('newcam', publisher);
  points.keep('newcam');
  publication.close('left');
  expect(points.takeDeserted(() => 0)).toEqual([]);
});

test('a stream that gets another source sends its publisher away', async () => {
  const { points, apply, publisher, ends } = setUp();
  await apply('studio');
  points.publish('studio', publisher);
  points.drop('studio', 'the stream has another source now');
  expect(ends).toEqual(['the stream has another source now']);
});

test('publishers make no more than 256 streams', () => {
  const { points, publisher } = setUp({ open: true });
  for (let at = 0; at < 256; at++) points.publish(`cam-${at}`, publisher);
  expect(() => points.publish('one-more', publisher)).toThrow(/256 were made/);
});
