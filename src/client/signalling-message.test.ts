// What the server says, held against the contract.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ServerMessage, serverMessage } from '#contract/signalling.ts';
import { setUpStreams } from '../../test/support/streams-set-up.ts';
import { readServerMessage } from './signalling-message.ts';

const { viewers, join, source, camera } = setUpStreams();
source.write(camera.keyFrame(), 0);
await join();
const [viewer] = viewers.list.views();

const MESSAGES: readonly ServerMessage[] = [
  { type: 'answer', sdp: 'v=0', codec: null, viewer: 'v', iceServers: [{ urls: 'stun:a' }] },
  { type: 'candidate', candidate: '' },
  { type: 'mse', mime: 'video/mp4', viewer: 'v' },
  { type: 'stats', viewer: viewer!, mediaStartMs: null, droppedFrames: 0 },
  { type: 'event', event: 'stream', state: 'live', reason: null, nextAttemptAt: null },
  { type: 'event', event: 'profile', profile: 'sub', why: 'small' },
  { type: 'event', event: 'ended', reason: 'gone' },
  { type: 'error', code: 'closing', message: 'Later.' },
  { type: 'ping' },
  { type: 'pong' },
];

function nameOf(message: ServerMessage): string {
  return 'event' in message ? message.event : message.type;
}

test.each(MESSAGES.map((message) => [nameOf(message), message] as const))(
  '%s is understood',
  (_, message) => {
    expect(serverMessage.parse(message)).toEqual(message);
    expect(readServerMessage(JSON.stringify(message))).toEqual(message);
  },
);

test('without any of the fields that are used it is no message', () => {
  const used: Readonly<Record<string, readonly string[]>> = {
    answer: ['sdp', 'viewer', 'iceServers'],
    candidate: ['candidate'],
    mse: ['mime', 'viewer'],
    stats: ['viewer'],
    error: ['code', 'message'],
    stream: ['event', 'state'],
    profile: ['event', 'profile'],
    ended: ['event', 'reason'],
  };
  for (const message of MESSAGES) {
    for (const field of used[nameOf(message)] ?? []) {
      const { [field as 'type']: _, ...rest } = message;
      expect(readServerMessage(JSON.stringify(rest)), field).toBeUndefined();
    }
  }
});

test('anything else is no message, and nothing is thrown', () => {
  const anything = fc.oneof(fc.string(), fc.json());
  fc.assert(fc.property(anything, (text) => void readServerMessage(text)));
  for (const text of ['', 'null', '[]', '7', '{"type":"toString"}', '{"type":"hello"}']) {
    expect(readServerMessage(text)).toBeUndefined();
  }
});
