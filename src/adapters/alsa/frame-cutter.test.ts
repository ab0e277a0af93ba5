// Bytes of the card into frames, wherever the reads cut them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameCutter } from './frame-cutter.ts';

test('FrameCutter gives every frame once, in order, wherever the reads cut them', () => {
  const frames = 300;
  const bytes = Buffer.alloc(frames * 9);
  for (let at = 0; at < frames * 3; at++) bytes.writeIntLE(at - 450, at * 3, 3);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const cutter = new FrameCutter({ format: 'S24_3LE', channels: 3 });
      const heard: number[] = [];
      const ends = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      for (const [at, start] of ends.entries()) {
        cutter.cut(bytes.subarray(start, ends[at + 1]), (count) => {
          for (let frame = 0; frame < count; frame++) {
            for (const plane of cutter.planes) heard.push((plane[frame] ?? NaN) * 2 ** 23);
          }
        });
      }
      expect(heard).toEqual(Array.from({ length: frames * 3 }, (_, at) => at - 450));
    }),
  );
});

test('FrameCutter makes one block of each read, also of the largest with a rest before it', () => {
  const cutter = new FrameCutter({ format: 'S32_LE', channels: 32 });
  const counts: number[] = [];
  const cut = (bytes: number) => cutter.cut(Buffer.alloc(bytes), (frames) => counts.push(frames));
  cut(30_720 - 1);
  cut(65_536);
  cut(1);
  expect(counts).toEqual([239, 512, 1]);
});

test('FrameCutter makes several blocks of what is larger than a read', () => {
  const cutter = new FrameCutter({ format: 'S16_LE', channels: 2 });
  let total = 0;
  cutter.cut(Buffer.alloc(400_000), (frames) => {
    expect(frames).toBeLessThanOrEqual(16_385);
    total += frames;
  });
  expect(total).toBe(100_000);
});
