// What 32 channels cost the sound thread: CPU time of a tick, from the samples to the socket, whose send
// does nothing.

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import { SoundRunner } from '#core/console/engine/sound-runner.ts';
import type { ConsoleSourceSink } from '#core/ports/console-source.ts';
import type { ListenerPlan, Rendition } from '#core/ports/sound-engine.ts';
import type { OpenChannelEncoder } from '#core/ports/sound-output.ts';
import { groupChannels } from '#media/sound/packet-plan.ts';
import { payloadTypeOf } from '#media/sound/payload-types.ts';
import { openOpusEncoders } from '../../src/adapters/opus/channel-encoders.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { spreadOf } from '../spread.ts';
import { formatTable } from '../table.ts';

const LISTENERS = [1, 20];
const ROUNDS = 5;
/** Sound in a round: enough for the compiler to settle and the clock to be exact. */
const SECONDS = 2;
const BLOCK_FRAMES = 240;
const BLOCKS_PER_SECOND = 200;
/** Different ones, so that encoders have work. */
const BLOCKS = 40;

const opus = { codec: 'opus', sampleRate: 48_000, bitrate: 64_000 } as const;
const pcm = { codec: 'pcm', sampleRate: 48_000, packetMs: 5, bitrate: 0 } as const;
const RENDITIONS: Readonly<Record<string, Rendition>> = {
  'opus 2.5 ms': { ...opus, packetMs: 2.5, bitrate: 128_000 },
  'opus 5 ms': { ...opus, packetMs: 5 },
  'opus 10 ms': { ...opus, packetMs: 10 },
  'opus 20 ms': { ...opus, packetMs: 20 },
  'pcm 5 ms': pcm,
  'pcm24 5 ms': { ...pcm, codec: 'pcm24' },
  'pcm 5 ms, 44,100 Hz': { ...pcm, sampleRate: 44_100 },
};

export async function run(): Promise<boolean> {
  const openEncoder = await openOpusEncoders();
  const blocks = makeBlocks();
  const rows: string[][] = [];
  for (const [name, rendition] of Object.entries(RENDITIONS)) {
    for (const listeners of LISTENERS) {
      const rounds: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        rounds.push(await measure({ rendition, listeners, blocks, openEncoder }));
      }
      const { median, min, max } = spreadOf(rounds);
      const ticks = 1_000 / rendition.packetMs;
      rows.push([
        name,
        String(listeners),
        ((median * 1e6) / ticks).toFixed(0),
        `${((min * 1e6) / ticks).toFixed(0)}–${((max * 1e6) / ticks).toFixed(0)}`,
        (median * 100).toFixed(1),
      ]);
    }
  }
  const head = ['rendition', 'listeners', 'µs/tick', '(min–max)', '% of a core'];
  process.stdout.write(`${formatTable(head, rows)}\n`);
  return true;
}

interface Measured {
  readonly rendition: Rendition;
  readonly listeners: number;
  readonly blocks: readonly (readonly Float32Array[])[];
  readonly openEncoder: OpenChannelEncoder;
}

/** CPU seconds for each second of sound. */
async function measure({ rendition, listeners, blocks, openEncoder }: Measured): Promise<number> {
  const clock = new VirtualClock();
  let sink: ConsoleSourceSink | undefined;
  const runner = new SoundRunner({
    clock,
    openEncoder,
    socket: { port: 5_002, send: () => {}, setDscp: () => {} },
    openSource: () => ({
      start: (given) => {
        sink = given;
      },
      close: () => Promise.resolve(),
    }),
    events: { onCapture: () => {}, onReport: () => {}, onMeters: () => {} },
    randomWord: () => 7,
    cpuSeconds: () => 0,
    strayDatagrams: () => 0,
  });
  runner.apply({
    source: 'noise',
    isTestMode: false,
    dscp: 46,
    hasMeters: false,
    listeners: Array.from({ length: listeners }, (_, at) => planListener(at, rendition)),
  });
  await new Promise(setImmediate);
  sink?.onFormat({ sampleRate: 48_000, channels: CONSOLE_CHANNELS, name: 'noise', remark: null });
  const total = SECONDS * BLOCKS_PER_SECOND;
  // The first tenth warms up.
  let before = process.cpuUsage();
  for (let block = 0; block < total * 1.1; block++) {
    if (block === total / 10) before = process.cpuUsage();
    const firstFrame = block * BLOCK_FRAMES;
    const planes = blocks[block % blocks.length] ?? [];
    sink?.onBlock({ planes, frames: BLOCK_FRAMES, firstFrame, capturedAtMs: clock.wallMs() });
  }
  const { user, system } = process.cpuUsage(before);
  await runner.close();
  return (user + system) / 1e6 / SECONDS;
}

function planListener(at: number, rendition: Rendition): ListenerPlan {
  const channels = Array.from({ length: CONSOLE_CHANNELS }, (_, index) => index + 1);
  const format = { ...rendition, layout: 'bundle' } as const;
  return {
    id: `listener ${at}`,
    address: '127.0.0.1',
    rendition,
    layout: 'bundle',
    rtpStreams: groupChannels(channels, format).map((group, index) => ({
      ssrc: 100 * at + index,
      payloadType: payloadTypeOf(format),
      port: 6_000 + at,
      channels: group,
    })),
    stateVersion: 0,
    isEventPending: false,
  };
}

/** A tone of its own for each channel, and some noise. */
function makeBlocks(): Float32Array[][] {
  const random = seededRandom(1);
  return Array.from({ length: BLOCKS }, (_block, block) =>
    Array.from({ length: CONSOLE_CHANNELS }, (_channel, channel) =>
      Float32Array.from({ length: BLOCK_FRAMES }, (_sample, at) => {
        const phase = ((block * BLOCK_FRAMES + at) * (channel + 1)) / 480;
        return 0.3 * Math.sin(2 * Math.PI * phase) + 0.05 * (random() - 0.5);
      }),
    ),
  );
}
