// Framing of packets in a TCP stream.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTcpFrame, TcpFrames } from './tcp-frames.ts';

const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 1500 }), { maxLength: 20 });

test('packets come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(
      packets,
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      (sent, cuts) => {
        const stream = Buffer.concat(sent.map(formatTcpFrame));
        const frames = new TcpFrames();
        const got: number[][] = [];
        let at = 0;
        for (let turn = 0; at < stream.length; turn++) {
          const end = at + cuts[turn % cuts.length]!;
          expect(frames.read(stream.subarray(at, end), (packet) => got.push([...packet]))).toBe(
            true,
          );
          at = end;
        }
        expect(got).toEqual(sent.map((packet) => [...packet]));
      },
    ),
  );
});

test.each([
  ['an empty frame', [0, 0, 1]],
  ['a frame longer than any packet of a viewer', [0x20, 0, 1]],
])('%s ends the conversation', (_, bytes) => {
  expect(new TcpFrames().read(Buffer.from(bytes), () => {})).toBe(false);
});
