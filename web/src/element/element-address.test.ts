// The ways in which a page may name a stream.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress } from './element-address.ts';

const BASE = 'https://people.example/news/';

test.each([
  ['https://cam.example/embed/gate', null],
  ['https://cam.example/view/gate/', null],
  ['https://cam.example/whep/gate', null],
  ['https://cam.example/ws/gate', null],
  ['https://cam.example', 'gate'],
  ['https://cam.example/view/yard', 'gate'],
  ['//cam.example/', 'gate'],
])('src "%s" and stream "%s" name the stream gate at the server', (src, stream) => {
  expect(readAddress(src, stream, BASE)).toEqual({
    server: 'https://cam.example',
    streamId: 'gate',
  });
});

test('Without src the server is that of the page', () => {
  expect(readAddress(null, 'gate', BASE)).toEqual({
    server: 'https://people.example',
    streamId: 'gate',
  });
});

test.each([
  [null, null],
  ['https://cam.example', null],
  ['https://cam.example/embed/%E0%A4%A', null],
  ['https://cam.example/docs', null],
  ['rtsp://cam.example/view/gate', null],
  ['https://[', 'gate'],
])('src "%s" and stream "%s" name nothing', (src, stream) => {
  expect(readAddress(src, stream, BASE)).toBeUndefined();
});

test('Whatever the attributes are, the answer is a web address or nothing', () => {
  const attribute = fc.option(fc.oneof(fc.string(), fc.webUrl()));
  fc.assert(
    fc.property(attribute, attribute, (src, stream) => {
      const address = readAddress(src, stream, BASE);
      if (address) expect(address.server).toMatch(/^https?:\/\/[^/]+$/);
    }),
  );
});
