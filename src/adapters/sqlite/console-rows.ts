// What the rows of the console's tables mean, whatever somebody has written there by hand: what makes
// no sense is read as the nearest thing that does, else as what is usual.

import type { SQLOutputValue } from 'node:sqlite';
import {
  type ConsoleChannel,
  type ConsoleSettings,
  consoleChannel,
  consoleSettings,
  consoleSettingsDefaults,
} from '#contract/console.ts';
import { PACKET_TIMES_MS, SAMPLE_RATES, type SampleRate, sampleRate } from '#contract/sound.ts';
import { createDefaultChannels } from '#core/console/default-channels.ts';

export type Row = Readonly<Record<string, SQLOutputValue | undefined>>;

interface Reading<Value> {
  readonly value: Value;
  /** What was read as something else, for people. */
  readonly faults: readonly string[];
}

/** Columns in which something near is better than what is usual. */
const NEAREST: Readonly<Record<string, readonly number[]>> = {
  sample_rate: SAMPLE_RATES,
  packet_time_ms: PACKET_TIMES_MS,
};

/** Without a row, all is as usual. */
export function readSettingsRow(row: Row | undefined): Reading<ConsoleSettings> {
  if (!row) return { value: { ...consoleSettingsDefaults }, faults: ['no row is active'] };
  const { value, faults } = mend(row, consoleSettings.shape, consoleSettingsDefaults);
  return { value: consoleSettings.parse(value), faults };
}

/** Whoever raises the rate by hand has raised the most that there may be, too. */
export function readMaxRate(row: Row | undefined): SampleRate {
  const rate = readSettingsRow(row).value.sample_rate;
  const kept = sampleRate.safeParse(row?.['max_sample_rate']);
  return kept.success && kept.data > rate ? kept.data : rate;
}

/** In the order of the rows, but those that go out first. */
export function readChannelRows(rows: readonly Row[]): Reading<ConsoleChannel[]> {
  const usual = new Map(createDefaultChannels().map((channel) => [channel.id, channel]));
  const found = new Map<number, ConsoleChannel>();
  const faults: string[] = [];
  for (const row of rows) {
    const id = Number(row['id']);
    const otherwise = usual.get(id);
    // The console has no such channel.
    if (!otherwise) continue;
    const { value, faults: some } = mend(row, consoleChannel.shape, { ...otherwise });
    faults.push(...some.map((fault) => `channel ${id}: ${fault}`));
    found.set(id, consoleChannel.parse(value));
  }
  const missing = [...usual.values()].filter(({ id }) => !found.has(id));
  faults.push(...missing.map(({ id }) => `channel ${id} has no row`));
  const all = [...found.values(), ...missing];
  const value = all.toSorted((one, other) => Number(other.mapped) - Number(one.mapped));
  return { value, faults };
}

interface Schema {
  safeParse(value: unknown): { readonly success: boolean };
}

function mend(
  row: Row,
  shape: Readonly<Record<string, Schema>>,
  usual: Readonly<Record<string, unknown>>,
): Reading<Record<string, unknown>> {
  const value: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [key, schema] of Object.entries(shape)) {
    const kept = typeof usual[key] === 'boolean' ? toBoolean(row[key]) : row[key];
    const isValid = schema.safeParse(kept).success;
    value[key] = isValid ? kept : (findNearest(NEAREST[key], kept) ?? usual[key]);
    if (!isValid) faults.push(`${key} is ${row[key]} and is read as ${value[key]}`);
  }
  return { value, faults };
}

function toBoolean(kept: SQLOutputValue | undefined): boolean | undefined {
  return kept === 0 || kept === 1 ? kept === 1 : undefined;
}

function findNearest(values: readonly number[] | undefined, kept: unknown): number | undefined {
  if (typeof kept !== 'number') return undefined;
  const distanceTo = (value: number) => Math.abs(value - kept);
  return values?.toSorted((one, other) => distanceTo(one) - distanceTo(other))[0];
}
