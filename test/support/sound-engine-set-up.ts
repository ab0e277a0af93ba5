// A sound engine with everything around it replaced: a source that delivers what a test says, encoders
// that write down what they got, and a socket that keeps all packets.

import type { Compression, Layout, SampleRate } from '#contract/sound.ts';
import { SoundRunner } from '#core/console/engine/sound-runner.ts';
import type { ConsoleSource, ConsoleSourceSink } from '#core/ports/console-source.ts';
import type {
  CaptureState,
  ListenerPlan,
  MeterLevels,
  Rendition,
  SoundPlan,
  SoundReport,
} from '#core/ports/sound-engine.ts';
import type {
  ChannelEncoderOptions,
  SoundDestination,
  SoundSocket,
} from '#core/ports/sound-output.ts';
import { groupChannels } from '#media/sound/packet-plan.ts';
import { payloadTypeOf } from '#media/sound/payload-types.ts';
import { seededRandom } from './seeded-random.ts';
import { readSent, type SentPacket } from './sound-packets.ts';
import { VirtualClock } from './virtual-clock.ts';

class FakeSoundSocket implements SoundSocket {
  readonly port = 5002;
  readonly dscps: number[] = [];
  packets: SentPacket[] = [];
  /** Every so many-th packet fails. */
  failsEach = Number.POSITIVE_INFINITY;
  readonly #clock: VirtualClock;
  readonly #headers: { readonly header: Uint8Array; readonly copy: Uint8Array }[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  send(header: Uint8Array, payload: Uint8Array, to: SoundDestination): void {
    const { address, port } = to;
    const sentAtMs = this.#clock.wallMs();
    this.packets.push({ ...readSent(header, payload), address, port, sentAtMs });
    this.#headers.push({ header, copy: header.slice() });
    if (this.#headers.length % this.failsEach === 0) to.onSendError();
  }

  /** How many are not any more what they were when they were sent. */
  get changedHeaders(): number {
    return this.#headers.filter(({ header, copy }) => String(header) !== String(copy)).length;
  }

  setDscp(dscp: number): void {
    this.dscps.push(dscp);
  }

  to(port: number): SentPacket[] {
    return this.packets.filter((packet) => packet.port === port);
  }
}

