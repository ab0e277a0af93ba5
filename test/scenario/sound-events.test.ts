// Every kind of event really comes to a listener, for the reason that it stands for.

import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SHUFFLED } from '../support/shuffled-mapping.ts';
import { SoundListener } from '../support/sound-listener.ts';
import { until } from '../support/until.ts';

const CRASHER = fileURLToPath(new URL('../support/crash-sound-thread.ts', import.meta.url));

let server: ServerProcess;
let admin: ConsoleAdmin;
const listeners: SoundListener[] = [];

beforeEach(async () => {
  const nodeFlags = ['--import', CRASHER];
  server = await ServerProcess.start({ console: 'device: "test:"', yaml: ADMIN_YAML, nodeFlags });
  admin = new ConsoleAdmin(server);
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.close();
  await server.dispose();
});

async function listen(): Promise<SoundListener> {
  const listener = await SoundListener.open(server.url);
  listeners.push(listener);
  await until(() => listener.packets.length > 0, { what: 'sound' });
  return listener;
}

const event = async (listener: SoundListener) => (await listener.socket.get('event')).payload;

test('config_changed comes to all when the sample rate is changed, with the new one', async () => {
  const all = [await listen(), await listen()];
  await admin.change({ sample_rate: 32_000 });
  for (const listener of all) {
    expect(await event(listener)).toEqual({
      type: 'config_changed',
      reason: expect.stringMatching(/sample rate/),
      new_sample_rate: 32_000,
    });
    const heard = listener.packets.length;
    expect(await listener.socket.untilClosed()).toMatchObject({ code: 4410 });
    // What was on its way may come yet; the second until then has 400 packets.
    expect(listener.packets.length).toBeLessThan(heard + 200);
  }
  expect((await listen()).config.sample_rate).toBe(32_000);
});

test('config_changed comes when other channels go out, and not when one is renamed', async () => {
  const listener = await listen();
  const { channels } = await admin.view();
  await admin.setChannels(channels.map((channel) => ({ ...channel, name: `Voice ${channel.id}` })));
  await admin.map(SHUFFLED);
  expect(await event(listener)).toEqual({
    type: 'config_changed',
    reason: 'the admin changed which channels go out',
  });
  expect(listener.events).toHaveLength(1);
  const next = await listen();
  expect(next.config.channels.slice(0, 2)).toEqual(
    SHUFFLED.slice(0, 2).map((id) => ({ id, name: `Voice ${id}` })),
  );
});

test('custom_message comes to one listener, or to all', async () => {
  const [one, other] = [await listen(), await listen()];
  await admin.tell('Only you', one.id);
  await admin.tell('다섯 분 남았습니다');
  await one.socket.get('event', 2);
  await other.socket.get('event');
  const forAll = { type: 'custom_message', message: '다섯 분 남았습니다' };
  expect(one.events).toEqual([{ type: 'custom_message', message: 'Only you' }, forAll]);
  expect(other.events).toEqual([forAll]);
});

test('network_warning names each figure that is too high, and its threshold', async () => {
  const listener = await listen();
  const counts = { packets_received: 950, packets_expected: 1_000 };
  await listener.report({ ...counts, jitter_ms: 7.5, latency_ms: 80 });
  await listener.socket.get('event', 3);
  const warning = { type: 'network_warning' };
  expect(listener.events).toEqual([
    { ...warning, metric: 'packet_loss_rate', value: 5, threshold: 1 },
    { ...warning, metric: 'jitter_ms', value: 7.5, threshold: 5 },
    { ...warning, metric: 'latency_ms', value: 80, threshold: 50 },
  ]);
});

test('server_shutdown comes before the server ends', async () => {
  const listener = await listen();
  expect(await server.stop('SIGTERM')).toBe(0);
  expect(await event(listener)).toMatchObject({ type: 'server_shutdown' });
  expect(await listener.socket.untilClosed()).toMatchObject({ code: 1001 });
});

test('reconnect comes when the sound engine had to start again, and then there is sound', async () => {
  const listener = await listen();
  process.kill(server.pid, 'SIGUSR2');
  expect(await event(listener)).toMatchObject({ type: 'reconnect' });
  await listen();
  expect(server.output).toMatch('broken on purpose');
});
