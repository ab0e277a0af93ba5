// A fleet of cameras under a virtual clock.

import { expect, onTestFinished, test } from 'vitest';
import { readMarker, readSsrc } from '#media/rtp/header.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { openCameraFleet } from './camera-fleet.ts';
import { makeClip } from './make-clip.ts';
import { connect, frameSteps, play, steps } from './stage.ts';

test('a fleet plays one clip to many, each with numbers of its own', async () => {
  const clock = new VirtualClock();
  const fleet = await openCameraFleet({ clip: await makeClip({ audio: 'pcmu' }), clock });
  onTestFinished(() => fleet.close());
  const clients = await Promise.all([1, 2].map((n) => connect({ address: fleet.address(n) })));
  for (const client of clients) await play({ client });
  clock.advance(8_000);
  for (const client of clients) {
    await client.waitForFrames(fleet.counters.packets[0]! / 2);
    const packets = client.framesOf(0);
    expect(packets.filter(readMarker)).toHaveLength(201);
    expect(new Set(steps(packets))).toEqual(new Set([1]));
    expect(new Set(frameSteps(packets))).toEqual(new Set([3600]));
  }
  const [one, other] = clients.map((client) => readSsrc(client.framesOf(0)[0]!));
  expect(one).not.toBe(other);
});
