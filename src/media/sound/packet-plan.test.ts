// Packet plans: every channel once, nothing too large, and never a packet more than needed.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countParts,
  firstFrameOfTick,
  groupChannels,
  MAX_PAYLOAD_BYTES,
  partStart,
} from './packet-plan.ts';

const RATES = [48_000, 44_100, 32_000, 24_000] as const;
const PACKET_TIMES_MS = [2.5, 5, 10, 20];
const SAMPLE_BYTES = { pcm: 2, pcm24: 3 };

const pcm = fc.record({
  codec: fc.constantFrom('pcm', 'pcm24'),
  layout: fc.constantFrom('bundle', 'plain'),
  sampleRate: fc.constantFrom(...RATES),
  packetMs: fc.constantFrom(...PACKET_TIMES_MS),
});
/** Some channels in any order, as a mapping has them. */
const mapping = fc.shuffledSubarray(
  Array.from({ length: 32 }, (_, at) => at + 1),
  { minLength: 1 },
);

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

test('a payload leaves room for the RTP header and the time extension in 1,150 bytes', () => {
  expect(MAX_PAYLOAD_BYTES).toBe(1_122);
});

test.each([
  ['pcm', 48_000, 5, 32, [16, 16], 7],
  ['pcm', 48_000, 5, 8, [8], 4],
  ['pcm', 48_000, 5, 1, [1], 1],
  ['pcm', 24_000, 2.5, 32, [32], 4],
  ['pcm24', 48_000, 20, 1, [1], 3],
] as const)('%s at %i Hz, %d ms, %i channels: groups of %j, %i packets each', (...expected) => {
  const [codec, sampleRate, packetMs, count, sizes, parts] = expected;
  const format = { codec, layout: 'bundle', sampleRate, packetMs } as const;
  const groups = groupChannels(upTo(count), format);
  expect(groups.map((group) => group.length)).toEqual(sizes);
  expect(countParts(sizes[0], format)).toBe(parts);
});

describe('groupChannels', () => {
  test('has each channel once, in the order of the mapping', () => {
    fc.assert(
      fc.property(mapping, pcm, (channels, format) => {
        expect(groupChannels(channels, format).flat()).toEqual(channels);
      }),
    );
  });

  test('of bundled PCM makes groups of the same size, or one more', () => {
    fc.assert(
      fc.property(mapping, pcm, (channels, format) => {
        const sizes = groupChannels(channels, { ...format, layout: 'bundle' }).map(
          (group) => group.length,
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('of plain sound makes one group of each channel', () => {
    fc.assert(
      fc.property(mapping, pcm, fc.constantFrom('opus', 'pcm'), (channels, format, codec) => {
        expect(groupChannels(channels, { ...format, codec, layout: 'plain' })).toEqual(
          channels.map((channel) => [channel]),
        );
      }),
    );
  });

  test('of bundled Opus makes one group of all', () => {
    const format = { codec: 'opus', layout: 'bundle', sampleRate: 48_000, packetMs: 5 } as const;
    expect(groupChannels([3, 1, 2], format)).toEqual([[3, 1, 2]]);
  });

  test('of no channels makes no groups', () => {
    const format = { codec: 'pcm', layout: 'bundle', sampleRate: 48_000, packetMs: 5 } as const;
    expect(groupChannels([], format)).toEqual([]);
    expect(groupChannels([], { ...format, codec: 'opus' })).toEqual([]);
  });

  test('needs the fewest packets, and no more groups than that takes', () => {
    fc.assert(
      fc.property(mapping, pcm, (channels, format) => {
        const groups = groupChannels(channels, { ...format, layout: 'bundle' });
        const packets = groups.reduce((sum, { length }) => sum + countParts(length, format), 0);
        for (let count = 1; count <= channels.length; count++) {
          const small = Math.floor(channels.length / count);
          const large = channels.length % count;
          const others =
            (large === 0 ? 0 : large * countParts(small + 1, format)) +
            (count - large) * countParts(small, format);
          expect(others).toBeGreaterThanOrEqual(packets + (count < groups.length ? 1 : 0));
        }
      }),
    );
  });
});

describe('the parts of a tick', () => {
  test('follow each other, fit into a packet and are not more than needed', () => {
    fc.assert(
      fc.property(mapping, pcm, fc.nat(10_000), (channels, format, tick) => {
        const frames = firstFrameOfTick(tick + 1, format) - firstFrameOfTick(tick, format);
        for (const { length } of groupChannels(channels, format)) {
          const parts = countParts(length, format);
          const frameBytes = length * SAMPLE_BYTES[format.codec];
          const starts = upTo(parts + 1).map((at) => partStart(at - 1, { parts, frames }));
          const sizes = starts.slice(1).map((end, at) => end - (starts[at] ?? 0));
          expect([starts[0], starts.at(-1)]).toEqual([0, frames]);
          expect(Math.max(...sizes) * frameBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          const most = Math.ceil((format.sampleRate * format.packetMs) / 1_000);
          expect(Math.ceil(most / (parts - 1)) * frameBytes).toBeGreaterThan(MAX_PAYLOAD_BYTES);
        }
      }),
    );
  });
});

test.each([
  [5, [220, 221, 220, 221]],
  [2.5, [110, 110, 110, 111]],
  [10, [441, 441, 441, 441]],
])('ticks of %d ms at 44.1 kHz have %j frames in turn', (packetMs, expected) => {
  const format = { sampleRate: 44_100, packetMs } as const;
  const starts = [4_000, 4_001, 4_002, 4_003, 4_004].map((tick) => firstFrameOfTick(tick, format));
  expect(starts.slice(1).map((start, at) => start - (starts[at] ?? 0))).toEqual(expected);
});

test.each(RATES)('ticks at %i Hz lose no time in a day', (sampleRate) => {
  for (const packetMs of PACKET_TIMES_MS) {
    const ticks = 86_400_000 / packetMs;
    expect(firstFrameOfTick(ticks, { sampleRate, packetMs })).toBe(86_400 * sampleRate);
  }
});
