// The rules' wiring: what settings do to those who publish.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SilentLog } from '../../test/support/silent-log.ts';
import { Closers } from './closers.ts';
import { readConfig } from './config/read-config.ts';
import { openCore } from './core.ts';
import { systemClock } from './system-clock.ts';

let closers = new Closers();

afterEach(async () => {
  await closers.close();
  closers = new Closers();
});

async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'yeoul-test-'));
  closers.add(() => Promise.resolve(rmSync(folder, { recursive: true })));
  const yaml = `webrtc: { host: 127.0.0.1, port: 0 }\ndata: { path: ${join(folder, 'yeoul.db')} }\n`;
  const { config } = readConfig(yaml, 'test.yaml');
  const log = new SilentLog();
  const core = await openCore({ config, log, clock: systemClock, show: () => {} }, closers);
  await core.registry.create('hall', { source: 'publish:' });
  const ends: string[] = [];
  const publish = () =>
    core.points.publish('hall', {
      protocol: 'rtsp',
      remote: '10.0.0.9:4000',
      requestKeyFrame: () => {},
      end: (reason) => {
        ends.push(reason);
        publication.close(reason);
      },
    });
  const publication = publish();
  return { core, ends, publish };
}

test('a publisher is sent away from a stream that is disabled, and may come when it is enabled', async () => {
  const { core, ends, publish } = await start();
  await core.registry.update('hall', { enabled: false });
  expect(ends).toEqual(['the stream was disabled']);
  expect(publish).toThrow('it is disabled');
  await core.registry.update('hall', { enabled: true });
  publish().close('left');
});

test('a publisher is sent away from a stream that gets another source', async () => {
  const { core, ends } = await start();
  await core.registry.update('hall', { name: 'The hall' });
  expect(ends).toEqual([]);
  await core.registry.update('hall', { source: 'test:' });
  expect(ends).toEqual(['the stream has another source now']);
});
