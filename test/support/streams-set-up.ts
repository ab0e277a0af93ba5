// The rules of streams and viewers put together as the server does it, on a virtual clock.

import type { Conversion, ConversionSink, Converter } from '#core/ports/converter.ts';
import type { Source, SourceSink, TrackSink } from '#core/ports/source.ts';
import { Outbox } from '#core/streams/outbox.ts';
import type { ProfileSpec } from '#core/streams/profile.ts';
import type { StreamSpec } from '#core/streams/stream.ts';
import { Streams } from '#core/streams/streams.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { Viewers } from '#core/streams/viewers.ts';
import { FakeTransport } from './fake-transport.ts';
import { loadOffer } from './offers.ts';
import { PPS, SPS, VideoSender } from './rtp-packets.ts';
import { SilentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export const offer = loadOffer('chromium-156-recvonly');

export const H264: TrackFormat = {
  kind: 'video',
  codec: 'H264',
  clockRate: 90_000,
  parameterSets: [SPS, PPS],
};
export const OPUS: TrackFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };

class FakeSource implements Source {
  sink: SourceSink | undefined;
  tracks: readonly TrackSink[] = [];
  keyFramesAsked = 0;
  closed = false;

  start(sink: SourceSink): void {
    this.sink = sink;
  }

  ready(formats: readonly TrackFormat[] = [H264, OPUS]): void {
    this.tracks = this.sink!.ready({ formats });
  }

  write(packets: readonly Uint8Array[], capturedAtMs: number): void {
    for (const packet of packets) this.tracks[0]!.write(packet, capturedAtMs);
    this.sink!.flush();
  }

  requestKeyFrame(): void {
    this.keyFramesAsked++;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** Converts by hand: the test says when it is ready and what comes out. */
export class FakeConverter implements Converter {
  readonly conversions: FakeConversion[] = [];
  refuses: string | undefined = 'it needs ffmpeg, which was not found';

  refusal(): string | undefined {
    return this.refuses;
  }

  convert(_from: TrackFormat, to: TrackFormat['codec'], sink: ConversionSink): Conversion {
    const conversion = new FakeConversion(to, sink);
    this.conversions.push(conversion);
    return conversion;
  }
}

class FakeConversion implements Conversion {
  readonly cpuSeconds = 0.25;
  readonly to: TrackFormat['codec'];
  readonly sink: ConversionSink;
  readonly written: number[] = [];
  closed = false;

  constructor(to: TrackFormat['codec'], sink: ConversionSink) {
    this.to = to;
    this.sink = sink;
  }

  write({ timestamp }: { timestamp: number }): void {
    this.written.push(timestamp);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** A stream's sources in the order they were made, by profile. */
export class FakeCamera {
  readonly sources: FakeSource[] = [];
  readonly spec: ProfileSpec;

  constructor(spec: Partial<ProfileSpec> = {}) {
    this.spec = {
      name: 'main',
      address: 'rtsp://10.0.0.7/main',
      key: 'main',
      gated: true,
      open: 'always',
      lingerMs: 10_000,
      timeoutMs: 10_000,
      ...spec,
      createSource: () => {
        const source = new FakeSource();
        this.sources.push(source);
        return source;
      },
    };
  }

  get source(): FakeSource {
    return this.sources.at(-1)!;
  }
}

export function streamSpec(profiles: readonly ProfileSpec[], spec: Partial<StreamSpec> = {}) {
  const settings = {} as StreamSpec['settings'];
  const origin = { kind: 'file' as const, file: 'yeoul.yaml', line: 3 };
  const more = { enabled: true, transcode: true, settings, origin };
  return { id: 'gate', name: 'Gate', ...more, profiles, ...spec };
}

interface SetUp {
  readonly maxViewers?: number;
  readonly ready?: boolean;
  readonly formats?: readonly TrackFormat[];
  readonly main?: Partial<ProfileSpec>;
  readonly sub?: Partial<ProfileSpec>;
  readonly spec?: Partial<StreamSpec>;
}

export function setUpStreams(options: SetUp = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport();
  const outbox = new Outbox(transport);
  const log = new SilentLog();
  const converter = new FakeConverter();
  const flush = () => outbox.flush();
  const streams = new Streams({ clock, log, converter, flush, random: () => 0.5 });
  const main = new FakeCamera(options.main);
  const sub = new FakeCamera({ name: 'sub', key: 'sub', open: 'demand', ...options.sub });
  const profiles = options.sub ? [main.spec, sub.spec] : [main.spec];
  void streams.apply(streamSpec(profiles, options.spec));
  const source = main.source as FakeSource;
  if (options.ready ?? true) source.ready(options.formats);
  let ids = 0;
  let words = 1000;
  const viewers = new Viewers({
    clock,
    streams,
    transport,
    outbox,
    log,
    maxViewers: options.maxViewers ?? 10,
    newId: () => `viewer-${++ids}`,
    randomWord: () => ++words,
  });
  const camera = new VideoSender();
  const join = () => viewers.join({ streamId: 'gate', offer, userAgent: 'test' });
  const joinConnected = async () => {
    const joined = await join();
    const peer = transport.peers.at(-1)!;
    peer.events.onState('connected');
    return { ...joined, peer };
  };
  const world = { clock, transport, log, streams, viewers, converter };
  return { ...world, main, sub, source, camera, join, joinConnected };
}
