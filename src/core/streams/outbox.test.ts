// Rows beyond one batch.

import { expect, test } from 'vitest';
import { FakePeer, FakeTransport } from '../../../test/support/fake-transport.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { Outbox } from './outbox.ts';

test('Outbox sends every row under its own header, however many there are', () => {
  const transport = new FakeTransport();
  const outbox = new Outbox(transport);
  const peer = new FakePeer();
  const packet = rtpPacket(Uint8Array.of(1), { sequence: 0, timestamp: 0 });
  for (let row = 0; row < 1300; row++) outbox.add(peer, packet, row, row * 2, row * 3);
  outbox.flush();
  expect(peer.sent.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 1300 }, (_, row) => row),
  );
  expect(peer.sent.at(-1)).toMatchObject({ timestamp: 2598, ssrc: 3897 });
  expect(transport.calls).toBe(3);
  outbox.flush();
  expect(transport.calls).toBe(3);
});
