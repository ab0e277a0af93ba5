// Test mode: each of 32 channels carries its own number to its own place, at each rate and in each codec.

import { createDecoder } from 'libopus-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListenerConfig } from '#contract/listening.ts';
import { SAMPLE_RATES } from '#contract/sound.ts';
import { AlsaFeeder } from '../support/alsa-feeder.ts';
import { collectFrames, missingPackets, placeSamples } from '../support/heard-sound.ts';
import { ListenProcess } from '../support/listen-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { HIDDEN, SHUFFLED } from '../support/shuffled-mapping.ts';
import { SoundListener } from '../support/sound-listener.ts';
import { startTestModeServer, type TestModeServer } from '../support/test-mode-server.ts';
import { estimateTone } from '../support/tone-estimate.ts';
import { until } from '../support/until.ts';

const OPUS_RATE = 48_000;
const SECONDS = 1;
/** Of an encoder and a decoder that begin. */
const SETTLING_FRAMES = 4_800;

let console: TestModeServer;
let server: ServerProcess;

beforeAll(async () => {
  console = await startTestModeServer();
  server = console.server;
  await console.admin.map(SHUFFLED);
});

afterAll(() => console.close());

async function listen(wish: ListenerConfig) {
  const listener = await SoundListener.open(server.url, { wish });
  const { config, packets } = listener;
  const heard = () => (packets.at(-1)?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0);
  await until(() => heard() > SECONDS * config.clock_rate, { what: 'sound' });
  listener.close();
  expect(missingPackets(packets)).toBe(0);
  expect(config.channels.map(({ id }) => id)).toEqual(SHUFFLED);
  expect(config.streams.flatMap(({ channels }) => channels)).toEqual(SHUFFLED);
  return { config, packets };
}

const PAYLOAD_TYPES = {
  pcm: { 48000: 96, 44100: 97, 32000: 98, 24000: 99 },
  pcm24: { 48000: 104, 44100: 105, 32000: 106, 24000: 107 },
} as const;

test.each(
  (['pcm', 'pcm24'] as const).flatMap((codec) => SAMPLE_RATES.map((rate) => ({ codec, rate }))),
)('$codec at $rate Hz: every sample of channel n is n', async ({ codec, rate }) => {
  const { config, packets } = await listen({ compression: codec, sample_rate: rate });
  expect(config).toMatchObject({ compression: codec, sample_rate: rate, clock_rate: rate });
  const types = new Set(packets.map(({ payloadType }) => payloadType));
  expect([...types]).toEqual([PAYLOAD_TYPES[codec][rate]]);
  const bytes = codec === 'pcm' ? 2 : 3;
  const frames = SECONDS * rate;
  const heard = placeSamples(packets, { streams: config.streams, bytes, frames });
  const values = SHUFFLED.map((id) => [...new Set(heard.get(id))]);
  expect(values).toEqual(SHUFFLED.map((id) => [id]));
});

test.each(SAMPLE_RATES)(
  'Opus at %i Hz: channel n is a sine of 100·n Hz at -12 dBFS',
  async (rate) => {
    const { config, packets } = await listen({ compression: 'opus', sample_rate: rate });
    expect(config).toMatchObject({ compression: 'opus', sample_rate: rate, clock_rate: 48_000 });
    expect(new Set(packets.map(({ payloadType }) => payloadType))).toEqual(new Set([100]));
    const frames = collectFrames(packets);
    expect([...frames.keys()]).toEqual(SHUFFLED);
    for (const [id, list] of frames) {
      const { hz, dbfs, purity } = estimateTone(await decode(list), OPUS_RATE);
      expect([id, Math.round(hz)]).toEqual([id, 100 * id]);
      expect(Math.abs(dbfs + 12)).toBeLessThan(1.5);
      // Less than 44.1 kHz gets fewer bits: some noise is the price.
      expect(purity).toBeGreaterThan(0.9);
    }
  },
);

async function decode(frames: readonly Uint8Array[]): Promise<Float32Array> {
  const decoder = await createDecoder({ channels: 1, sampleRate: OPUS_RATE });
  const decoded = frames.flatMap((frame) => [...decoder.decodeFloat(frame)]);
  decoder.free();
  return Float32Array.from(decoded).subarray(SETTLING_FRAMES);
}

test('a hidden channel that is asked for is not sent, and that is said', async () => {
  const channels = [7, 3, 20].map((id) => ({ id }));
  const listener = await SoundListener.open(server.url, { wish: { compression: 'pcm', channels } });
  const { config, packets } = listener;
  await until(() => packets.length > 20, { what: 'sound' });
  listener.close();
  expect(config.channels.map(({ id }) => id)).toEqual([3]);
  expect(config.left_out.map(({ id }) => id)).toEqual(HIDDEN);
  const heard = placeSamples(packets, { streams: config.streams, bytes: 2, frames: 240 });
  expect([...heard].map(([id, samples]) => [id, [...new Set(samples)]])).toEqual([[3, [3]]]);
});

test.each([
  ['opus', 24_000],
  ['pcm', 44_100],
  ['pcm24', 48_000],
] as const)('yeoul listen --verify agrees on %s at %i Hz', async (codec, rate) => {
  expect(await verify(server, '--compression', codec, '--rate', String(rate))).toEqual({
    exitCode: 0,
    ok: true,
    channels: SHUFFLED.toSorted((one, other) => one - other),
    bad: [],
  });
});

test('yeoul listen --verify disagrees with other sound', async () => {
  const { admin } = console;
  await admin.change({ test_mode: false });
  const channels = ['--channels', '1-6'];
  for (const codec of ['opus', 'pcm']) {
    const verdict = await verify(server, '--compression', codec, ...channels);
    expect(verdict).toMatchObject({ exitCode: 1, ok: false, bad: [1, 2, 3, 4, 5, 6] });
  }
  await admin.change({ test_mode: true });
});

test('yeoul listen --verify finds two channels that have changed places', async () => {
  const swapped: Readonly<Record<number, number>> = { 3: 4, 4: 3 };
  const numberOf = (id: number) => swapped[id] ?? id;
  const card = new AlsaFeeder({ sample: (_, index) => numberOf(index + 1) << 8 });
  const { device, environment: env } = card;
  const other = await ServerProcess.start({ console: `device: ${device}`, env });
  const verdict = await verify(other, '--compression', 'pcm24');
  expect(verdict).toMatchObject({ exitCode: 1, ok: false, bad: [3, 4] });
  expect(verdict.channels).toHaveLength(32);
  await other.dispose();
  card.stop();
});

async function verify({ url }: ServerProcess, ...words: string[]) {
  const listen = new ListenProcess(url, '--verify', '--seconds', '3', ...words);
  const exitCode = await listen.ended();
  const [entry] = listen.all('summary');
  const verdict = entry?.summary.verification;
  const channels = verdict?.channels.toSorted((one, other) => one.channel - other.channel) ?? [];
  const bad = channels.filter(({ problem }) => problem !== null);
  return {
    exitCode,
    ok: verdict?.ok,
    channels: channels.map(({ channel }) => channel),
    bad: bad.map(({ channel }) => channel),
  };
}
