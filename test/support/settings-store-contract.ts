// What every settings store keeps to.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import type { SettingsStore } from '#core/ports/settings-store.ts';

const gate = { ...streamSettingsDefaults, source: 'rtsp://10.0.0.7/main' };

/** `open` opens the same store again after its `close()`, with what is in it. */
export function describeSettingsStore(open: () => SettingsStore): void {
  let store: SettingsStore;

  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());

  function reopen(): void {
    store.close();
    store = open();
  }

  test('a new store is empty', () => {
    expect(store.streams()).toEqual([]);
    expect(store.value('anything')).toBeUndefined();
  });

  test('streams are kept with all of their settings, in the order in which they were made', () => {
    const full = { ...gate, name: '정문 "1"', username: 'admin', password: "p'; --", linger: 0 };
    store.saveStream({ id: 'zebra', settings: full });
    store.saveStream({ id: 'apple', settings: gate });
    reopen();
    expect(store.streams()).toEqual([
      { id: 'zebra', settings: full },
      { id: 'apple', settings: gate },
    ]);
  });

  test('a stream that is saved again keeps its place', () => {
    store.saveStream({ id: 'a', settings: gate });
    store.saveStream({ id: 'b', settings: gate });
    store.saveStream({ id: 'a', settings: { ...gate, enabled: false } });
    reopen();
    expect(store.streams().map(({ id, settings }) => [id, settings.enabled])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  test('a stream that is removed is gone, and removing it again does nothing', () => {
    store.saveStream({ id: 'a', settings: gate });
    store.saveStream({ id: 'b', settings: gate });
    store.removeStream('a');
    store.removeStream('a');
    reopen();
    expect(store.streams().map(({ id }) => id)).toEqual(['b']);
  });

  test('ids differ by case', () => {
    store.saveStream({ id: 'Gate', settings: gate });
    store.saveStream({ id: 'gate', settings: gate });
    expect(store.streams()).toHaveLength(2);
  });

  test('what was read does not change what is kept', () => {
    store.saveStream({ id: 'a', settings: gate });
    Object.assign(store.streams()[0]!.settings, { source: 'test:' });
    expect(store.streams()[0]?.settings.source).toBe(gate.source);
  });

  test('values are kept and replaced', () => {
    store.saveValues({ one: '1', two: '' });
    store.saveValues({ one: 'eins', three: "'3'" });
    reopen();
    expect(['one', 'two', 'three'].map((key) => store.value(key))).toEqual(['eins', '', "'3'"]);
  });

  test('closing it twice is closing it', () => {
    store.close();
    expect(() => store.close()).not.toThrow();
  });
}
