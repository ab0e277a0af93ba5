// The export as YAML: what is read from it is what there was, but for secrets.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import { formatStreams } from './format-streams.ts';
import { readConfig } from './read-config.ts';

const origin = { kind: 'api', file: null, line: null } as const;
const gate = { ...streamSettingsDefaults, source: 'rtsp://10.0.0.7/main' };

test('only what is not default is there, and a comment where a password belongs', () => {
  const settings = { ...gate, username: 'admin', password: 'hunter2', open: 'demand' as const };
  const text = formatStreams([
    { id: 'gate', settings, origin },
    { id: '2', settings: { ...streamSettingsDefaults, source: 'test:' }, origin },
  ]);
  expect(text).toBe(`streams:
  gate:
    source: rtsp://10.0.0.7/main
    username: admin
    open: demand
    # password: it is set, and left out here.
  "2":
    source: "test:"
`);
});

test('a password in the path is left out, with a comment', () => {
  const settings = { ...gate, sub: 'rtsp://10.0.0.7/sub?user=a&password=hunter2' };
  const text = formatStreams([{ id: 'gate', settings, origin }]);
  expect(text).not.toContain('hunter2');
  expect(text).toContain('    # sub: what stands for "…" is left out here.\n');
});

test('no streams are an empty mapping', () => {
  expect(formatStreams([])).toBe('streams: {}\n');
});

test('what is read from it is what there was', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/);
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 });
  const oneLine = name.filter((text) => /^\P{Cc}+$/u.test(text) && text.isWellFormed());
  const settings = fc.record({
    name: fc.option(oneLine),
    username: fc.option(oneLine),
    linger: fc.integer({ min: 0, max: 3600 }),
    enabled: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.dictionary(id, settings, { minKeys: 1 }), (byId) => {
      const streams = Object.entries(byId).map(([key, some]) => ({
        id: key,
        settings: { ...gate, ...some },
        origin,
      }));
      const read = readConfig(formatStreams(streams), 'yeoul.yaml').config.streams;
      const bySettings = (list: readonly { id: string; settings: unknown }[]) =>
        Object.fromEntries(list.map((each) => [each.id, each.settings]));
      expect(bySettings(read)).toEqual(bySettings(streams));
    }),
  );
});
