// Listeners in this very process, against a server of the tests' own.

import { afterEach, expect, test } from 'vitest';
import {
  type ScriptedSoundOptions,
  ScriptedSoundServer,
} from '../../test/support/scripted-sound-server.ts';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../app/system-clock.ts';
import { parseListenArguments } from './listen-arguments.ts';
import type { ListenEntry } from './listen-entry.ts';
import { ListenerCrowd } from './listener-crowd.ts';

let server: ScriptedSoundServer;
let crowd: ListenerCrowd;
afterEach(async () => {
  await crowd.close();
  await server.close();
});

async function start(line: string, options: ScriptedSoundOptions & { port?: string } = {}) {
  server = await ScriptedSoundServer.start(options);
  const entries: ListenEntry[] = [];
  const words = line.split(' ').filter((word) => word !== '');
  const environment = { UDP_PORT: options.port ?? '0' };
  const listen = parseListenArguments({ words, environment, didYouMean: () => '' })!;
  const tell = (entry: ListenEntry) => void entries.push(entry);
  crowd = new ListenerCrowd({ server: server.url, listen, clock: systemClock, tell });
  await crowd.start();
  const all = <Type extends ListenEntry['type']>(type: Type) =>
    entries.filter((entry) => entry.type === type) as Extract<ListenEntry, { type: Type }>[];
  return { entries, all };
}

/** A second, and until it has been played. */
async function untilHeard(all: () => unknown[] = () => [1]): Promise<void> {
  const ticks = () => server.listeners.map((listener) => listener.ticks);
  await until(() => ticks().length > 0 && ticks().every((each) => each > 200) && all().length > 0, {
    what: 'a second of sound',
  });
}

test('Only those that decode verify; all of them are told of, one by one and together', async () => {
  const { all } = await start('--count 3 --decode 1 --verify', { format: { compression: 'opus' } });
  await untilHeard(() => all('crowd'));
  await crowd.close();
  expect(crowd.tellResult()).toBe(true);
  expect(all('crowd')[0]).toMatchObject({ listeners: 3, worst: { stats: { loss_percent: 0 } } });
  expect(all('stats')).toEqual([]);
  const summaries = all('summary').map(({ summary }) => summary);
  expect(summaries.map(({ verification }) => verification?.ok)).toEqual([
    ...[true, undefined, undefined],
  ]);
  for (const { packets, latency_p50_ms } of summaries) {
    expect(packets).toBeGreaterThan(200);
    expect(latency_p50_ms).toBeGreaterThanOrEqual(0);
  }
});

test('All that is said is told: sessions, thresholds, configs, events and refusals', async () => {
  const { all, entries } = await start('', { thresholds: { interpolate: 40, drop: 50 } });
  await untilHeard();
  server.say({ type: 'event', payload: { type: 'custom_message', message: 'Five minutes' } });
  server.say({ type: 'error', code: 'too_many_messages', message: 'One too many.' });
  await until(() => all('refusal').length > 0, { what: 'the refusal' });
  expect(entries.slice(0, 4).map(({ type }) => type)).toEqual([
    ...['thresholds', 'session', 'config', 'state'],
  ]);
  expect(all('thresholds')[0]).toMatchObject({ listener: 1, interpolate_ms: 40, drop_ms: 50 });
  expect(all('event')[0]).toMatchObject({ event: { message: 'Five minutes' } });
});

test('When all are sent away, it is over', async () => {
  const { all } = await start('--count 2');
  const over = crowd.untilOver();
  await untilHeard();
  server.closeSockets(4403, 'sent away by the admin');
  await over;
  expect(all('state').filter(({ state }) => state === 'closed')).toHaveLength(2);
});

test('Plain streams take a port each, two apart, and listeners the next ones', async () => {
  const { all } = await start('--count 2 --layout plain --channels 1-3', { port: '21004' });
  await until(() => all('session').length === 2, { what: 'both sessions' });
  const ports = all('session').map(({ udp_port }) => udp_port);
  expect(ports.toSorted()).toEqual([21_004, 21_010]);
});

test('Ports beyond the last one are refused before anything is asked for them', async () => {
  await expect(start('--count 2 --decode 0', { port: '65534' })).rejects.toThrow(
    'Listener 2 would need UDP port 65536. Set UDP_PORT lower, or to 0 for any.',
  );
});
