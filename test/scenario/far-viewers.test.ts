// A viewer at the other end of a long and restless way: delay, jitter, packets out of order, twice or lost.

import { afterEach, expect, test } from 'vitest';
import { openUdpRelay } from '../../bench/links/udp-relay.ts';
import {
  FrameCounter,
  openHealthyCamera,
  stampedPackets,
} from '../support/chaos/healthy-camera.ts';
import { RepairingReceiver } from '../support/repairing-receiver.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { joinByWhep } from '../support/whep-peer.ts';

const FRAMES = 90;
const POLL_MS = 10;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('a viewer 100 ms away gets every frame in its order, whatever the link does to packets', async () => {
  const camera = await openHealthyCamera();
  closers.push(() => camera.close());
  const yaml = `streams:\n  gate: { source: "${camera.address}" }\n`;
  const server = await ServerProcess.start({ logLevel: 'warn', yaml });
  closers.push(() => server.dispose());
  const random = seededRandom(20_261_121);
  const quality = { delayMs: 50, jitterMs: 30, lossRatio: 0.02, repeatRatio: 0.02 };
  const relay = await openUdpRelay({ ...quality, random, serverPort: server.mediaPort });
  closers.push(() => relay.close());

  const counter = new FrameCounter(await stampedPackets());
  const receiver = new RepairingReceiver({
    take: (packet) => counter.take(packet),
    send: (packet) => viewer.media.send(packet),
    nowMs: () => performance.now(),
  });
  const viewer = await joinByWhep(server.url, 'far', {
    stream: 'gate',
    rtx: true,
    onVideo: (packet) => {
      receiver.take(packet);
      return false;
    },
    // There is no way but through the relay.
    changeAnswer: (answer) =>
      answer
        .replace(/^a=candidate:.* tcp .*\r\n/gim, '')
        .replaceAll(` ${server.mediaPort} typ`, ` ${relay.port} typ`),
  });
  closers.push(() => viewer.media.close());
  const polling = setInterval(() => receiver.poll(viewer.ssrc ?? 0), POLL_MS);
  closers.push(() => clearInterval(polling));

  await until(() => counter.frames >= FRAMES, { what: `${FRAMES} frames`, withinMs: 25_000 });
  expect(counter.faults).toEqual([]);
  expect(receiver.recovered).toBeGreaterThan(0);
  for (const happened of Object.values(relay.counters)) expect(happened).toBeGreaterThan(0);
}, 60_000);
