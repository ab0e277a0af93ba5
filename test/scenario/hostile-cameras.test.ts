// What can stand at a camera's address: for that stream a clear reason, for the others nothing at all.

import { afterEach, expect, test } from 'vitest';
import type { StreamView } from '#contract/streams.ts';
import {
  FrameCounter,
  openHealthyCamera,
  stampedPackets,
} from '../support/chaos/healthy-camera.ts';
import { readProcess } from '../support/process-figures.ts';
import { answerUntilPlay, openRogue, sendMalformedFrames } from '../support/rogue-cameras.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { joinByWhep } from '../support/whep-peer.ts';

const MILLION = 1_000_000;
/** What one connection may hold of a flood, several times. */
const MAX_GROWTH_BYTES = 48e6;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Hostile {
  readonly name: string;
  readonly address: string;
  readonly state: StreamView['state'];
  readonly reason: RegExp;
}

let malformedFrames = 0;

async function openHostiles(): Promise<Hostile[]> {
  const rogue = async (act: Parameters<typeof openRogue>[0]) => {
    const { address, close } = await openRogue(act);
    closers.push(close);
    return address;
  };
  const html = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>';
  const tracks = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'.repeat(500);
  return [
    {
      name: 'silent',
      address: await rogue((socket) => socket.resume()),
      state: 'retrying',
      reason: /no answer to OPTIONS from 127\.0\.0\.1:\d+ within 3 s/,
    },
    {
      name: 'deaf',
      address: await rogue((socket) => socket.pause()),
      state: 'retrying',
      reason: /no answer to OPTIONS/,
    },
    {
      name: 'web-page',
      address: await rogue((socket) => void socket.write(html)),
      state: 'retrying',
      reason: /speaks HTTP, not RTSP\. Is this the RTSP port/,
    },
    {
      name: 'long-headers',
      address: await rogue(
        (socket) => void socket.write(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(64 * 1024)}\r\n\r\n`),
      ),
      state: 'retrying',
      reason: /headers are longer than 16384 bytes/,
    },
    {
      name: 'many-tracks',
      address: await rogue((socket) =>
        answerUntilPlay(socket, { description: tracks, onPlay: () => {} }),
      ),
      state: 'retrying',
      reason: /more than 64 media sections/,
    },
    {
      name: 'flood',
      address: await rogue((socket) => {
        const onSent = (frames: number) => {
          malformedFrames += frames;
        };
        const onPlay = () => sendMalformedFrames(socket, { count: MILLION, onSent });
        answerUntilPlay(socket, { onPlay });
      }),
      state: 'retrying',
      reason: /no complete frame for 3 s/,
    },
    {
      name: 'metadata',
      address: 'rtsp://169.254.169.254/latest',
      state: 'refused',
      reason: /169\.254\.169\.254.*cameras\.allow/,
    },
    {
      name: 'loopback',
      address: 'rtsp://[::1]:554/live',
      state: 'refused',
      reason: /::1.*cameras\.allow/,
    },
    {
      name: 'disguised',
      address: 'rtsp://[::ffff:169.254.169.254]/live',
      state: 'refused',
      reason: /169\.254\.169\.254.*cameras\.allow/,
    },
  ];
}

test('what stands at the other addresses costs the viewers of a good camera nothing, and is told in words', async () => {
  const healthy = await openHealthyCamera();
  closers.push(() => healthy.close());
  const hostiles = await openHostiles();
  const lines = hostiles.map(
    ({ name, address }) => `  ${name}: { source: "${address}", timeout: 3 }`,
  );
  const yaml = `streams:\n  good: { source: "${healthy.address}" }\n${lines.join('\n')}\n`;
  const server = await ServerProcess.start({ logLevel: 'info', yaml });
  closers.push(() => server.dispose());
  const counter = new FrameCounter(await stampedPackets());
  const onVideo = (packet: Uint8Array) => {
    counter.take(packet);
    return false;
  };
  const viewer = await joinByWhep(server.url, 'viewer', { stream: 'good', onVideo });
  closers.push(() => viewer.media.close());
  await until(() => counter.frames > 0, { what: 'frames' });
  const { rssBytes } = readProcess(server.pid);

  const wrong = async () => {
    const response = await fetch(`${server.url}/api/v1/streams`);
    const { streams } = (await response.json()) as { streams: StreamView[] };
    return hostiles.flatMap(({ name, state, reason }) => {
      const view = streams.find(({ id }) => id === name);
      const isRight = view?.state === state && reason.test(view.reason ?? '');
      return isRight ? [] : [`${name}: ${view?.state}, ${view?.reason}`];
    });
  };
  const ended = new Set<string>();
  await until(
    async () => {
      const names = (await wrong()).map((each) => each.split(':')[0]);
      for (const { name } of hostiles) if (!names.includes(name)) ended.add(name);
      return ended.size === hostiles.length && malformedFrames >= MILLION;
    },
    { what: 'the ends', withinMs: 45_000 },
  ).catch(async (error) =>
    expect([error.message, malformedFrames, ...(await wrong())]).toEqual([]),
  );

  await until(() => counter.last >= healthy.frames - 2, { what: 'the newest frame' });
  expect(counter.faults).toEqual([]);
  expect(counter.frames).toBeGreaterThan(30);
  expect(viewer.media.video.lost).toBe(0);
  expect(healthy.connectionsEver).toBe(1);
  expect(readProcess(server.pid).rssBytes - rssBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(server.output).not.toMatch(/unexpected/);
}, 90_000);
