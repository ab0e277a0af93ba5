// What no listener should send: each is told what is wrong, and nothing of it reaches the rules.

import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { setUpListening } from '../../../test/support/listening-set-up.ts';

let world: Awaited<ReturnType<typeof setUpListening>>;

afterEach(() => world.close());

async function startListening() {
  world = await setUpListening();
  const phone = await world.connect();
  await phone.get('hello');
  return { ...world, phone, session: world.listeners.sessions[0]! };
}

const config = (payload: unknown) => ({ type: 'client_config', payload });
const twice = [{ id: 5 }, { id: 5 }];
const many = Array.from({ length: 33 }, () => ({ id: 1 }));

test.each([
  ['no JSON', '{"type":', 'invalid_json', 'is not JSON'],
  ['no object', '7', 'invalid_input', 'it must be heartbeat'],
  ['no type', {}, 'invalid_input', '"type" must be heartbeat, client_config or ntp_request'],
  ['a type of the server', { type: 'hello' }, 'invalid_input', '"type" must be'],
  ['a heartbeat without time', { type: 'heartbeat' }, 'invalid_input', '"timestamp"'],
  ['a question without time', { type: 'ntp_request' }, 'invalid_input', '"t1"'],
  ['a time beyond numbers', '{"type":"ntp_request","t1":1e999}', 'invalid_input', '"t1"'],
  ['channel 0', config({ channels: [{ id: 0 }] }), 'invalid_input', '"payload.channels.0.id" must'],
  ['channel 33', config({ channels: [{ id: 33 }] }), 'invalid_input', 'from 1 to 32'],
  ['channel 1.5', config({ channels: [{ id: 1.5 }] }), 'invalid_input', 'from 1 to 32'],
  ['a channel twice', config({ channels: twice }), 'invalid_input', 'each channel once'],
  ['33 channels', config({ channels: many }), 'invalid_input', '"payload.channels" must have'],
  ['a rate', config({ sample_rate: 22_050 }), 'invalid_input', '"payload.sample_rate" must be one'],
  ['a codec', config({ compression: 'mp3' }), 'invalid_input', '"payload.compression" must be'],
  ['a layout', config({ layout: 'heap' }), 'invalid_input', '"payload.layout" must be bundle'],
  ['no payload', { type: 'client_config' }, 'invalid_input', '"payload"'],
])('%s is told with the key and the reason', async (_, message, code, words) => {
  const { phone, session, listening } = await startListening();
  phone.sendText(typeof message === 'string' ? message : JSON.stringify(message));
  expect(await phone.get('error')).toEqual({
    type: 'error',
    code,
    message: expect.stringContaining(words),
  });
  expect(session.configs).toEqual([]);
  expect(listening.counters.malformed).toBe(1);
});

test('a binary message is refused', async () => {
  const { phone } = await startListening();
  phone.sendText(Uint8Array.of(1, 2, 3));
  expect((await phone.get('error')).message).toContain('Send JSON');
});

test('the 21st message without sense ends the socket', async () => {
  const { phone, session, settle } = await startListening();
  for (let sent = 0; sent < 20; sent++) phone.sendText('nonsense');
  await settle(phone);
  expect(phone.all('error')).toHaveLength(20);
  phone.sendText('nonsense');
  expect(await phone.untilClosed()).toEqual({ code: 1008, reason: 'too many errors' });
  expect(session.closes).toBe(1);
});

test('whatever comes, each message is an error or one that the contract knows', async () => {
  const { connect, listeners } = await startListening();
  const channel = fc.record(
    { id: fc.oneof(fc.integer(), fc.string()), mute: fc.oneof(fc.boolean(), fc.string()) },
    { requiredKeys: [] },
  );
  const payload = fc.record(
    {
      channels: fc.oneof(fc.array(channel, { maxLength: 40 }), fc.jsonValue()),
      sample_rate: fc.jsonValue(),
      compression: fc.jsonValue(),
      layout: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const type = fc.constantFrom('heartbeat', 'client_config', 'ntp_request', 'hello', '__proto__');
  const nonsense = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ type, payload: fc.oneof(payload, fc.jsonValue()) }).map((it) => JSON.stringify(it)),
    fc.uint8Array({ maxLength: 100 }),
  );
  const sent = fc.sample(nonsense, { numRuns: 400, seed: 7 });
  for (const [index, text] of sent.entries()) {
    // Each has a socket of its own, which 21 errors would close.
    const phone = await connect();
    phone.sendText(text);
    await world.settle(phone);
    const answers = phone.all('error').length;
    const { configs, heartbeats } = listeners.sessions[index + 1]!;
    expect(answers + configs.length + heartbeats.length, String(text)).toBe(1);
    phone.socket.terminate();
  }
  expect(world.log.lines).toEqual([]);
});
