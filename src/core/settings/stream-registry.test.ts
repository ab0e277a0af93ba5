// The list of streams from file and API: what may be changed, what is kept, what is applied.

import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_STREAMS, streamSettingsDefaults } from '#contract/stream-settings.ts';
import { InputError, StateError, UnavailableError } from '#std/errors.ts';
import { FakeSettingsStore } from '../../../test/support/fake-settings-store.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { type ConfiguredStream, StreamRegistry } from './stream-registry.ts';

const MAIN = 'rtsp://10.0.0.7/main';
const settings = { ...streamSettingsDefaults, source: MAIN };
const byApi = { kind: 'api', file: null, line: null } as const;
const inFile: ConfiguredStream = {
  id: 'gate',
  settings,
  origin: { kind: 'file', file: 'yeoul.yaml', line: 12 },
};
const builtin: ConfiguredStream = {
  id: 'test',
  settings: { ...settings, source: 'test:' },
  origin: { kind: 'builtin', file: null, line: null },
};

let store: FakeSettingsStore;
let log: SilentLog;
let applied: (ConfiguredStream | string)[];

beforeEach(() => {
  store = new FakeSettingsStore();
  log = new SilentLog();
  applied = [];
});

const applier = {
  apply: async (stream: ConfiguredStream) => void applied.push(stream),
  remove: async (streamId: string) => void applied.push(streamId),
};
const open = (configured: readonly ConfiguredStream[] = []) =>
  new StreamRegistry({ configured, store, applier, log });
const idsOf = (registry: StreamRegistry) => registry.list().map(({ id }) => id);

describe('at the start', () => {
  test('streams of file and store are one list, each with its origin', async () => {
    store.saveStream({ id: 'door', settings });
    const registry = open([inFile]);
    await registry.start();
    expect(registry.list()).toEqual([inFile, { id: 'door', settings, origin: byApi }]);
    expect(applied).toEqual(registry.list());
  });

  test('the file comes before the store, and the log says so', () => {
    store.saveStream({ id: 'gate', settings: { ...settings, name: 'old' } });
    expect(open([inFile]).list()).toEqual([inFile]);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'Stream of the file hides one of the database',
        fields: { stream: 'gate', file: 'yeoul.yaml', line: 12 },
      },
    ]);
  });
});

describe('making a stream', () => {
  test('it is completed, kept and applied', async () => {
    const registry = open();
    await registry.create('door', { source: 'rtsp://u:p@10.0.0.7/main', open: 'demand' });
    const full = { ...settings, username: 'u', password: 'p', open: 'demand' };
    expect(store.streams()).toEqual([{ id: 'door', settings: full }]);
    expect(applied).toEqual([{ id: 'door', settings: full, origin: byApi }]);
    expect(idsOf(open())).toEqual(['door']);
  });

  test('an id that is taken is refused with its place', async () => {
    const registry = open([inFile]);
    const create = registry.create('gate', { source: 'test:' });
    await expect(create).rejects.toThrow(StateError);
    await expect(create).rejects.toMatchObject({
      code: 'stream_exists',
      message:
        'There is a stream "gate" already, set in yeoul.yaml, line 12. Take another id, or change that one.',
    });
    expect(applied).toEqual([]);
  });

  test('contradictions are refused in words', async () => {
    const create = open().create('door', { source: 'test:', sub: MAIN });
    await expect(create).rejects.toThrow(
      new InputError('"sub" of stream "door" is for cameras, and source is "test:".'),
    );
    expect(store.streams()).toEqual([]);
  });

  test('there is an end to how many there may be', async () => {
    const many = Array.from({ length: MAX_STREAMS }, (_, at) => ({ ...inFile, id: `s${at}` }));
    const create = open(many).create('door', { source: 'test:' });
    await expect(create).rejects.toMatchObject({ code: 'too_many_streams' });
  });

  test('what cannot be kept is not applied', async () => {
    const registry = open();
    store.failure = new UnavailableError('disk full');
    await expect(registry.create('door', { source: 'test:' })).rejects.toThrow('disk full');
    expect(applied).toEqual([]);
    expect(registry.list()).toEqual([]);
  });
});

