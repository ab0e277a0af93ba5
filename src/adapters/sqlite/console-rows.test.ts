// Whatever stands in the rows, settings and channels come out that the rules can use.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consoleChannels, consoleSettings } from '#contract/console.ts';
import { readChannelRows, readMaxRate, readSettingsRow } from './console-rows.ts';

const cell = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.constantFrom(null, 0, 1, 48_000, 44_100, 5, 'opus', 'red'),
);
const rowOf = (columns: readonly string[]) =>
  fc.record(Object.fromEntries(columns.map((column) => [column, cell])), { requiredKeys: [] });

test('any row gives valid settings, and a highest rate that is not below the rate', () => {
  const row = rowOf([...consoleSettings.keyof().options, 'max_sample_rate']);
  fc.assert(
    fc.property(row, (columns) => {
      const { value } = readSettingsRow(columns);
      expect(consoleSettings.safeParse(value).success).toBe(true);
      expect(readMaxRate(columns)).toBeGreaterThanOrEqual(value.sample_rate);
    }),
  );
});

test('any rows give all 32 channels, once each, those that go out first', () => {
  const row = rowOf(['name', 'color', 'source', 'mapped']);
  const rows = fc.array(fc.tuple(row, fc.integer({ min: -1, max: 34 })), { maxLength: 50 });
  fc.assert(
    fc.property(rows, (all) => {
      const { value } = readChannelRows(all.map(([columns, id]) => ({ ...columns, id })));
      expect(consoleChannels.safeParse(value).success).toBe(true);
      const mapped = value.map((channel) => channel.mapped);
      expect(mapped.lastIndexOf(true)).toBeLessThan(
        mapped.includes(false) ? mapped.indexOf(false) : 32,
      );
    }),
  );
});