export class FakeConsoleSource implements ConsoleSource {
  readonly name: string;
  sink: ConsoleSourceSink | undefined;
  isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  start(sink: ConsoleSourceSink): void {
    this.sink = sink;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** An encoder that can be told from others; its frames hold its first sample and how many there were. */
interface FakeEncoder extends ChannelEncoderOptions {
  calls: number;
  isClosed: boolean;
}

export const FAKE_FRAME_BYTES = 12;

export function sampleOfFrame(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getFloat32(0);
}

type SampleOf = (channel: number, frame: number) => number;

/** 16-bit samples that differ by channel and by frame. */
export const numbered: SampleOf = (channel, frame) =>
  (((channel * 1_931 + frame * 7) % 65_536) - 32_768) / 32_768;

interface Delivery {
  readonly rate?: number;
  readonly channels?: number;
  readonly sampleOf?: SampleOf;
  /** In each block. */
  readonly frames?: number;
}

export class SoundEngineSetUp {
  readonly clock = new VirtualClock();
  readonly socket = new FakeSoundSocket(this.clock);
  readonly sources: FakeConsoleSource[] = [];
  readonly encoders: FakeEncoder[] = [];
  /** Of these encoders, by number, nothing comes out. */
  readonly emptyFrames = new Set<number>();
  readonly captures: CaptureState[] = [];
  readonly reports: SoundReport[] = [];
  readonly meters: MeterLevels[] = [];
  readonly runner: SoundRunner;
  /** Of the source's next block. */
  frame = 0;
  readonly #random = seededRandom(1);
  #format = '';

  constructor() {
    this.runner = new SoundRunner({
      clock: this.clock,
      socket: this.socket,
      openSource: (name) => this.#openSource(name),
      openEncoder: (options) => this.#openEncoder(options),
      events: {
        onCapture: (state) => this.captures.push(state),
        onReport: (report) => this.reports.push(report),
        onMeters: (levels) => this.meters.push(levels),
      },
      randomWord: () => Math.floor(this.#random() * 2 ** 32),
      cpuSeconds: () => 1.5,
      strayDatagrams: () => 3,
    });
  }

  get source(): FakeConsoleSource {
    const source = this.sources.at(-1);
    if (!source) throw new Error('no source was opened');
    return source;
  }

  get openEncoders(): FakeEncoder[] {
    return this.encoders.filter(({ isClosed }) => !isClosed);
  }

  apply(plan: Partial<SoundPlan>): void {
    this.runner.apply({
      source: 'hw:XUSB',
      isTestMode: false,
      dscp: 46,
      hasMeters: false,
      listeners: [],
      ...plan,
    });
  }

  /** Time passes, and the source delivers what was said in it. */
  deliver(durationMs: number, delivery: Delivery = {}): void {
    const { rate = 48_000, channels = 32, sampleOf = numbered, frames = rate / 200 } = delivery;
    this.announce({ rate, channels });
    const endFrame = this.frame + (durationMs * rate) / 1_000;
    const planes = Array.from({ length: channels }, () => new Float32Array(frames));
    while (this.frame + frames <= endFrame) {
      const firstFrame = this.frame;
      planes.forEach((plane, at) => {
        for (let index = 0; index < frames; index++) {
          plane[index] = sampleOf(at + 1, firstFrame + index);
        }
      });
      const blockMs = (frames * 1_000) / rate;
      this.clock.advance(blockMs);
      this.frame += frames;
      const capturedAtMs = this.clock.wallMs() - blockMs;
      this.source.sink?.onBlock({ planes, frames, firstFrame, capturedAtMs });
      // What is over is written over.
      for (const plane of planes) plane.fill(Number.NaN);
    }
  }

  /** Samples are lost, and the time with them. */
  lose(frames: number, rate = 48_000): void {
    this.clock.advance((frames * 1_000) / rate);
    this.frame += frames;
    this.source.sink?.onOverrun(frames);
  }

  announce({ rate = 48_000, channels = 32 }): void {
    const format = `${this.sources.length} ${rate} ${channels}`;
    if (format === this.#format) return;
    this.#format = format;
    this.source.sink?.onFormat({ sampleRate: rate, channels, name: 'S32_LE', remark: null });
  }

  #openSource(name: string): FakeConsoleSource {
    const source = new FakeConsoleSource(name);
    this.sources.push(source);
    this.frame = 0;
    return source;
  }

  #openEncoder(options: ChannelEncoderOptions) {
    const encoder: FakeEncoder = { ...options, calls: 0, isClosed: false };
    const number = this.encoders.push(encoder) - 1;
    return {
      encode: (samples: Float32Array) => {
        if (samples.length !== options.frames) throw new Error(`${samples.length} samples`);
        encoder.calls++;
        if (this.emptyFrames.has(number)) return new Uint8Array();
        const frame = new Uint8Array(FAKE_FRAME_BYTES);
        new DataView(frame.buffer).setFloat32(0, samples[0] ?? 0);
        return frame;
      },
      close: () => {
        encoder.isClosed = true;
      },
    };
  }
}

interface PlannedListener {
  readonly channels?: readonly number[];
  readonly codec?: Compression;
  readonly sampleRate?: SampleRate;
  readonly packetMs?: Rendition['packetMs'];
  readonly bitrate?: number;
  readonly layout?: Layout;
  readonly stateVersion?: number;
  readonly isEventPending?: boolean;
  /** The first of its SSRCs. */
  readonly ssrc?: number;
}

export const ALL_CHANNELS = Array.from({ length: 32 }, (_, at) => at + 1);

/** What the rules plan for a listener of that port: its streams as the protocol has them. */
export function planListener(port: number, wish: PlannedListener = {}): ListenerPlan {
  const { channels = ALL_CHANNELS, codec = 'opus', sampleRate = 48_000, packetMs = 5 } = wish;
  const { layout = 'bundle', ssrc = port * 1_000, bitrate = codec === 'opus' ? 64_000 : 0 } = wish;
  const format = { codec, layout, sampleRate, packetMs };
  return {
    id: `listener-${port}`,
    address: '192.168.0.7',
    rendition: { codec, sampleRate, packetMs, bitrate },
    layout,
    rtpStreams: groupChannels(channels, format).map((group, at) => ({
      ssrc: ssrc + at,
      payloadType: payloadTypeOf(format),
      port: layout === 'plain' ? port + 2 * at : port,
      channels: group,
    })),
    stateVersion: wish.stateVersion ?? 1,
    isEventPending: wish.isEventPending ?? false,
  };
}

/** 23 channels, none at the place of its number. */
export const SHUFFLED = [
  7, 32, 1, 16, 15, 2, 31, 3, 30, 4, 29, 5, 28, 6, 27, 8, 26, 9, 25, 10, 24, 11, 23,
];
