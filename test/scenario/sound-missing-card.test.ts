// A card that is missing, busy, too narrow or late, as a listener and the admin see it; and its recovery.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AudioMeta, audioMeta } from '#contract/audio-meta.ts';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { placeSamples } from '../support/heard-sound.ts';
import { ScriptedCard } from '../support/scripted-card.ts';
import { ServerProcess } from '../support/server-process.ts';
import { type HeardPacket, SoundListener } from '../support/sound-listener.ts';
import { until } from '../support/until.ts';

/** It is tried again after 1, 2, 4, 8 and 16 s. */
const RETRY_WITHIN_MS = 25_000;
const LIMIT_MS = 90_000;
const WISH = { compression: 'pcm24' } as const;

let card: ScriptedCard;
let server: ServerProcess;
const listeners: SoundListener[] = [];

beforeEach(() => {
  card = new ScriptedCard();
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.close();
  await server.dispose();
  card.dispose();
});

async function start(device: string): Promise<SoundListener> {
  const console = `device: "${device}", arecord: ${card.arecord}`;
  server = await ServerProcess.start({ console, yaml: ADMIN_YAML });
  const listener = await SoundListener.open(server.url, { wish: WISH });
  listeners.push(listener);
  return listener;
}

async function meta(): Promise<AudioMeta['server']> {
  const response = await fetch(`${server.url}/audio-meta`);
  return audioMeta.parse(await response.json()).server;
}

async function reason(pattern: RegExp): Promise<AudioMeta['server']> {
  const says = async () => pattern.test((await meta()).reason ?? '');
  await until(says, { what: String(pattern), withinMs: RETRY_WITHIN_MS });
  return meta();
}

/** What each channel has in packets that come from now on. */
async function hear(listener: SoundListener): Promise<Map<number, number[]>> {
  const from = listener.packets.length;
  await until(() => listener.packets.length > from + 100, {
    what: 'sound',
    withinMs: RETRY_WITHIN_MS,
  });
  const { streams } = listener.config;
  // Packets of one tick share a time; the first one here may stand in the middle.
  const heard = placeSamples(listener.packets.slice(from + 50), { streams, bytes: 3, frames: 30 });
  return new Map([...heard].map(([id, samples]) => [id, [...new Set(samples)]]));
}

const ALL = Array.from({ length: 32 }, (_, at) => at + 1);

test(
  'a missing, a busy and a narrow card are explained, and each is heard once it is well',
  async () => {
    const listener = await start('hw:XUSB');
    expect(await reason(/no such sound card.*USB cable/)).toMatchObject({ state: 'failed' });
    expect(listener.packets).toEqual([]);
    card.set({ is: 'busy' });
    expect(await reason(/another program holds it/)).toMatchObject({ state: 'failed' });

    card.set({ is: 'there', channels: 2 });
    expect(await reason(/set to 2 channels.*32\/32/)).toMatchObject({ state: 'live' });
    const narrow = await hear(listener);
    expect([...narrow]).toEqual(ALL.map((id) => [id, [id <= 2 ? id : 0]]));

    card.set({ channels: 32 });
    const isWell = async () => (await meta()).state === 'live' && (await meta()).reason === null;
    await until(isWell, { what: 'the card to be well', withinMs: RETRY_WITHIN_MS });
    expect([...(await hear(listener))]).toEqual(ALL.map((id) => [id, [id]]));
    // Nobody had to connect again.
    expect(listener.events).toEqual([]);
    const { capture } = await new ConsoleAdmin(server).view();
    expect(capture).toMatchObject({ source: 'hw:XUSB', format: 'S32_LE', channels: 32 });
    expect(capture.restarts).toBeGreaterThanOrEqual(2);
  },
  LIMIT_MS,
);

test(
  'a card that is late is counted, and the time that was lost is missing in the timestamps',
  async () => {
    card.set({ is: 'there' });
    const listener = await start('hw:XUSB');
    await hear(listener);
    const admin = new ConsoleAdmin(server);
    expect((await admin.view()).capture).toMatchObject({ overruns: 0, lost_frames: 0 });
    card.overrun();
    await until(async () => (await admin.view()).capture.overruns === 1, { what: 'the overrun' });
    await hear(listener);
    const { lost_frames } = (await admin.view()).capture;
    expect(lost_frames).toBeGreaterThanOrEqual(40 * 48);
    const [{ ssrc }] = listener.packets as [HeardPacket];
    const ofStream = listener.packets.filter((packet) => packet.ssrc === ssrc);
    const jumps = ofStream.slice(1).filter((packet, at) => {
      const before = ofStream[at]!;
      expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
      return (packet.timestamp - before.timestamp) >>> 0 > 240;
    });
    // The marker says that a packet does not go on where the one before ended.
    expect(jumps).toHaveLength(1);
    expect(jumps[0]!.marker).toBe(true);
    expect(ofStream.filter(({ marker }) => marker)).toHaveLength(2);
  },
  LIMIT_MS,
);

test(
  'auto plays the test console until a console’s card is there',
  async () => {
    const listener = await start('auto');
    await hear(listener);
    const source = async () => (await new ConsoleAdmin(server).view()).capture.source;
    expect(await source()).toBe('tones:');
    card.set({ is: 'there' });
    await until(async () => (await source()) === 'hw:XUSB', {
      what: 'the card',
      withinMs: RETRY_WITHIN_MS,
    });
    await until(async () => (await meta()).state === 'live', { what: 'its sound' });
    expect([...(await hear(listener))]).toEqual(ALL.map((id) => [id, [id]]));
  },
  LIMIT_MS,
);
