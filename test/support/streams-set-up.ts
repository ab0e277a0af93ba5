// The rules of streams and viewers put together as the server does it, on a virtual clock.

import type { Source, SourceSink, TrackSink } from '#core/ports/source.ts';
import { Outbox } from '#core/streams/outbox.ts';
import { Streams } from '#core/streams/streams.ts';
import { Viewers } from '#core/streams/viewers.ts';
import { FakeTransport } from './fake-transport.ts';
import { loadOffer } from './offers.ts';
import { PPS, SPS, VideoSender } from './rtp-packets.ts';
import { SilentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export const offer = loadOffer('chromium-156-recvonly');

export class FakeSource implements Source {
  sink: SourceSink | undefined;
  tracks: readonly TrackSink[] = [];

  start(sink: SourceSink): void {
    this.sink = sink;
  }

  ready(): void {
    this.tracks = this.sink!.ready([
      { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [SPS, PPS] },
      { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
    ]);
  }

  write(packets: readonly Uint8Array[], capturedAtMs: number): void {
    for (const packet of packets) this.tracks[0]!.write(packet, capturedAtMs);
    this.sink!.flush();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function setUpStreams(options: { maxViewers?: number; ready?: boolean } = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport();
  const outbox = new Outbox(transport);
  const log = new SilentLog();
  const streams = new Streams({ clock, outbox, log });
  const source = new FakeSource();
  streams.add({ id: 'gate', name: 'Gate', origin: 'file', address: 'test:' }, source);
  if (options.ready ?? true) source.ready();
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
  return { clock, transport, log, streams, source, viewers, camera, join, joinConnected };
}
