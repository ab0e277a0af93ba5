// Opus bundles: packed as tightly as order allows, read back, and no byte trusted.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOpusBundle, writeOpusBundle } from './opus-bundle.ts';
import { MAX_PAYLOAD_BYTES } from './packet-plan.ts';

const MAX_FRAME_BYTES = MAX_PAYLOAD_BYTES - 3;
type Entry = [channel: number, frame: Uint8Array];

function framesOf(entries: readonly Entry[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (const [channel, frame] of entries) frames[channel] = frame;
  return frames;
}

function write(entries: readonly Entry[]) {
  const channels = entries.map(([channel]) => channel);
  return writeOpusBundle(channels, framesOf(entries));
}

function read(payload: Uint8Array) {
  const entries: Entry[] = [];
  const damage = readOpusBundle(payload, (channel, frame) => entries.push([channel, frame]));
  return { entries, damage };
}

/** Of any sizes that fit, or one size for all. */
const entries = fc
  .uniqueArray(fc.integer({ min: 1, max: 32 }), { maxLength: 32 })
  .chain((channels) => {
    const frame = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: MAX_FRAME_BYTES }).map((size) => new Uint8Array(size).fill(size)),
    );
    return fc.tuple(...channels.map((channel) => fc.tuple(fc.constant(channel), frame)));
  });

describe('writeOpusBundle', () => {
  test('writes channel, length and frame, one entry after the other', () => {
    const { payloads } = write([
      [32, Uint8Array.of(7, 8)],
      [1, new Uint8Array(300)],
    ]);
    expect(payloads).toHaveLength(1);
    expect([...(payloads[0] ?? [])].slice(0, 8)).toEqual([32, 0, 2, 7, 8, 1, 1, 44]);
    expect(payloads[0]).toHaveLength(3 + 2 + 3 + 300);
  });

  test('gives back what was written, in its order', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const { payloads, oversized } = write(written);
        const found = payloads.map(read);
        expect(oversized).toBe(0);
        expect(found.every(({ damage }) => damage === undefined)).toBe(true);
        expect(found.flatMap((one) => one.entries)).toEqual(written);
      }),
    );
  });

  test('fills each payload as long as the next frame fits', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const { payloads } = write(written);
        payloads.forEach((payload, index) => {
          expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
          const next = payloads[index + 1];
          const [entry] = next ? read(next).entries : [];
          if (!entry) return;
          expect(payload.length + 3 + entry[1].length).toBeGreaterThan(MAX_PAYLOAD_BYTES);
        });
      }),
    );
  });

  test('carries 32 channels of 64 kbit/s in 5 ms in two payloads', () => {
    const frame = new Uint8Array(40).fill(1);
    const all = Array.from({ length: 32 }, (_, at): Entry => [at + 1, frame]);
    expect(write(all).payloads.map((payload) => payload.length)).toEqual([26 * 43, 6 * 43]);
  });

  test('counts and leaves out a frame that no payload holds, wherever it stands', () => {
    const small = Uint8Array.of(1);
    const largest = new Uint8Array(MAX_FRAME_BYTES);
    const larger = new Uint8Array(MAX_FRAME_BYTES + 1);
    const { payloads, oversized } = write([
      [1, larger],
      [2, small],
      [3, larger],
      [4, largest],
      [5, larger],
    ]);
    expect(oversized).toBe(3);
    expect(payloads.flatMap((payload) => read(payload).entries)).toEqual([
      [2, small],
      [4, largest],
    ]);
  });

  test('leaves out channels that have no frame, or an empty one', () => {
    const frames = framesOf([
      [2, new Uint8Array(0)],
      [3, Uint8Array.of(9)],
    ]);
    const { payloads, oversized } = writeOpusBundle([1, 2, 3, 4], frames);
    expect(payloads).toEqual([Uint8Array.of(3, 0, 1, 9)]);
    expect(oversized).toBe(0);
    expect(writeOpusBundle([1, 2], frames).payloads).toEqual([]);
    expect(writeOpusBundle([], frames).payloads).toEqual([]);
  });
});

describe('readOpusBundle', () => {
  test('hands out views, not copies', () => {
    const payload = Uint8Array.of(5, 0, 1, 42);
    expect(read(payload).entries[0]?.[1].buffer).toBe(payload.buffer);
  });

  test.each([
    ['empty', []],
    ['cut_off', [1, 0]],
    ['cut_off', [1, 0, 3, 7, 7]],
    ['cut_off', [1, 0, 1, 7, 2]],
    ['empty_frame', [1, 0, 0]],
    ['unknown_channel', [0, 0, 1, 7]],
    ['unknown_channel', [33, 0, 1, 7]],
    ['repeated_channel', [1, 0, 1, 7, 1, 0, 1, 8]],
    ['repeated_channel', [32, 0, 1, 7, 32, 0, 1, 8]],
  ])('finds %s in %j and takes nothing of it', (damage, bytes) => {
    expect(read(Uint8Array.from(bytes))).toEqual({ entries: [], damage });
  });

  test('whatever the bytes, hands out each channel at most once, inside the payload', () => {
    const mutated = fc.tuple(entries, fc.nat(), fc.nat(255)).map(([written, at, value]) => {
      const [payload = new Uint8Array(1)] = write(written).payloads;
      return payload.with(at % payload.length, value);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (payload) => {
        const { entries: found, damage } = read(payload);
        const bytes = found.reduce((sum, [, frame]) => sum + 3 + frame.length, 0);
        expect(bytes).toBe(damage ? 0 : payload.length);
        const channels = found.map(([channel]) => channel);
        expect(new Set(channels).size).toBe(channels.length);
        expect(channels.every((channel) => channel >= 1 && channel <= 32)).toBe(true);
      }),
    );
  });
});
