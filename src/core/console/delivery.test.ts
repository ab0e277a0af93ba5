// What a listener gets of what it asks for.

import { expect, test } from 'vitest';
import type { ConsoleSettings } from '#contract/console.ts';
import type { ListenerConfig } from '#contract/listening.ts';
import { FakeConsoleStore } from '../../../test/support/fake-console-store.ts';
import { ConsoleSetup } from './console-setup.ts';
import { bitrateView, checkPorts, deliver, withEnoughBits } from './delivery.ts';

/** Channels 7, 3 and 5 go out, in this order. */
function setUp(changes: Partial<ConsoleSettings> = {}): ConsoleSetup {
  const store = new FakeConsoleStore();
  store.saveConsoleSettings(changes);
  const setup = new ConsoleSetup({ store, device: null });
  const order = [7, 3, 5];
  const rank = (id: number) => (order.includes(id) ? order.indexOf(id) : 10 + id);
  setup.changeChannels(
    store
      .consoleChannels()
      .map((channel) => ({ ...channel, mapped: order.includes(channel.id) }))
      .toSorted((one, other) => rank(one.id) - rank(other.id)),
  );
  return setup;
}

function idsOf(setup: ConsoleSetup, wish: ListenerConfig): number[] {
  return deliver(setup, wish).channels.map(({ id }) => id);
}

test('who asks for nothing gets the defaults: all that goes out, in its order', () => {
  const setup = setUp({ codec: 'pcm24', layout: 'plain', packet_time_ms: 10 });
  expect(idsOf(setup, {})).toEqual([7, 3, 5]);
  expect(deliver(setup, {})).toMatchObject({
    layout: 'plain',
    base: { codec: 'pcm24', sampleRate: 48_000, packetMs: 10, bitrate: 0 },
    leftOut: [],
  });
});

test('what is asked for is sent, in the order of the mapping and not of the wish', () => {
  expect(idsOf(setUp(), { channels: [{ id: 5 }, { id: 7 }] })).toEqual([7, 5]);
});

test('muted channels are not sent, and nobody asked for them', () => {
  const wish = {
    channels: [
      { id: 7, mute: true },
      { id: 3, mute: false },
      { id: 9, mute: true },
    ],
  };
  expect(idsOf(setUp(), wish)).toEqual([3]);
  expect(deliver(setUp(), wish).leftOut).toEqual([]);
});

test('what is not in the mapping is left out and named, with the reason', () => {
  const { channels, leftOut } = deliver(setUp(), { channels: [{ id: 1 }, { id: 3 }, { id: 32 }] });
  expect(channels.map(({ id }) => id)).toEqual([3]);
  expect(leftOut).toEqual([
    { id: 1, reason: 'it is not in the mapping' },
    { id: 32, reason: 'it is not in the mapping' },
  ]);
});

test('an empty list is a wish too: nothing', () => {
  expect(idsOf(setUp(), { channels: [] })).toEqual([]);
});

test.each([
  [48_000, 44_100, 44_100],
  [24_000, 32_000, 24_000],
  [32_000, 32_000, 32_000],
] as const)('with a server at %i, who asks for %i gets %i', (ceiling, asked, expected) => {
  const setup = setUp({ sample_rate: ceiling, codec: 'pcm' });
  expect(deliver(setup, { sample_rate: asked }).base.sampleRate).toBe(expected);
});

test.each([
  [48_000, 64_000, 64_000],
  [44_100, 64_000, 58_800],
  [24_000, 64_000, 32_000],
  [24_000, 16_000, 8_000],
] as const)('Opus at %i of %i bit/s gets %i bit/s', (sampleRate, bitrate, expected) => {
  const { base } = deliver(setUp({ bitrate }), { compression: 'opus', sample_rate: sampleRate });
  expect(base.bitrate).toBe(expected);
  expect(bitrateView(base)).toBe(expected);
});

test.each([
  [2.5, 64_000, 128_000],
  [2.5, 160_000, 160_000],
  [5, 32_000, 48_000],
  [10, 29_400, 32_000],
  [20, 24_000, 24_000],
  [20, 12_000, 24_000],
] as const)(
  'Opus in packets of %d ms set to %i bit/s gets %i bit/s',
  (packetMs, bitrate, expected) => {
    const rendition = { codec: 'opus', sampleRate: 48_000, packetMs, bitrate } as const;
    expect(withEnoughBits(rendition)).toEqual({ ...rendition, bitrate: expected });
    const pcm = { ...rendition, codec: 'pcm', bitrate: 0 } as const;
    expect(withEnoughBits(pcm)).toBe(pcm);
  },
);

test('PCM has no bitrate of its own', () => {
  expect(bitrateView(deliver(setUp(), { compression: 'pcm' }).base)).toBeNull();
});

test('plain streams must fit above the port, bundles always do', () => {
  const plain = deliver(setUp(), { layout: 'plain' });
  expect(() => checkPorts(plain, 65_531)).not.toThrow();
  expect(() => checkPorts(plain, 65_532)).toThrow(
    'udp_port 65532 is too high: 3 plain streams need the ports up to 65536. Use one up to 65472, or the layout bundle.',
  );
  expect(() => checkPorts(deliver(setUp(), { layout: 'bundle' }), 65_535)).not.toThrow();
});
