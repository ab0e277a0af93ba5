// Which addresses name which stream.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTarget } from './target.ts';

test.each([
  ['rtsp://host:8554/gate', { streamId: 'gate', track: undefined, profile: undefined }],
  ['rtsp://host/gate/', { streamId: 'gate', track: undefined, profile: undefined }],
  ['rtsp://user:pw@host/gate?profile=sub', { streamId: 'gate', track: undefined, profile: 'sub' }],
  ['rtsp://host/gate/trackID=1', { streamId: 'gate', track: 1, profile: undefined }],
  ['rtsps://host/gate/streamid=0?profile=main', { streamId: 'gate', track: 0, profile: 'main' }],
  ['/gate/stream=2', { streamId: 'gate', track: 2, profile: undefined }],
  ['rtsp://host/gate?profile=huge', { streamId: 'gate', track: undefined, profile: undefined }],
])('%s names %o', (uri, target) => {
  expect(parseTarget(uri)).toEqual(target);
});

test.each([
  'rtsp://host',
  'rtsp://host/',
  '*',
  '',
  'rtsp://host/gate/attic',
  'rtsp://host/gate/trackID=1/more',
  'rtsp://host/../secret',
  `rtsp://host/${'a'.repeat(65)}`,
  'rtsp://host/%67ate',
])('%j names no stream', (uri) => {
  expect(parseTarget(uri)).toBeUndefined();
});

test('whatever the address is, the stream has an id that streams can have', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      const target = parseTarget(`rtsp://host/${path}`);
      expect(target?.streamId ?? 'none').toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
    }),
  );
});
