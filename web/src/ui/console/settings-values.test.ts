// Which changes of the console's settings are sent, and which of them interrupt listeners.

import { expect, test } from 'vitest';
import {
  CHANNEL_COLORS,
  type ConsoleSettings,
  consoleSettings,
  consoleSettingsDefaults as defaults,
} from '#contract/console.ts';
import { MAX_TEXT_CHARACTERS } from '#contract/listening.ts';
import { MAX_CHANNEL_NAME_CHARACTERS, PACKET_TIMES_MS, SAMPLE_RATES } from '#contract/sound.ts';
import { ConsoleSetup } from '#core/console/console-setup.ts';
import { FakeConsoleStore } from '../../../../test/support/fake-console-store.ts';
import { words } from '../words.ts';
import {
  changedSettings,
  fillSettings,
  interrupts,
  listBitrates,
  listDscps,
  PACKET_TIMES,
  RATES,
} from './settings-values.ts';
import { MAX_MESSAGE_CHARACTERS, MAX_NAME_CHARACTERS } from './text-limits.ts';

/** Another value for each setting. */
const others: ConsoleSettings = {
  device: 'tones:',
  sample_rate: 32_000,
  codec: 'pcm',
  layout: 'plain',
  packet_time_ms: 2.5,
  bitrate: 96_000,
  test_mode: true,
  dscp: 34,
  adaptive: false,
  latency_threshold_ms: 90,
  step_down_after_s: 11,
  step_up_after_s: 61,
  warn_loss_percent: 0.5,
  warn_jitter_ms: 6,
  warn_latency_ms: 51,
  jitter_interpolate_ms: 90,
  jitter_drop_ms: 210,
  console_address: '10.0.0.5',
};

test('Texts may be as long as the contract lets them', () => {
  expect(MAX_NAME_CHARACTERS).toBe(MAX_CHANNEL_NAME_CHARACTERS);
  expect(MAX_MESSAGE_CHARACTERS).toBe(MAX_TEXT_CHARACTERS);
});

test('The choices are those of the contract', () => {
  expect(RATES.map(Number)).toEqual([...SAMPLE_RATES]);
  expect(PACKET_TIMES.map(Number)).toEqual([...PACKET_TIMES_MS]);
  const { none: _, ...colors } = words.en.console.channels.colors;
  expect(Object.keys(colors)).toEqual([...CHANNEL_COLORS]);
  const { codec, layout } = consoleSettings.shape;
  expect(Object.keys(words.en.console.format.codecs)).toEqual(codec.options);
  expect(Object.keys(words.en.console.format.layouts)).toEqual(layout.options);
});

test('A form that was only filled changes nothing, and one that was filled anew changes all', () => {
  expect(changedSettings(defaults, fillSettings(defaults))).toEqual({});
  expect(changedSettings(defaults, fillSettings(others))).toEqual(others);
});

test('Only what differs is sent', () => {
  const draft = { packet_time_ms: '2.5', dscp: '46', codec: 'opus', adaptive: false } as const;
  expect(changedSettings(defaults, draft)).toEqual({ packet_time_ms: 2.5, adaptive: false });
});

test.each(Object.entries(others))(
  'Whether %s interrupts listeners is said as the server does it',
  (key, value) => {
    const setup = new ConsoleSetup({ store: new FakeConsoleStore(), device: null });
    expect(interrupts({ [key]: value })).toBe(setup.change({ [key]: value }) !== undefined);
  },
);

test('DSCPs have their names, and one without a name is there while it is set', () => {
  expect(listDscps('46')).toContainEqual(['46', '46 · EF']);
  expect(listDscps('34')).toContainEqual(['34', '34 · AF41']);
  expect(listDscps('46').map(([value]) => value)).not.toContain('47');
  expect(listDscps('47').slice(0, 3)).toEqual([
    ['48', '48 · CS6'],
    ['47', '47'],
    ['46', '46 · EF'],
  ]);
});

test('Bitrates are those that the contract takes, and the present one', () => {
  for (const [bitrate] of listBitrates('64000')) {
    expect(consoleSettings.shape.bitrate.parse(Number(bitrate))).toBe(Number(bitrate));
  }
  expect(listBitrates('58800')).toContainEqual(['58800', '58.8 kb/s']);
});
