// Settings and channels: what is kept, and which changes end sessions.

import { expect, test } from 'vitest';
import type { ConsoleSettings } from '#contract/console.ts';
import { InputError, StateError, UnavailableError } from '#std/errors.ts';
import { FakeConsoleStore } from '../../../test/support/fake-console-store.ts';
import { ConsoleSetup } from './console-setup.ts';

function setUp(device: string | null = null) {
  const store = new FakeConsoleStore();
  return { store, setup: new ConsoleSetup({ store, device }) };
}

test.each([
  [{ codec: 'pcm' }, 'the admin changed the codec'],
  [{ sample_rate: 32_000 }, 'the admin changed the sample rate'],
  [{ layout: 'plain', packet_time_ms: 20 }, 'the admin changed the layout, the packet time'],
  [{ bitrate: 96_000 }, 'the admin changed the bitrate'],
  [{ device: 'hw:XUSB' }, 'the admin changed the device'],
  [{ test_mode: true }, 'the admin changed the test mode'],
] satisfies [Partial<ConsoleSettings>, string][])('%j ends sessions', (changes, reason) => {
  const { setup, store } = setUp();
  expect(setup.change(changes)).toBe(reason);
  expect(setup.settings).toMatchObject(changes);
  expect(store.settings).toMatchObject(changes);
});

test.each([
  { dscp: 0 },
  { warn_loss_percent: 5, adaptive: false },
  { jitter_interpolate_ms: 10 },
  { codec: 'opus', sample_rate: 48_000 },
] satisfies Partial<ConsoleSettings>[])('%j ends none', (changes) => {
  const { setup } = setUp();
  expect(setup.change(changes)).toBeUndefined();
  expect(setup.settings).toMatchObject(changes);
});

test('a device that the file sets comes first and cannot be changed', () => {
  const { setup } = setUp('file:/show.wav');
  expect(setup.device).toBe('file:/show.wav');
  const change = () => setup.change({ device: 'tones:', dscp: 0 });
  expect(change).toThrow(StateError);
  expect(change).toThrow(expect.objectContaining({ code: 'set_in_file' }));
  expect(setup.settings.dscp).toBe(46);
  expect(setup.change({ dscp: 0 })).toBeUndefined();
});

test('thresholds that contradict each other are refused, whichever one is changed', () => {
  const { setup } = setUp();
  expect(() => setup.change({ jitter_interpolate_ms: 201 })).toThrow(InputError);
  expect(() => setup.change({ jitter_drop_ms: 99 })).toThrow(
    'jitter_interpolate_ms must not be above jitter_drop_ms, and 100 is above 99.',
  );
  setup.change({ jitter_interpolate_ms: 300, jitter_drop_ms: 300 });
  expect(setup.settings.jitter_drop_ms).toBe(300);
});

test('thresholds that were written wrong by hand stand in nobody’s way', () => {
  const { store } = setUp();
  store.settings = { ...store.settings, jitter_interpolate_ms: 300 };
  const setup = new ConsoleSetup({ store, device: null });
  expect(setup.change({ codec: 'pcm' })).toBe('the admin changed the codec');
  expect(setup.settings.codec).toBe('pcm');
});

test('a store that fails leaves everything as it was', () => {
  const { setup, store } = setUp();
  store.failure = new UnavailableError('disk full');
  expect(() => setup.change({ codec: 'pcm' })).toThrow('disk full');
  expect(setup.settings.codec).toBe('opus');
  store.failure = new UnavailableError('disk full');
  expect(() => setup.changeChannels([])).toThrow('disk full');
  expect(setup.mapping).toHaveLength(32);
});

test('names and colours end nothing, order and mapping do', () => {
  const { setup } = setUp();
  const named = setup.channels.map((channel) => ({ ...channel, name: `N${channel.id}` }));
  expect(setup.changeChannels(named)).toBeUndefined();
  expect(setup.mapping[4]?.name).toBe('N5');
  const [first, second, ...rest] = named;
  const words = 'the admin changed which channels go out';
  expect(setup.changeChannels([second!, first!, ...rest])).toBe(words);
  const hidden = [second!, { ...first!, mapped: false }, ...rest];
  expect(setup.changeChannels(hidden)).toBe(words);
  expect(setup.mapping.map(({ id }) => id)).toEqual([2, ...rest.map(({ id }) => id)]);
  expect(setup.channels).toHaveLength(32);
});

test('the server’s own step leaves the rate that the admin allows', () => {
  const { setup } = setUp();
  setup.changeRate(44_100);
  expect(setup.settings.sample_rate).toBe(44_100);
  expect(setup.maxRate).toBe(48_000);
  setup.change({ sample_rate: 32_000 });
  expect(setup.maxRate).toBe(32_000);
});
