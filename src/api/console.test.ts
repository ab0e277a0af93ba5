// The console by HTTP: what its admin sees and changes, and what nobody else does.

import { beforeEach, expect, test } from 'vitest';
import {
  consoleImport,
  consoleView,
  deviceList,
  joinCodeList,
  listenerList,
  listenerView,
} from '#contract/console.ts';
import { ADMIN, FakeServices } from '../../test/support/fake-services.ts';
import type { FakeSound } from '../../test/support/fake-sound.ts';
import { createApi } from './server.ts';

type Method = 'GET' | 'PATCH' | 'PUT' | 'POST' | 'DELETE';

let services: FakeServices;
let sound: FakeSound;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  sound = services.sound!;
  app = createApi(services);
});

function ask(method: Method, path = '', payload?: object) {
  const body = payload === undefined ? {} : { payload };
  return app.inject({ method, url: `/api/v1/console${path}`, headers: ADMIN, ...body });
}

const routes: [Method, string, object?][] = [
  ['GET', ''],
  ['PATCH', '', { test_mode: true }],
  ['PUT', '/channels', { channels: [] }],
  ['GET', '/devices'],
  ['GET', '/join-codes'],
  ['POST', '/import', { address: '10.0.0.5' }],
  ['GET', '/listeners'],
  ['GET', '/listeners/ear-1'],
  ['DELETE', '/listeners/ear-1'],
  ['POST', '/messages', { message: 'x' }],
];

test.each(routes)('%s %s needs the admin secret', async (method, path, payload) => {
  const url = `/api/v1/console${path}`;
  const answer = await app.inject({ method, url, ...(payload && { payload }) });
  expect(answer.json()).toMatchObject({ code: 'admin_secret_needed' });
  const headers = { ...ADMIN, 'sec-fetch-site': 'cross-site' };
  const foreign = await app.inject({ method, url, headers, ...(payload && { payload }) });
  expect(foreign.json()).toMatchObject({ code: 'cross_site' });
  expect(sound.asked).toEqual([]);
});

test.each(routes)('%s %s is not found where the console is off', async (method, path, payload) => {
  services.sound = undefined;
  const valid = path === '/channels' ? { channels: sound.view.channels } : payload;
  expect((await ask(method, path, valid)).json()).toMatchObject({
    code: 'not_found',
    detail: expect.stringContaining('console.enabled'),
  });
});

test('the console is shown', async () => {
  expect(consoleView.parse((await ask('GET')).json())).toEqual(sound.view);
});

test('only the settings that are sent change, and the new console is the answer', async () => {
  const changes = { codec: 'pcm', packet_time_ms: 2.5, dscp: 34 };
  const answer = await ask('PATCH', '', changes);
  expect(sound.asked).toEqual([['settings', changes]]);
  expect(consoleView.parse(answer.json()).settings).toMatchObject({
    ...changes,
    sample_rate: 48_000,
    test_mode: false,
  });
});

test.each([
  [{ sample_rate: 22_050 }, 'sample_rate'],
  [{ packet_time_ms: 3 }, 'packet_time_ms'],
  [{ dscp: 64 }, 'dscp'],
  [{ device: 'file:/etc/passwd' }, 'device'],
  [{ device: 'hw:XUSB,0 plug' }, 'device'],
  [{ bitrate: null }, 'bitrate'],
  [{ console_address: 'a b' }, 'console_address'],
  [{ volume: 11 }, 'volume'],
])('settings %j are refused, and the key is named', async (changes, key) => {
  expect((await ask('PATCH', '', changes)).json()).toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining(`"${key}"`),
  });
  expect(sound.asked).toEqual([]);
});

test('a device that the file sets is not changed here', async () => {
  sound.view = { ...sound.view, device_from_file: true };
  expect((await ask('PATCH', '', { device: 'test:' })).json()).toMatchObject({
    code: 'set_in_file',
    status: 409,
  });
});

test('all channels are set at once, in the order in which they go out', async () => {
  const channels = sound.view.channels
    .toReversed()
    .map((channel) => ({ ...channel, mapped: channel.id % 2 === 0 }));
  const answer = await ask('PUT', '/channels', { channels });
  expect(consoleView.parse(answer.json()).channels).toEqual(channels);
});

test('31 channels, one twice, or one without a name that can be shown are refused', async () => {
  const { channels } = sound.view;
  const wrong = [
    channels.slice(1),
    channels.with(3, channels[4]!),
    channels.with(3, { ...channels[3]!, name: '  ' }),
    channels.with(3, { ...channels[3]!, id: 33 }),
    channels.with(3, { ...channels[3]!, name: 'x'.repeat(33) }),
    channels.with(3, { ...channels[3]!, name: 'Kick\0' }),
    channels.with(3, { ...channels[3]!, name: 'Kick\u001b[2J' }),
    channels.with(3, { ...channels[3]!, name: '\u202ekciK' }),
    channels.with(3, { ...channels[3]!, name: '\ud800' }),
    channels.with(3, { ...channels[3]!, source: 'AES50\nA 3' }),
  ];
  for (const list of wrong) {
    const answer = await ask('PUT', '/channels', { channels: list });
    expect(answer.json()).toMatchObject({ code: 'invalid_input' });
  }
  expect(sound.asked).toEqual([]);
});

test('each address has its code for phones', async () => {
  const { codes } = joinCodeList.parse((await ask('GET', '/join-codes')).json());
  expect(codes).toEqual(sound.joinCodes());
});

test('devices are listed, and names are read from the console', async () => {
  expect(deviceList.parse((await ask('GET', '/devices')).json()).devices).toHaveLength(1);
  const answer = await ask('POST', '/import', { address: '10.0.0.5' });
  expect(consoleImport.parse(answer.json())).toMatchObject({
    console: { model: 'M32', address: '10.0.0.5' },
  });
  expect((await ask('POST', '/import', { address: '' })).statusCode).toBe(400);
  const unreachable = await ask('POST', '/import', { address: '10.0.0.99' });
  expect(unreachable.json()).toMatchObject({ code: 'console_unreachable', status: 503 });
});

test('listeners are listed, shown one by one and sent away', async () => {
  expect(listenerList.parse((await ask('GET', '/listeners')).json()).listeners).toHaveLength(1);
  const one = await ask('GET', '/listeners/ear-1');
  expect(listenerView.parse(one.json())).toEqual(sound.listenerList[0]);
  expect((await ask('DELETE', '/listeners/ear-1')).statusCode).toBe(204);
  for (const method of ['GET', 'DELETE'] as const) {
    const answer = await ask(method, '/listeners/ear-1');
    expect(answer.json()).toMatchObject({ code: 'listener_not_found', status: 404 });
  }
});

test('a message goes to all listeners or to one, and who is told is counted', async () => {
  const all = await ask('POST', '/messages', { message: ' Five minutes ' });
  expect(all.json()).toEqual({ listeners: 1 });
  await ask('POST', '/messages', { message: 'You', client_id: 'ear-1' });
  expect(sound.asked).toEqual([
    ['message', 'Five minutes', undefined],
    ['message', 'You', 'ear-1'],
  ]);
  const nobody = await ask('POST', '/messages', { message: 'x', client_id: 'nobody' });
  expect(nobody.json()).toMatchObject({ code: 'listener_not_found' });
  for (const message of ['', '   ', 'x'.repeat(501), 7]) {
    const answer = await ask('POST', '/messages', { message });
    expect(answer.json(), String(message)).toMatchObject({ code: 'invalid_input' });
  }
});
