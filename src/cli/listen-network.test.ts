// The command as a process on networks that lose and delay, and with servers that change and go away.

import { afterEach, describe, expect, test } from 'vitest';
import { ListenCommand } from '../../test/support/listen-command.ts';
import {
  type ScriptedSoundOptions,
  ScriptedSoundServer,
} from '../../test/support/scripted-sound-server.ts';
import { until } from '../../test/support/until.ts';

let server: ScriptedSoundServer;
let child: ListenCommand;
afterEach(async () => {
  await child.dispose();
  await server.close();
});

async function listen(
  options: ScriptedSoundOptions & {
    flags?: readonly string[];
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  server = await ScriptedSoundServer.start(options);
  child = run(options.flags, options.env);
}

function run(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return new ListenCommand({ flags: ['--server', server.url, '--json', ...flags], env });
}

/** Three of a hundred. */
const drop = (index: number) => [10, 43, 76].includes(index % 100);

test('three lost packets of a hundred are 3 %, to the packet, and are reported as such', async () => {
  await listen({ drop, flags: ['--seconds', '8'] });
  expect(await child.end()).toBe(0);
  const { summary } = await child.get('summary');
  const sent = Array.from({ length: summary.expected }, (_, index) => index);
  expect(summary.lost).toBe(sent.filter(drop).length);
  expect(summary.packets).toBe(summary.expected - summary.lost);
  expect(summary.strays).toBe(0);
  const [report] = server.reports;
  expect(report).toMatchObject({ client_id: 'ear-1' });
  const { packet_loss_rate, packets_expected, packets_received, ...rest } = report!.metrics;
  expect(packet_loss_rate).toBeGreaterThan(2.7);
  expect(packet_loss_rate).toBeLessThan(3.3);
  expect(1 - packets_received! / packets_expected!).toBeCloseTo(packet_loss_rate! / 100, 4);
  expect(rest['concealed']).toBeGreaterThan(20);
  // 400 packets a second of some 750 bytes.
  expect(rest['bandwidth_mbps']).toBeGreaterThan(2);
  expect(rest['bandwidth_mbps']).toBeLessThan(3);
  for (const name of ['jitter_ms', 'latency_ms', 'latency_p95_ms', 'dropped', 'buffer_ms']) {
    expect(rest[name]).toBeGreaterThanOrEqual(0);
  }
});

test('a forced delay is in the latency, by whatever clock the server goes', async () => {
  await listen({
    clockOffsetMs: 3_600_000,
    env: { FORCE_DELAY_MS: '80' },
    flags: ['--seconds', '3'],
  });
  await child.end();
  const { summary } = await child.get('summary');
  expect(summary.latency_p50_ms).toBeGreaterThanOrEqual(79);
  expect(summary.latency_p50_ms).toBeLessThan(140);
});

test('thresholds of the environment come before the server’s, and those before 100 and 200', async () => {
  await listen({ thresholds: { interpolate: 30, drop: 60 } });
  expect(await child.get('thresholds')).toMatchObject({ interpolate_ms: 30, drop_ms: 60 });
  await child.dispose();
  child = run([], { JITTER_INTERPOLATE_MS: '7' });
  expect(await child.get('thresholds')).toMatchObject({ interpolate_ms: 7, drop_ms: 60 });
  await child.dispose();
  await server.close();
  await listen();
  expect(await child.get('thresholds')).toMatchObject({ interpolate_ms: 100, drop_ms: 200 });
});

test('what is later than the threshold is dropped, and counted', async () => {
  await listen({ env: { JITTER_DROP_MS: '0' }, flags: ['--seconds', '2'] });
  await child.end();
  const { summary } = await child.get('summary');
  expect(summary.dropped).toBeGreaterThan(summary.packets / 2);
});

test('the steps are taken in order, and heartbeats and questions for the time follow', async () => {
  await listen({ flags: ['--channels', '2-3', '--rate', '44100', '--compression', 'pcm'] });
  await until(() => server.steps.includes('heartbeat'), { what: 'a heartbeat' });
  // The command itself looks first for how many ports it needs.
  expect(server.steps).toEqual([
    'GET /audio-meta',
    'GET /audio-meta',
    'GET /jitter-thresholds',
    'socket',
    'GET /request-audio',
    'client_config',
    'heartbeat',
  ]);
  const [listener] = server.listeners;
  expect(listener?.messages.find(({ type }) => type === 'client_config')?.['payload']).toEqual({
    channels: [{ id: 2 }, { id: 3 }],
    sample_rate: 44_100,
    compression: 'pcm',
  });
  const heartbeat = listener?.messages.find(({ type }) => type === 'heartbeat');
  expect(Date.parse(String(heartbeat?.['timestamp']))).toBeGreaterThan(Date.now() - 30_000);
  expect(listener?.messages.filter(({ type }) => type === 'ntp_request').length).toBeGreaterThan(7);
});

describe('it comes back', () => {
  test('at once after config_changed, with what is new', async () => {
    await listen({ flags: ['--verify'] });
    await child.get('config');
    server.format = { compression: 'opus', rate: 48_000, channels: [5], packetMs: 10 };
    server.endSessions({ type: 'config_changed', reason: 'the admin changed the codec' });
    const second = await child.get('config', 2);
    expect(second).toMatchObject({ config: { compression: 'opus', packet_time_ms: 10 } });
    const [event] = child.all('event');
    expect(event).toMatchObject({ event: { reason: 'the admin changed the codec' } });
    expect(server.steps.filter((step) => step === 'GET /audio-meta').length).toBeGreaterThan(2);
    await until(() => (server.listeners[1]?.ticks ?? 0) > 100, { what: 'a second of sound' });
    child.signal('SIGTERM');
    expect(await child.end()).toBe(0);
  });

  test.each(['reconnect', 'server_shutdown'])('after %s, when the server is back', async (type) => {
    await listen();
    await child.get('config');
    server.endSessions({ type, reason: 'the server restarts' });
    await child.get('event');
    await server.hangUp();
    const waits = () => child.all('state').filter(({ state }) => state === 'waiting');
    await until(() => waits().length > 2, { what: 'two attempts in vain' });
    await server.listen();
    await child.get('config', 2);
    expect(server.listeners).toHaveLength(2);
  });

  test('not when it was sent away: then it ends', async () => {
    await listen();
    await child.get('config');
    server.closeSockets(4403, 'sent away by the admin');
    await child.end();
    expect(child.all('state').at(-1)).toMatchObject({
      state: 'closed',
      reason: 'sent away by the admin',
    });
  });

  test('again and again where there are too many, and says why', async () => {
    await listen({ maxListeners: 0 });
    expect(await child.get('state')).toMatchObject({
      state: 'waiting',
      reason: 'There are 20 listeners, as many as may be.',
    });
    await until(() => server.steps.filter((step) => step === 'socket').length > 1, {
      what: 'a second attempt',
    });
  });
});
