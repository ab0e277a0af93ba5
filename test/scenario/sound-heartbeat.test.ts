// Who sends no heartbeat for 30 s gets no sound until the next one; and there is a last place.

import { expect, onTestFinished, test } from 'vitest';
import type { ServerProcess } from '../support/server-process.ts';
import { openAudioSocket, SoundListener } from '../support/sound-listener.ts';
import { SoundProof } from '../support/sound-proof.ts';
import { startTestModeServer } from '../support/test-mode-server.ts';
import { until } from '../support/until.ts';

const PLACES = 20;
const SILENT_AFTER_MS = 30_000;
const BEAT_EACH_MS = 5_000;

async function start() {
  const console = await startTestModeServer();
  onTestFinished(() => console.close());
  return console;
}

async function listen(server: ServerProcess): Promise<SoundListener> {
  const channels = [{ id: 3 }];
  const listener = await SoundListener.open(server.url, { wish: { compression: 'pcm', channels } });
  onTestFinished(() => listener.close());
  return listener;
}

test('30 s without a heartbeat end the sound, the next one brings it back, and others do not notice', async () => {
  const { server, admin } = await start();
  const [steady, lazy] = [await listen(server), await listen(server)];
  const openedMs = lazy.packets[0]?.arrivedAtMs ?? Date.now();
  const proof = new SoundProof(steady.config);
  steady.onPacket = (packet) => proof.take(packet);
  const heart = setInterval(() => steady.beat(), BEAT_EACH_MS);
  onTestFinished(() => clearInterval(heart));
  // Each is older than the one before: only the first one counts.
  let hour = 0;
  const sendOlder = () => {
    const timestamp = new Date(openedMs - 3_600_000 * hour++).toISOString();
    lazy.socket.send({ type: 'heartbeat', timestamp });
  };
  sendOlder();
  const replay = setInterval(sendOlder, BEAT_EACH_MS);
  onTestFinished(() => clearInterval(replay));
  const isSilent = async () => (await admin.listener(lazy.id)).state === 'silent';
  await until(isSilent, { what: 'silence', withinMs: 2 * SILENT_AFTER_MS });
  const hearOther = (frames: number) => {
    const goOn = proof.frames + frames;
    return until(() => proof.frames > goOn, { what: 'sound for the other' });
  };
  // What was on its way has come by then.
  await hearOther(24_000);
  const heard = lazy.packets.length;
  expect(lazy.packets.at(-1)!.arrivedAtMs - openedMs).toBeGreaterThan(SILENT_AFTER_MS - 1_000);
  await hearOther(24_000);
  expect(lazy.packets).toHaveLength(heard);

  const before = lazy.config.streams[0]!.ssrc;
  lazy.beat();
  await lazy.socket.get('stream_config', 2);
  expect(lazy.config.streams[0]!.ssrc).not.toBe(before);
  await until(() => lazy.packets.length > heard + 100, { what: 'sound again' });
  const again = lazy.packets.slice(heard);
  expect(new Set(again.map(({ ssrc }) => ssrc))).toEqual(new Set([lazy.config.streams[0]!.ssrc]));
  expect(again[0]!.extension).toBeDefined();
  expect(proof).toMatchObject({ gaps: 0, wrong: 0 });
}, 90_000);

test('the 21st listener is told that all places are taken, and gets one that is given up', async () => {
  const { server, admin } = await start();
  const sockets = await Promise.all(
    Array.from({ length: PLACES }, () => openAudioSocket(server.url)),
  );
  onTestFinished(() => {
    for (const { socket } of sockets) socket.terminate();
  });
  await Promise.all(sockets.map((socket) => socket.get('hello')));
  const late = await openAudioSocket(server.url);
  const { code, reason } = await late.untilClosed();
  expect(code).toBe(4429);
  expect(reason).toMatch(/20 places/);
  expect(late.messages).toEqual([]);
  sockets[0]!.socket.terminate();
  const isFree = async () => (await admin.view()).listeners.length < PLACES;
  await until(isFree, { what: 'a free place' });
  const next = await openAudioSocket(server.url);
  await next.get('hello');
  next.socket.terminate();
});
