// 32 channels from a real arecord arrive at a listener bit by bit, each channel at its own place.

import { afterEach, expect, test } from 'vitest';
import type { Compression } from '#contract/sound.ts';
import { AlsaFeeder } from '../support/alsa-feeder.ts';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { missingPackets, placeSamples } from '../support/heard-sound.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SHUFFLED } from '../support/shuffled-mapping.ts';
import { SoundListener } from '../support/sound-listener.ts';
import { until } from '../support/until.ts';

const SECONDS = 3;
const RATE = 48_000;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Looks like noise, and is another number for every frame and channel. */
function noise(frame: number, channel: number): number {
  const mixed = Math.imul(frame * 32 + channel, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

async function listen(compression: Compression, sampleBits: number) {
  const unused = 32 - sampleBits;
  const sample = (frame: number, channel: number) => (noise(frame, channel) >> unused) << unused;
  const feeder = new AlsaFeeder({ sample: (frame, index) => sample(frame, index + 1) });
  endings.push(() => feeder.stop());
  const server = await ServerProcess.start({
    console: `device: ${feeder.device}`,
    env: feeder.environment,
    yaml: ADMIN_YAML,
    logLevel: 'warn',
  });
  endings.push(() => server.dispose());
  await new ConsoleAdmin(server).map(SHUFFLED);
  const listener = await SoundListener.open(server.url, { wish: { compression } });
  endings.push(() => listener.close());
  return { server, listener, sample: (frame: number, id: number) => sample(frame, id) >> unused };
}

/** Which frame of the feeder's comes first in what is heard of a channel. */
function findStart(heard: Int32Array, expected: (frame: number) => number): number {
  for (let frame = 0; frame < 60 * RATE; frame++) {
    let at = 0;
    while (at < 8 && heard[at] === expected(frame + at)) at++;
    if (at === 8) return frame;
  }
  throw new Error('nothing that was fed is heard');
}

test.each([
  ['pcm24', 24],
  ['pcm', 16],
] as const)(
  '%s: every sample of arecord’s arrives, in a shuffled mapping with hidden channels',
  async (compression, bits) => {
    const { server, listener, sample } = await listen(compression, bits);
    const { channels, streams } = listener.config;
    expect(channels.map(({ id }) => id)).toEqual(SHUFFLED);
    expect(streams.flatMap((stream) => stream.channels)).toEqual(SHUFFLED);
    const last = () => listener.packets.at(-1)?.timestamp ?? 0;
    await until(() => last() - (listener.packets[0]?.timestamp ?? 0) > SECONDS * RATE, {
      what: `${SECONDS} s of sound`,
      withinMs: 30_000,
    });
    expect(missingPackets(listener.packets)).toBe(0);
    const heard = placeSamples(listener.packets, {
      streams,
      bytes: bits / 8,
      frames: SECONDS * RATE,
    });
    const [first = 0] = SHUFFLED;
    const start = findStart(heard.get(first)!, (frame) => sample(frame, first));
    const fed = SHUFFLED.map((id) =>
      Int32Array.from({ length: SECONDS * RATE }, (_, at) => sample(start + at, id)),
    );
    expect([...heard.keys()]).toEqual(SHUFFLED);
    // Compared as a whole: lists of millions of differences help nobody.
    const isExact = SHUFFLED.map(
      (id, at) => Buffer.compare(bytesOf(heard.get(id)!), bytesOf(fed[at]!)) === 0,
    );
    expect(isExact).toEqual(SHUFFLED.map(() => true));
    expect(server.output).toBe('');
  },
);

function bytesOf({ buffer }: Int32Array<ArrayBuffer>): Buffer {
  return Buffer.from(buffer);
}
