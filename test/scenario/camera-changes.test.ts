// A camera changes while it is watched: SSRC, size, codec, a restart. Its viewers go on, or are told why not.

import { afterEach, expect, test } from 'vitest';
import type { StreamView } from '#contract/streams.ts';
import { readMarker, readTimestamp } from '#media/rtp/header.ts';
import { Depacketizer } from '#media/video/depacketizer.ts';
import { isKeySlice } from '../support/clip-frames.ts';
import { makeClip } from '../support/scripted-camera/make-clip.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../support/scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { joinByWhep, type WhepPeer } from '../support/whep-peer.ts';

/** What the viewer must go on within. */
const WITHIN_MS = 2_000;
/** A restart takes the first pause between two attempts besides, of up to a second. */
const RESTART_WITHIN_MS = 5_000;
const SOME_FRAMES = 10;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Puts a viewer's packets together; only what a decoder could show counts. */
class Decoding {
  readonly #depacketizer = new Depacketizer('H264');
  #hasKey = false;
  frames = 0;
  /** Of the newest parameter sets. */
  sps = '';

  take(packet: Uint8Array): boolean {
    const frame = this.#depacketizer.push(packet, readMarker(packet), readTimestamp(packet));
    if (!frame) return false;
    for (const unit of frame.units) {
      if ((unit[0]! & 0x1f) === 7) this.sps = Buffer.from(unit).toString('hex');
    }
    this.#hasKey ||= frame.units.some((unit) => isKeySlice(unit, 'H264'));
    if (this.#hasKey && frame.complete) this.frames++;
    return false;
  }
}

interface Scene {
  readonly server: ServerProcess;
  readonly camera: ScriptedCamera;
  readonly viewer: WhepPeer;
  readonly decoding: Decoding;
}

async function openScene(): Promise<Scene> {
  const camera = await openScriptedCamera({ clip: await makeClip() });
  closers.push(() => camera.close());
  const yaml = `streams:\n  gate: { source: "${camera.address}" }\n`;
  const server = await ServerProcess.start({ yaml });
  closers.push(() => server.dispose());
  const watching = await watch(server);
  return { server, camera, ...watching };
}

async function watch(server: ServerProcess): Promise<Pick<Scene, 'viewer' | 'decoding'>> {
  const decoding = new Decoding();
  const onVideo = (packet: Uint8Array) => decoding.take(packet);
  const viewer = await joinByWhep(server.url, 'viewer', { stream: 'gate', onVideo });
  closers.push(() => viewer.media.close());
  await goesOn(decoding, WITHIN_MS * 2);
  return { viewer, decoding };
}

async function goesOn(decoding: Decoding, withinMs = WITHIN_MS): Promise<void> {
  const before = decoding.frames;
  await until(() => decoding.frames >= before + SOME_FRAMES, {
    what: `${SOME_FRAMES} more frames`,
    withinMs,
  });
}

async function gate({ server }: Scene): Promise<StreamView> {
  const response = await fetch(`${server.url}/api/v1/streams/gate`);
  return (await response.json()) as StreamView;
}

test('a viewer sees on when the camera renews its SSRCs', async () => {
  const { camera, viewer, decoding } = await openScene();
  camera.renewSsrcs();
  await goesOn(decoding);
  expect(viewer.media.video.lost).toBe(0);
});

test('a viewer sees on when the camera changes its size, with the parameter sets of the new one', async () => {
  const scene = await openScene();
  const { sps } = scene.decoding;
  scene.camera.switchTo(await makeClip({ width: 640, height: 360 }));
  await until(() => scene.decoding.sps !== sps, { what: 'the new size', withinMs: WITHIN_MS });
  await goesOn(scene.decoding);
  expect((await gate(scene)).tracks[0]).toMatchObject({ width: 640, height: 360 });
});

test('a viewer stays when the camera restarts with the same codec, and sees on', async () => {
  const { camera, viewer, decoding } = await openScene();
  camera.hangUp();
  await goesOn(decoding, RESTART_WITHIN_MS);
  expect(viewer.media.video.lost).toBe(0);
  expect(viewer.media.video.rtcp.some(({ type }) => type === 'bye')).toBe(false);
  expect(camera.counters.connectionsEver).toBe(2);
});

test('a viewer is told goodbye when the camera restarts with another codec, and may come again', async () => {
  const scene = await openScene();
  scene.camera.use(await makeClip({ video: 'H265' }));
  scene.camera.hangUp();
  const { video } = scene.viewer.media;
  await until(() => video.rtcp.some(({ type }) => type === 'bye'), {
    what: 'a goodbye',
    withinMs: RESTART_WITHIN_MS,
  });
  const words = 'the camera sends another codec now';
  await until(() => scene.server.output.includes(words), { what: 'the reason in the log' });
  expect((await gate(scene)).tracks[0]).toMatchObject({ codec: 'H265' });
  scene.camera.use(await makeClip());
  scene.camera.hangUp();
  const isH264 = async () => (await gate(scene)).tracks[0]?.codec === 'H264';
  await until(isH264, { what: 'H.264 again', withinMs: RESTART_WITHIN_MS });
  await watch(scene.server);
});
