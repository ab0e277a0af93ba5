// The server's sample rate goes down a step at a time while the link is bad for most, and up again when it
// is well; it is kept in the database, and all are back by themselves.

import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { BadAir } from '../support/bad-air.ts';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { ListenProcess } from '../support/listen-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const DELAY_MS = 150;
const STEP_WITHIN_MS = 40_000;
const BACK_WITHIN_MS = 2_000;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What the active row says, whatever the server has in memory. */
function keptRate({ databasePath }: ServerProcess): unknown {
  const database = new DatabaseSync(databasePath, { readOnly: true });
  try {
    return database.prepare('SELECT sample_rate FROM audio_config WHERE active = 1').get()?.[
      'sample_rate'
    ];
  } finally {
    database.close();
  }
}

/** How long each change of the rate has kept a listener without a new configuration. */
function awayMs(client: ListenProcess): number[] {
  return client.all('event').flatMap(({ event, time, listener }) => {
    if (event.type !== 'config_changed') return [];
    const isBack = (config: { time: string; listener: number }) =>
      config.listener === listener && config.time > time;
    const back = client.all('config').find(isBack);
    return [back ? Date.parse(back.time) - Date.parse(time) : Infinity];
  });
}

test('the rate steps down for most listeners’ sake and up again, and all are back within 2 s', async () => {
  const server = await ServerProcess.start({ console: 'device: "tones:"', yaml: ADMIN_YAML });
  endings.push(() => server.dispose());
  await new ConsoleAdmin(server).change({ step_down_after_s: 1, step_up_after_s: 1 });
  const air = await BadAir.open(server);
  endings.push(() => air.close());
  air.delayMs = DELAY_MS;
  const far = new ListenProcess(air.url, '--count', '2', '--decode', '0');
  const near = new ListenProcess(server.url, '--decode', '0');
  endings.push(
    () => far.stop(),
    () => near.stop(),
  );
  const reaches = (rate: number) =>
    until(() => keptRate(server) === rate, { what: `${rate} Hz`, withinMs: STEP_WITHIN_MS });
  await reaches(44_100);
  await reaches(32_000);
  air.delayMs = 0;
  await reaches(44_100);
  await reaches(48_000);
  const rates = (client: ListenProcess) =>
    client
      .all('config')
      .flatMap(({ config, listener }) => (listener === 1 ? [config.sample_rate] : []));
  const away = () => [...awayMs(far), ...awayMs(near)];
  await until(() => away().length === 12 && away().every(Number.isFinite), {
    what: 'all to be back',
  });

  for (const client of [far, near]) {
    const changes = client
      .all('event')
      .flatMap(({ event, listener }) =>
        event.type === 'config_changed' && listener === 1 ? [event] : [],
      );
    const lowered = { type: 'config_changed', reason: 'latency too high, lowering sample rate' };
    const raised = { type: 'config_changed', reason: 'latency low again, raising sample rate' };
    expect(changes).toEqual([
      { ...lowered, new_sample_rate: 44_100 },
      { ...lowered, new_sample_rate: 32_000 },
      { ...raised, new_sample_rate: 44_100 },
      { ...raised, new_sample_rate: 48_000 },
    ]);
    // Within a session there may be several, for longer packets.
    expect([...new Set(rates(client))]).toEqual([48_000, 44_100, 32_000]);
  }
  expect(Math.max(...away())).toBeLessThan(BACK_WITHIN_MS);
}, 150_000);
