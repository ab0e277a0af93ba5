// What the forms about the console's sound hold, and what of it is sent: only what was changed.

import type { ConsoleSettings } from '#contract/console.ts';

/** As in the form's fields: numbers are text. */
export type SettingsValues = {
  readonly [K in keyof ConsoleSettings]: ConsoleSettings[K] extends boolean
    ? boolean
    : ConsoleSettings[K] extends number
      ? string
      : ConsoleSettings[K];
};

/** Tests hold these lists against the contract, which the bundle must not import. */
export const RATES = ['48000', '44100', '32000', '24000'] as const;
export const PACKET_TIMES = ['2.5', '5', '10', '20'] as const;
const BITRATES = [16, 24, 32, 48, 64, 96, 128, 192, 256];

/** What networks call them (RFC 4594, RFC 3246). */
const DSCP_NAMES: Readonly<Record<number, string>> = {
  46: 'EF',
  48: 'CS6',
  40: 'CS5',
  34: 'AF41',
  32: 'CS4',
  26: 'AF31',
  24: 'CS3',
  18: 'AF21',
  16: 'CS2',
  10: 'AF11',
  8: 'CS1',
  0: 'CS0',
};

/** Whoever listens is interrupted when one of these changes. */
const INTERRUPTING: readonly (keyof ConsoleSettings)[] = [
  'device',
  'sample_rate',
  'codec',
  'layout',
  'packet_time_ms',
  'bitrate',
  'test_mode',
];

export function fillSettings(settings: ConsoleSettings): SettingsValues {
  const entries = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === 'number' ? String(value) : value,
  ]);
  return Object.fromEntries(entries) as SettingsValues;
}

/** What of `draft` differs from what is set. */
export function changedSettings(
  settings: ConsoleSettings,
  draft: Partial<SettingsValues>,
): Partial<ConsoleSettings> {
  const changes = Object.entries(draft).flatMap(([key, value]) => {
    const before = settings[key as keyof ConsoleSettings];
    const after = typeof before === 'number' ? Number(value) : value;
    return after === before ? [] : [[key, after] as const];
  });
  return Object.fromEntries(changes);
}

export function interrupts(changes: Partial<ConsoleSettings>): boolean {
  return INTERRUPTING.some((key) => changes[key] !== undefined);
}

type Choices = readonly (readonly [string, string])[];

/** The usual ones, and the present one if it is none of them. */
export function listDscps(present: string): Choices {
  return withPresent(Object.keys(DSCP_NAMES).map(Number), Number(present))
    .toSorted((a, b) => b - a)
    .map((dscp) => [
      String(dscp),
      [dscp, DSCP_NAMES[dscp]].filter((part) => part !== undefined).join(' · '),
    ]);
}

/** In bit/s. */
export function listBitrates(present: string): Choices {
  return withPresent(
    BITRATES.map((kbps) => kbps * 1_000),
    Number(present),
  )
    .toSorted((a, b) => a - b)
    .map((bitrate) => [String(bitrate), `${bitrate / 1_000} kb/s`]);
}

function withPresent(usual: readonly number[], present: number): number[] {
  return usual.includes(present) ? [...usual] : [...usual, present];
}
