// Viewers without a browser, packet by packet: nothing is lost, and everybody starts with a picture.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inspectH264 } from '#media/h264/payload.ts';
import { RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import {
  HAS_OTHER,
  HAS_PARAMETER_SETS,
  MALFORMED,
  STARTS_KEY_FRAME,
} from '#media/video/payload-flags.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers } from '../support/viewer-count.ts';
import { joinByWhep, type WhepPeer } from '../support/whep-peer.ts';

const VIEWERS = 10;
/** Some seconds of picture and sound: 2 Mb/s in packets of 1,200 bytes. */
const PACKETS_EACH = 1_000;

let server: ServerProcess;
const joined: WhepPeer[] = [];

beforeAll(async () => {
  server = await ServerProcess.start();
});

afterEach(async () => {
  for (const peer of joined.splice(0)) await peer.leave();
});

afterAll(async () => {
  await server?.dispose();
});

async function join(name: string): Promise<WhepPeer> {
  const peer = await joinByWhep(server.url, name);
  joined.push(peer);
  return peer;
}

test('ten viewers at once get every packet', async () => {
  await Promise.all(Array.from({ length: VIEWERS }, (_, index) => join(`viewer-${index}`)));
  expect(await listViewers(server.url)).toHaveLength(VIEWERS);
  await until(() => joined.every(({ media }) => media.video.packets >= PACKETS_EACH), {
    what: `${PACKETS_EACH} packets for each viewer`,
    withinMs: 20_000,
  });
  for (const { media } of joined) {
    expect(media.audio.packets).toBeGreaterThan(0);
    expect([media.video.lost, media.audio.lost]).toEqual([0, 0]);
  }
});

test('a viewer who joins within a group of pictures starts with a whole key frame', async () => {
  // Three joins at moments that have nothing to do with the 2 s between key frames.
  for (const name of ['early', 'later', 'last']) {
    const { media } = await join(name);
    await until(() => media.video.first.length >= 8, { what: 'the first packets' });
    const seen = media.video.first.map((packet) =>
      inspectH264(packet, RTP_HEADER_BYTES, packet.length),
    );
    expect((seen[0] ?? 0) & (HAS_PARAMETER_SETS | MALFORMED)).toBe(HAS_PARAMETER_SETS);
    const before = seen.slice(0, seen.findIndex((flags) => flags & STARTS_KEY_FRAME) + 1);
    const flags = before.reduce((all, one) => all | one, 0);
    const start = HAS_PARAMETER_SETS | STARTS_KEY_FRAME;
    expect(flags & start).toBe(start);
    expect(flags & (HAS_OTHER | MALFORMED)).toBe(0);
  }
});

test('a viewer who leaves is gone when the answer comes', async () => {
  const { leave } = await joinByWhep(server.url, 'short');
  await leave();
  expect(await listViewers(server.url)).toEqual([]);
});
