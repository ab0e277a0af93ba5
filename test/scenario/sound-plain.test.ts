// The plain layout: real players play it by its SDP, and a real dissector reads its headers.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ListenerConfig } from '#contract/listening.ts';
import { freePorts } from '../support/free-ports.ts';
import { type Play, playWithFfmpeg, playWithGstreamer } from '../support/plain-players.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { SHUFFLED } from '../support/shuffled-mapping.ts';
import { openAudioSocket, requestAudio } from '../support/sound-listener.ts';
import { startTestModeServer, type TestModeServer } from '../support/test-mode-server.ts';
import { estimateTone } from '../support/tone-estimate.ts';
import { until } from '../support/until.ts';
import { startCapture } from '../support/wire-capture.ts';

const FULL_SCALE_16 = 2 ** 15;
const SETTLING_SAMPLES = 4_800;

let console: TestModeServer;
let server: ServerProcess;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  console = await startTestModeServer();
  server = console.server;
  await console.admin.map(SHUFFLED);
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

afterAll(() => console.close());

/** Has plain streams sent to ports from `udpPort` on, where somebody else shall take them. */
async function announce(udpPort: number, wish: ListenerConfig) {
  const socket = await openAudioSocket(server.url);
  endings.push(() => socket.socket.terminate());
  const { client_id: id } = await socket.get('hello');
  await requestAudio(server.url, `udp_port=${udpPort}&client_id=${id}`);
  socket.send({ type: 'client_config', payload: { ...wish, layout: 'plain' } });
  const { payload: config } = await socket.get('stream_config');
  return { id, config };
}

/** The same, to where a player is started then. */
async function play(
  player: Player,
  wish: ListenerConfig,
  { payloadType, ...wanted }: Parameters<Play>[1] & { payloadType: number },
) {
  const { id, config } = await announce(await freePorts(SHUFFLED.length), wish);
  const description = await fetch(`${server.url}/audio.sdp?client_id=${id}`);
  expect(description.headers.get('content-type')).toMatch('application/sdp');
  const streams = config.streams.map(({ channels, payload_type }) => [channels, payload_type]);
  expect(streams).toEqual(SHUFFLED.map((id) => [[id], payloadType]));
  return PLAYERS[player](await description.text(), wanted);
}

const PLAYERS = { ffmpeg: playWithFfmpeg, GStreamer: playWithGstreamer } as const;
type Player = keyof typeof PLAYERS;
const players = Object.keys(PLAYERS) as Player[];

test.each(players)('%s plays Opus: each channel’s tone in its own stream', async (player) => {
  const samples = 2 * SETTLING_SAMPLES + 24_000;
  const heard = await play(
    player,
    { compression: 'opus' },
    { sampleBytes: 2, samples, payloadType: 111 },
  );
  const tones = heard.map((stream) => {
    const settled = stream.subarray(2 * SETTLING_SAMPLES);
    return estimateTone(
      Float32Array.from(settled, (sample) => sample / FULL_SCALE_16),
      48_000,
    );
  });
  expect(tones.map(({ hz }) => Math.round(hz))).toEqual(SHUFFLED.map((id) => 100 * id));
  for (const { purity } of tones) expect(purity).toBeGreaterThan(0.9);
});

test.each(
  players.flatMap((player) => [
    { player, compression: 'pcm', rate: 48_000, sampleBytes: 2, payloadType: 96 } as const,
    { player, compression: 'pcm24', rate: 44_100, sampleBytes: 3, payloadType: 105 } as const,
  ]),
)('$player plays $compression at $rate Hz: each sample of channel n is n', async (wanted) => {
  const { player, compression, rate, sampleBytes, payloadType } = wanted;
  const wish = { compression, sample_rate: rate };
  const heard = await play(player, wish, { sampleBytes, samples: rate / 2, payloadType });
  expect(heard.map((stream) => [...new Set(stream)])).toEqual(SHUFFLED.map((id) => [id]));
});

const HEADER_FIELDS = [
  'udp.dstport',
  'rtp.version',
  'rtp.padding',
  'rtp.cc',
  'rtp.marker',
  'rtp.p_type',
  'rtp.ssrc',
  'rtp.seq',
  'rtp.timestamp',
  'rtp.ext',
  'rtp.ext.profile',
  'rtp.ext.len',
] as const;
const PACKETS = 400;

test('tshark reads the headers: numbers and times go on, and the first packet is extended', async () => {
  const udpPort = await freePorts(3);
  const ports = `${udpPort}-${udpPort + 4}`;
  const filter = `udp and dst portrange ${ports}`;
  const capture = await startCapture({ filter, rtpPorts: ports, fields: HEADER_FIELDS });
  endings.push(() => capture.stop());
  const channels = [5, 9, 32].map((id) => ({ id }));
  const { config } = await announce(udpPort, { compression: 'pcm', sample_rate: 44_100, channels });
  const atPort = (port: number | null) =>
    capture.packets().filter((packet) => Number(packet['udp.dstport']) === port);
  const hasAll = () => config.streams.every(({ port }) => atPort(port).length >= PACKETS);
  await until(hasAll, { what: `${PACKETS} packets of each stream` });
  expect(config.streams).toHaveLength(3);
  for (const { port, ssrc, payload_type } of config.streams) {
    const packets = atPort(port).slice(0, PACKETS);
    expect(new Set(packets.map((packet) => Number(packet['rtp.ssrc'])))).toEqual(new Set([ssrc]));
    expect(new Set(packets.map((packet) => Number(packet['rtp.p_type'])))).toEqual(
      new Set([payload_type]),
    );
    expect(packets.map((packet) => isPlainHeader(packet))).toEqual(packets.map(() => true));
    expect(packets.map((packet) => isTrue(packet['rtp.ext']))).toEqual(
      packets.map((_, at) => at === 0),
    );
    expect(packets[0]).toMatchObject({ 'rtp.ext.profile': '0xbede', 'rtp.ext.len': '3' });
    expect(stepsOf(packets, 'rtp.seq', 2 ** 16)).toEqual(Array(PACKETS - 1).fill(1));
    // 5 ms at 44.1 kHz are 220.5 samples.
    const [first, second] = stepsOf(packets, 'rtp.timestamp', 2 ** 32);
    expect([first, second].toSorted()).toEqual([220, 221]);
    const inTurn = Array.from({ length: PACKETS - 1 }, (_, at) => (at % 2 === 0 ? first : second));
    expect(stepsOf(packets, 'rtp.timestamp', 2 ** 32)).toEqual(inTurn);
  }
});

type Headers = Record<(typeof HEADER_FIELDS)[number], string>;

/** tshark’s versions say it in words, or as a number. */
function isTrue(value: string): boolean {
  return value === 'True' || value === '1';
}

function isPlainHeader(packet: Headers): boolean {
  return (
    packet['rtp.version'] === '2' && !isTrue(packet['rtp.padding']) && packet['rtp.cc'] === '0'
  );
}

function stepsOf(packets: readonly Headers[], field: 'rtp.seq' | 'rtp.timestamp', modulus: number) {
  const values = packets.map((packet) => Number(packet[field]));
  return values.slice(1).map((value, at) => (value - values[at]! + modulus) % modulus);
}
