// Playing a scripted camera with the RTSP source, and what comes of it.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { SourceFailure, SourceOffer, SourceSink } from '#core/ports/source.ts';
import type { Clock } from '#std/clock.ts';
import { createRtspSource, type RtspSettings } from '../../src/adapters/rtsp/rtsp-source.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { makeClip } from './scripted-camera/make-clip.ts';
import { openScriptedCamera } from './scripted-camera/scripted-camera.ts';
import { SilentLog } from './silent-log.ts';
import { until } from './until.ts';

class RecordingSink implements SourceSink {
  offer: SourceOffer | undefined;
  failure: SourceFailure | undefined;
  readonly tracks: { packet: Uint8Array; capturedAtMs: number }[][] = [];
  unflushed = 0;

  ready(offer: SourceOffer) {
    expect(this.offer).toBeUndefined();
    this.offer = offer;
    return offer.formats.map(() => {
      const written: { packet: Uint8Array; capturedAtMs: number }[] = [];
      this.tracks.push(written);
      return {
        write: (packet: Uint8Array, capturedAtMs: number) => {
          this.unflushed++;
          written.push({ packet: packet.slice(), capturedAtMs });
        },
      };
    });
  }

  flush(): void {
    this.unflushed = 0;
  }

  failed(failure: SourceFailure): void {
    expect(this.failure).toBeUndefined();
    this.failure = failure;
  }

  get packets(): number {
    return this.tracks.reduce((sum, written) => sum + written.length, 0);
  }
}

interface PlayOptions extends Partial<RtspSettings> {
  readonly clock?: Clock;
  readonly allowed?: (ip: string) => boolean;
}

export function play(address: string, { clock, allowed, ...settings }: PlayOptions = {}) {
  const log = new SilentLog();
  const sink = new RecordingSink();
  const source = createRtspSource({
    clock: clock ?? systemClock,
    log: log.with({ stream: 'gate' }),
    name: 'gate',
    settings: {
      address,
      username: null,
      password: null,
      transport: 'tcp',
      timeoutMs: 10_000,
      fingerprint: null,
      ...settings,
    },
    allowedAddress: allowed ?? (() => true),
  });
  onTestFinished(() => source.close());
  source.start(sink);
  return { log, sink, source };
}

export async function openCamera(
  options: Omit<Parameters<typeof openScriptedCamera>[0], 'clip'> = {},
) {
  const camera = await openScriptedCamera({ clip: await makeClip({ audio: 'pcmu' }), ...options });
  onTestFinished(() => camera.close());
  return camera;
}

/** A TCP server that does to each connection what the test wants. */
export async function openServer(act: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/ch1`;
}

export async function playing({ sink }: { sink: RecordingSink }, packets = 20): Promise<void> {
  const arrived = () => sink.packets >= packets || sink.failure !== undefined;
  await until(arrived, { what: 'packets' });
  expect(sink.failure).toBeUndefined();
}

export async function failed({ sink }: { sink: RecordingSink }): Promise<SourceFailure> {
  await until(() => sink.failure !== undefined, { what: 'a failure' });
  return sink.failure!;
}
