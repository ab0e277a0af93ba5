// One connection to a camera: the session, its link, its UDP ports and its media, and their timers.

import type { SourceFailure, SourceSink } from '#core/ports/source.ts';
import type { CameraAddress } from '#media/rtsp/address.ts';
import type { DigestHash } from '#media/rtsp/challenge.ts';
import { RtspClientSession } from '#media/rtsp/client-session.ts';
import type { SetUpTrack } from '#media/rtsp/client-tracks.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { connectionFailure } from './camera-error.ts';
import type { CameraLink } from './camera-link.ts';
import { CameraMedia } from './camera-media.ts';
import { openUdpPorts, type UdpPorts } from './udp-ports.ts';

interface ConnectionOptions {
  readonly link: CameraLink;
  readonly address: CameraAddress;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly transport: 'tcp' | 'udp' | 'http';
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly hash: DigestHash;
  /** 128 bits as hexadecimal digits. */
  readonly random: () => string;
  readonly sink: Pick<SourceSink, 'ready' | 'flush'>;
  readonly allowedAddress: (ip: string) => boolean;
  onConnected(tracks: readonly SetUpTrack[]): void;
  onRedirect(location: string): void;
  /** Once, and last. */
  onFailed(failure: SourceFailure): void;
  /** A mistake of ours: it ends this connection, not the server. */
  onFault(error: unknown): void;
}

/** Some cameras refuse who does not say what it is (go2rtc#235). */
const USER_AGENT = 'Yeoul';
const TICK_MS = 1_000;
/** Some cameras end a session without receiver reports every few seconds. */
const REPORT_MS = 5_000;

export class CameraConnection {
  readonly #options: ConnectionOptions;
  readonly #session: RtspClientSession;
  readonly #timers: Timer[] = [];
  #media: CameraMedia | undefined;
  #udp: UdpPorts[] = [];
  /** Of each track, where its packets come from, if not from the camera's own address. */
  #sources: string[] = [];
  #poll: Timer | undefined;
  #flush: NodeJS.Immediate | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { link, clock, address } = options;
    this.#session = new RtspClientSession({
      ...options,
      uri: address.uri,
      peer: `${address.host}:${address.port}`,
      userAgent: USER_AGENT,
      handler: {
        send: (bytes) => link.write(bytes),
        onDescribed: (count) => void this.#setUp(count),
        onSetUp: (tracks) => this.#punch(tracks),
        onPlaying: (tracks, ignored) => this.#begin(tracks, ignored),
        onPacket: (track, packet) => this.#media?.take(track, packet, clock.nowMs()),
        onReport: (track, packet) => this.#media?.takeReport(track, packet, clock.nowMs()),
        onRedirect: (location) => options.onRedirect(location),
        onFailed: (failure) => options.onFailed(failure),
      },
    });
  }

  /** For the log. `lost`: packets missing; over TCP, those that the camera itself dropped. */
  get counters(): Readonly<Record<string, number>> {
    const strangers = this.#udp.reduce((sum, ports) => sum + ports.strangers, 0);
    return { lost: this.#media?.lost ?? 0, strangers, ...this.#session.oddities };
  }

  start(): void {
    const { link, clock, sink, address } = this.#options;
    const peer = `${address.host}:${address.port}`;
    this.#timers.push(this.#every(TICK_MS, () => this.#session.tick(clock.nowMs())));
    this.#session.start(clock.nowMs());
    link.listen({
      onData: (bytes) =>
        this.#guard(() => {
          this.#session.push(bytes, clock.nowMs());
          if (this.#media && !this.#closing) sink.flush();
        }),
      onClosed: (error) =>
        this.#session.disconnected(
          error === undefined
            ? 'the camera closed the connection'
            : (connectionFailure(error, peer)?.reason ?? 'the connection broke'),
        ),
    });
  }

  /** TEARDOWN first. Idempotent; nothing is written after it was called. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    const { link, clock } = this.#options;
    this.#session.close();
    for (const timer of this.#timers) timer.cancel();
    this.#poll?.cancel();
    clearImmediate(this.#flush);
    for (const ports of this.#udp) ports.close();
    return link.close(clock);
  }

  async #setUp(trackCount: number): Promise<void> {
    if (this.#options.transport !== 'udp') {
      this.#session.setUp();
      return;
    }
    try {
      for (let track = 0; track < trackCount; track++) this.#udp.push(await this.#openPorts(track));
      this.#session.setUp(this.#udp.map(({ ports }) => ports));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error;
      this.#session.fail({ reason: `no UDP ports could be opened (${code})`, kind: 'retry' });
    }
    if (this.#closing) for (const ports of this.#udp) ports.close();
  }

  #openPorts(track: number): Promise<UdpPorts> {
    const { link } = this.#options;
    return openUdpPorts({
      localIp: link.localIp,
      isCamera: (ip) => ip === this.#sourceOf(track),
      onPacket: (packet) =>
        this.#guard(() => {
          this.#session.pushDatagram(track, packet, this.#options.clock.nowMs());
          this.#flushSoon();
          this.#pollLater();
        }),
    });
  }

  #sourceOf(track: number): string {
    return this.#sources[track] ?? this.#options.link.ip;
  }

  #punch(tracks: readonly SetUpTrack[]): void {
    const { allowedAddress } = this.#options;
    for (const [index, { transport }] of tracks.entries()) {
      const { source, serverPort } = transport;
      // Of a recorder, the camera behind it; never what could not be a camera.
      if (source !== undefined && allowedAddress(source)) this.#sources[index] = source;
      if (serverPort) this.#udp[index]?.punch(this.#sourceOf(index), serverPort);
    }
  }

  #begin(tracks: readonly SetUpTrack[], ignored: readonly string[]): void {
    const { sink, random, onConnected } = this.#options;
    const formats = tracks.map(({ track }) => track.format);
    onConnected(tracks);
    const sinks = sink.ready({ formats, ignored });
    const localSsrc = Number.parseInt(random().slice(0, 8), 16);
    const reorder = tracks.some(({ transport }) => transport.lower === 'UDP');
    if (this.#closing) return;
    this.#media = new CameraMedia({ formats, sinks, reorder, localSsrc });
    this.#timers.push(this.#every(REPORT_MS, () => this.#report()));
  }

  #report(): void {
    this.#media?.forEachReport(this.#options.clock.nowMs(), (track, packet) => {
      this.#session.sendReport(track, packet);
      this.#udp[track]?.sendReport(packet);
    });
  }

  /** After all datagrams that wait now. */
  #flushSoon(): void {
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      this.#guard(() => this.#options.sink.flush());
    });
  }

  #pollLater(): void {
    const { clock, sink } = this.#options;
    const dueAtMs = this.#media?.dueAtMs;
    if (dueAtMs === undefined || this.#poll) return;
    this.#poll = clock.after(Math.max(1, dueAtMs - clock.nowMs()), () => {
      this.#poll = undefined;
      this.#guard(() => {
        this.#media?.poll(clock.nowMs());
        sink.flush();
        this.#pollLater();
      });
    });
  }

  #every(periodMs: number, act: () => void): Timer {
    return this.#options.clock.every(periodMs, () => this.#guard(act));
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}