describe('changing a stream', () => {
  let registry: StreamRegistry;

  beforeEach(() => {
    const old = { ...settings, username: 'u', password: 'p', name: 'Door', linger: 5 };
    store.saveStream({ id: 'door', settings: { ...old, sub: 'rtsp://10.0.0.7/sub?key=k' } });
    registry = open([inFile]);
  });

  const kept = () => store.streams()[0]?.settings;

  test('what is sent changes, null is default again, and the rest stays', async () => {
    await registry.update('door', { name: null, linger: null, enabled: false });
    expect(kept()).toMatchObject({
      ...{ name: null, linger: 10, enabled: false },
      ...{ source: MAIN, username: 'u', password: 'p' },
    });
    expect(applied).toEqual([{ id: 'door', settings: kept(), origin: byApi }]);
  });

  test('user name and password in a new address take the place of the old ones', async () => {
    await registry.update('door', { source: 'rtsp://new@10.0.0.8/main' });
    expect(kept()).toMatchObject({
      source: 'rtsp://10.0.0.8/main',
      username: 'new',
      password: null,
    });
  });

  test('another path on the same camera keeps them', async () => {
    await registry.update('door', { source: 'rtsp://10.0.0.7/other' });
    expect(kept()).toMatchObject({ username: 'u', password: 'p' });
  });

  test.each([{ source: 'rtsp://10.0.0.8/main' }, { sub: 'rtsp://10.0.0.7:5554/sub' }])(
    'they go to no other host: %o',
    async (changes) => {
      await registry.update('door', changes);
      expect(kept()).toMatchObject({ username: null, password: null });
    },
  );

  test.each(['?', '#', '/', '?x='])(
    'nor to one that only seems to be the same: rtsp://10.0.0.8%s@10.0.0.7/',
    async (between) => {
      await registry.update('door', { source: `rtsp://10.0.0.8${between}@10.0.0.7/main` });
      expect(kept()).toMatchObject({ username: null, password: null });
    },
  );

  test('a new host with credentials of its own gets those', async () => {
    await registry.update('door', { source: 'rtsp://10.0.0.8/main', username: 'n', password: 'q' });
    expect(kept()).toMatchObject({ username: 'n', password: 'q' });
  });

  test('an address that is sent back as it was shown means the one that is kept', async () => {
    await registry.update('door', { sub: 'rtsp://10.0.0.7/sub?key=…', name: 'x' });
    expect(kept()).toMatchObject({ sub: 'rtsp://10.0.0.7/sub?key=k', name: 'x' });
  });

  test('what was the camera’s goes with the camera', async () => {
    await registry.update('door', { source: 'publish:' });
    expect(kept()).toMatchObject({ source: 'publish:', sub: null, username: null, password: null });
  });

  test('contradictions are refused and change nothing', async () => {
    const before = kept();
    await expect(registry.update('door', { username: null })).rejects.toThrow(
      '"password" of stream "door" needs username beside it.',
    );
    expect(kept()).toEqual(before);
  });

  test('a stream of the file is changed in the file', async () => {
    const refusal = {
      code: 'stream_in_file',
      message: 'Stream "gate" is set in yeoul.yaml, line 12. Change it there and restart.',
    };
    await expect(registry.update('gate', { name: 'x' })).rejects.toMatchObject(refusal);
    await expect(registry.remove('gate')).rejects.toMatchObject(refusal);
    expect(applied).toEqual([]);
  });

  test('one of the environment has no line', async () => {
    const origin = { kind: 'file', file: 'YEOUL_STREAMS', line: null } as const;
    await expect(open([{ ...inFile, origin }]).remove('gate')).rejects.toThrow(
      'Stream "gate" is set in YEOUL_STREAMS. Change it there',
    );
  });

  test('one that is not there is not found', async () => {
    const refusal = { code: 'stream_not_found' };
    await expect(registry.update('none', {})).rejects.toMatchObject(refusal);
    await expect(registry.remove('none')).rejects.toMatchObject(refusal);
  });

  test('removed is removed, also after a restart', async () => {
    await registry.remove('door');
    expect(applied).toEqual(['door']);
    expect(idsOf(registry)).toEqual(['gate']);
    expect(idsOf(open([inFile]))).toEqual(['gate']);
    await registry.create('door', { source: 'test:' });
    expect(idsOf(registry)).toEqual(['gate', 'door']);
  });

  test('what cannot be forgotten is not removed', async () => {
    store.failure = new UnavailableError('disk full');
    await expect(registry.remove('door')).rejects.toThrow('disk full');
    expect(idsOf(registry)).toEqual(['gate', 'door']);
  });
});

describe('the built-in stream', () => {
  test('does not come back after it was removed', async () => {
    await open([builtin]).remove('test');
    expect(applied).toEqual(['test']);
    expect(open([builtin]).list()).toEqual([]);
  });

  test('is one of the API once it was changed', async () => {
    await open([builtin]).update('test', { name: 'Mine' });
    expect(open([builtin]).list()).toMatchObject([
      { id: 'test', settings: { name: 'Mine' }, origin: byApi },
    ]);
  });

  test('goes for good when it is removed after it was changed', async () => {
    const registry = open([builtin]);
    await registry.update('test', { name: 'Mine' });
    await registry.remove('test');
    expect(open([builtin]).list()).toEqual([]);
  });
});

describe('a preview', () => {
  test('of a new stream needs its source', () => {
    expect(open().preview(undefined, { source: MAIN })).toEqual(settings);
    expect(() => open().preview(undefined, { name: 'x' })).toThrow('"source" is missing');
    expect(() => open().preview(undefined, { source: 'test:', sub: MAIN })).toThrow(
      '"sub" of the stream is for cameras',
    );
  });

  test('of one that is there has its password, also of one in the file', () => {
    const gate = { ...inFile, settings: { ...settings, username: 'u', password: 'p' } };
    const registry = open([gate]);
    expect(registry.preview('gate', { transport: 'udp' })).toEqual({
      ...gate.settings,
      transport: 'udp',
    });
    expect(applied).toEqual([]);
    expect(() => registry.preview('none', {})).toThrow('There is no stream "none"');
  });
});
