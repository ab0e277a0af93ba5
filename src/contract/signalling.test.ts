// Messages of the WebSocket: which are taken, and which are not.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClientMessage, clientMessage } from './signalling.ts';

const candidate = fc.stringMatching(/^[\x20-\x7e]{1,200}$/).map((rest) => `candidate:${rest}`);

const message: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({ type: fc.constant('auth'), secret: fc.string({ minLength: 1, maxLength: 512 }) }),
  fc.record({ type: fc.constant('offer'), sdp: fc.string({ minLength: 1, maxLength: 1_000 }) }),
  fc.record({
    type: fc.constant('candidate'),
    candidate: fc.oneof(fc.constant(''), candidate),
    sdpMid: fc.option(fc.string({ maxLength: 64 })),
  }),
  fc.record({
    type: fc.constant('quality'),
    mode: fc.constantFrom('auto', 'main', 'sub'),
    heightPixels: fc.integer({ min: 1, max: 16_384 }),
  }),
  fc.record({
    type: fc.constant('mse'),
    codecs: fc.subarray(['H264', 'H265', 'AAC', 'opus'] as const, { minLength: 1 }),
  }),
  fc.record({ type: fc.constantFrom('leave', 'ping', 'pong') }),
) as fc.Arbitrary<ClientMessage>;

test('a message comes out as it was sent', () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(clientMessage.parse(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
    }),
  );
});

test('fields that nobody knows are left out, so that newer clients are understood', () => {
  expect(clientMessage.parse({ type: 'ping', id: 7 })).toEqual({ type: 'ping' });
});

test.each<[string, unknown]>([
  ['no type', {}],
  ['another type', { type: 'answer', sdp: 'v=0' }],
  ['no object', 'ping'],
  ['an offer without a description', { type: 'offer' }],
  ['an empty description', { type: 'offer', sdp: '' }],
  ['a description that is too long', { type: 'offer', sdp: 'x'.repeat(60 * 1024 + 1) }],
  ['two lines for a candidate', { type: 'candidate', candidate: 'candidate:1\na=x' }],
  ['a candidate that is none', { type: 'candidate', candidate: 'a=ice-lite' }],
  [
    'a candidate that is too long',
    { type: 'candidate', candidate: `candidate:${'x'.repeat(1_001)}` },
  ],
  ['another mode', { type: 'quality', mode: 'best' }],
  ['a height of nothing', { type: 'quality', mode: 'auto', heightPixels: 0 }],
  ['a height of halves', { type: 'quality', mode: 'auto', heightPixels: 1.5 }],
  ['no codecs', { type: 'mse', codecs: [] }],
  ['unknown codecs', { type: 'mse', codecs: ['VP8'] }],
  ['an empty secret', { type: 'auth', secret: '' }],
  ['an endless secret', { type: 'auth', secret: 'x'.repeat(513) }],
])('%s is refused', (_, sent) => {
  expect(clientMessage.safeParse(sent).success).toBe(false);
});
