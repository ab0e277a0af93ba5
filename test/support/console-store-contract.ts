// What every console store keeps to.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConsoleSettings, consoleSettingsDefaults } from '#contract/console.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';

/** Another value than the default for each setting. */
const OTHERS: ConsoleSettings = {
  device: 'hw:XUSB,0',
  sample_rate: 32_000,
  codec: 'pcm24',
  layout: 'plain',
  packet_time_ms: 2.5,
  bitrate: 96_000,
  test_mode: true,
  dscp: 0,
  adaptive: false,
  latency_threshold_ms: 80.5,
  step_down_after_s: 20,
  step_up_after_s: 90,
  warn_loss_percent: 0,
  warn_jitter_ms: 7.5,
  warn_latency_ms: 60,
  jitter_interpolate_ms: 50,
  jitter_drop_ms: 150,
  console_address: '10.0.0.32',
};

interface OpenedStore {
  readonly store: ConsoleStore;
  close(): void;
}

/** `open` opens the same store again after its `close()`, with what is in it. */
export function describeConsoleStore(open: () => OpenedStore): void {
  let opened: OpenedStore;
  let store: ConsoleStore;

  beforeEach(() => {
    opened = open();
    ({ store } = opened);
  });
  afterEach(() => opened.close());

  function reopen(): void {
    opened.close();
    opened = open();
    ({ store } = opened);
  }

  test('a new store has the defaults', () => {
    expect(store.consoleSettings()).toEqual(consoleSettingsDefaults);
    expect(store.maxSampleRate()).toBe(48_000);
  });

  test('a new store has 32 channels, named by their numbers, all of which go out', () => {
    const channels = store.consoleChannels();
    expect(channels.map(({ id }) => id)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
    expect(channels[0]).toEqual({ id: 1, name: 'CH01', color: null, source: null, mapped: true });
    expect(channels[31]).toMatchObject({ name: 'CH32', mapped: true });
  });

  test.each(Object.entries(OTHERS))('%s is kept, and nothing else changes', (key, value) => {
    store.saveConsoleSettings({ [key]: value });
    reopen();
    expect(store.consoleSettings()).toEqual({ ...consoleSettingsDefaults, [key]: value });
  });

  test('many settings are kept at once', () => {
    store.saveConsoleSettings(OTHERS);
    reopen();
    expect(store.consoleSettings()).toEqual(OTHERS);
    store.saveConsoleSettings({});
    expect(store.consoleSettings()).toEqual(OTHERS);
  });

  test('the rate that the admin sets is the highest that the server goes back to', () => {
    store.saveConsoleSettings({ sample_rate: 44_100 });
    store.saveSampleRate(24_000);
    reopen();
    expect(store.consoleSettings().sample_rate).toBe(24_000);
    expect(store.maxSampleRate()).toBe(44_100);
    store.saveConsoleSettings({ bitrate: 96_000 });
    expect(store.maxSampleRate()).toBe(44_100);
    store.saveConsoleSettings({ sample_rate: 32_000 });
    expect(store.maxSampleRate()).toBe(32_000);
  });

  test('channels are kept in their order, those that go out first', () => {
    const [first, second, third, ...others] = store.consoleChannels();
    if (!first || !second || !third) throw new Error('there are 32');
    const hidden = { ...first, mapped: false };
    const named = { ...third, name: "보컬 '1'; --", color: 'red', source: 'AES50 A 3' } as const;
    store.saveConsoleChannels([...others.toReversed(), hidden, named, second]);
    reopen();
    const expected = [...others.toReversed(), named, second, hidden];
    expect(store.consoleChannels()).toEqual(expected);
  });

  test('what was read does not change what is kept', () => {
    Object.assign(store.consoleSettings(), { dscp: 1 });
    Object.assign(store.consoleChannels()[0] ?? {}, { name: 'X' });
    expect(store.consoleSettings().dscp).toBe(46);
    expect(store.consoleChannels()[0]?.name).toBe('CH01');
  });
}
