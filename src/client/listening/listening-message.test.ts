// What is read by hand is what the contract says, and nothing else gets through.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listeningMessage } from '#contract/listening.ts';
import { readListeningMessage } from './listening-message.ts';

const config = {
  compression: 'opus',
  layout: 'plain',
  sample_rate: 44_100,
  clock_rate: 48_000,
  packet_time_ms: 2.5,
  bitrate: 64_000,
  channels: [{ id: 1, name: 'Vocal' }],
  left_out: [{ id: 7, reason: 'it is not in the mapping' }],
  streams: [{ payload_type: 111, ssrc: 1, channels: [1], port: null }],
};

const MESSAGES = [
  { type: 'hello', client_id: 'ear-1' },
  { type: 'stream_config', payload: config },
  { type: 'stream_config', payload: { ...config, bitrate: null, compression: 'pcm24' } },
  { type: 'event', payload: { type: 'config_changed', reason: 'x', new_sample_rate: 32_000 } },
  { type: 'event', payload: { type: 'config_changed', reason: 'x' } },
  { type: 'event', payload: { type: 'reconnect', reason: 'x' } },
  { type: 'event', payload: { type: 'server_shutdown', reason: 'x' } },
  {
    type: 'event',
    payload: { type: 'network_warning', metric: 'jitter_ms', value: 6, threshold: 5 },
  },
  { type: 'event', payload: { type: 'custom_message', message: 'Five minutes' } },
  { type: 'ntp_response', t1: 1, t2: 2.5, t3: 3 },
  { type: 'error', code: 'invalid_input', message: 'x' },
];

test.each(MESSAGES)('%j is read as the contract reads it', (message) => {
  expect(listeningMessage.parse(message)).toEqual(message);
  expect(readListeningMessage(JSON.stringify(message))).toEqual(message);
});

/** Every object in it, without one of its keys. */
function* withoutOneKey(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
    }
    for (const changed of withoutOneKey(child)) {
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    }
  }
}

test.each(MESSAGES)(
  '%j without one of its parts is refused, where the contract refuses it',
  (message) => {
    let refused = 0;
    for (const changed of withoutOneKey(message)) {
      const isGood = listeningMessage.safeParse(changed).success;
      expect(readListeningMessage(JSON.stringify(changed)) !== undefined).toBe(isGood);
      if (!isGood) refused++;
    }
    expect(refused).toBeGreaterThan(0);
  },
);

test.each([
  '',
  'null',
  '[]',
  '{"type":"toString"}',
  '{"type":"stream_config","payload":null}',
  '{"type":"event","payload":{"type":"__proto__"}}',
])('%s is no message', (text) => {
  expect(readListeningMessage(text)).toBeUndefined();
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      readListeningMessage(text);
    }),
  );
});
