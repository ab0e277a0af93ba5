// A reader's session: a player or a recorder that gets a stream's packets.

import type { Outlet } from '#core/ports/outlet.ts';
import type { Watch, WatchedTrack } from '#core/streams/watching.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import type { RtspTransport, TransportPair } from '#media/rtsp/transport-header.ts';
import { formatReaderDescription } from '#media/sdp/reader-description.ts';
import type { Session, SessionLink } from './session.ts';
import { TcpPath } from './tcp-path.ts';
import { chooseTransport } from './transports.ts';
import { createUdpOutlet } from './udp-outlet.ts';

interface ReadingRequest {
  readonly streamId: string;
  readonly profile: 'main' | 'sub' | undefined;
  readonly userAgent: string | undefined;
}

/** How one track's packets go. */
interface Way {
  readonly outlet: Outlet;
  /** Of TCP. */
  readonly channels: readonly number[];
  readonly close: () => void;
}

/** Rejects if the stream can't be watched. */
export async function openReadingSession(
  { streamId, profile, userAgent }: ReadingRequest,
  link: SessionLink,
): Promise<ReadingSession> {
  const { streams } = link.parts.options;
  const watch = await streams.watch({
    streamId,
    protocol: 'rtsp',
    remote: link.remote,
    userAgent,
    accepts: () => true,
    ...(profile && { profile }),
    onEnd: link.onEnd,
  });
  return new ReadingSession({ streamId, profile }, watch, link);
}

export class ReadingSession implements Session {
  readonly streamId: string;
  readonly profile: ReadingRequest['profile'];
  readonly #watch: Watch;
  readonly #link: SessionLink;
  readonly #tcp: TcpPath;
  readonly #ways: (Way | undefined)[];
  #isPlaying = false;

  constructor(of: Omit<ReadingRequest, 'userAgent'>, watch: Watch, link: SessionLink) {
    this.streamId = of.streamId;
    this.profile = of.profile;
    this.#watch = watch;
    this.#link = link;
    this.#ways = watch.tracks.map(() => undefined);
    const { parts, socket } = link;
    const { frames, counters, options } = parts;
    this.#tcp = new TcpPath({
      socket,
      frames,
      counters,
      clock: options.clock,
      onFreed: () => this.#restart(),
    });
  }

  get isSetUp(): boolean {
    return this.#ways.some((way) => way !== undefined);
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Whether the client has to give signs of life: TCP tells by itself who is gone. */
  get needsSigns(): boolean {
    return !this.#isPlaying || this.#channels().size === 0;
  }

  describe(sessionId: string): string {
    const tracks = this.#watch.tracks.map(({ track, payloadType }, index) => ({
      format: describedFormat(track),
      payloadType,
      control: controlOf(index),
    }));
    return formatReaderDescription(tracks, { sessionId, name: this.streamId });
  }

  /** What the answer says; undefined: none of the transports is possible. */
  setUp(index: number, wanted: readonly RtspTransport[]): RtspTransport | undefined {
    this.#ways[index]?.close();
    this.#ways[index] = undefined;
    const used = this.#channels();
    const taken = chooseTransport(wanted, { address: this.#link.address, used });
    const ssrc = this.#watch.tracks[index]?.ssrc;
    if (!taken || ssrc === undefined) return undefined;
    if (taken.lower === 'TCP') {
      const { channels } = taken;
      this.#ways[index] = { outlet: this.#tcp.createOutlet(channels), channels, close: () => {} };
      return { ssrc, mode: 'play', lower: 'TCP', interleaved: channels };
    }
    const { ports } = taken;
    const way = this.#openUdp(ports);
    if (!way) return undefined;
    this.#ways[index] = way;
    const serverPort = this.#link.parts.udp.ports;
    return { ssrc, mode: 'play', lower: 'UDP', clientPort: ports, serverPort };
  }

  has(index: number): boolean {
    return index < this.#watch.tracks.length;
  }

  /** RTP-Info: the numbers that each track goes on with. */
  formatRtpInfo(base: string): string {
    return this.#watch.tracks
      .flatMap(({ sequence }, index) =>
        this.#ways[index] ? [`url=${base}${controlOf(index)};seq=${sequence}`] : [],
      )
      .join(',');
  }

  play(): void {
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    this.#watch.start(this.#outlets());
  }

  pause(): void {
    this.#isPlaying = false;
    this.#watch.pause();
  }

  takeFrame(_channel: number, packet: Uint8Array): void {
    this.#takeRtcp(packet);
  }

  flush(): void {}

  tick(nowMs: number): string | undefined {
    if (!this.#tcp.isTooSlow(nowMs)) return undefined;
    this.#link.parts.counters.tooSlow++;
    return 'too slow';
  }

  close(): void {
    this.#watch.close();
    for (const way of this.#ways) way?.close();
  }

  #openUdp(ports: TransportPair): Way | undefined {
    const { parts, address } = this.#link;
    const { udp, counters } = parts;
    const onRtcp = (packet: Uint8Array) => this.#takeRtcp(packet);
    const close = udp.admit({ address, ports, onRtp: () => {}, onRtcp });
    if (!close) return undefined;
    return { outlet: createUdpOutlet({ udp, counters, address, ports }), channels: [], close };
  }

  #outlets(): (Outlet | undefined)[] {
    return this.#ways.map((way) => way?.outlet);
  }

  #channels(): ReadonlySet<number> {
    return new Set(this.#ways.flatMap((way) => way?.channels ?? []));
  }

  #takeRtcp(packet: Uint8Array): void {
    if (readRtcp(packet).reports.length > 0) this.#link.onSign();
  }

  #restart(): void {
    if (!this.#isPlaying) return;
    this.#watch.pause();
    this.#watch.start(this.#outlets());
  }
}

function controlOf(index: number): string {
  return `trackID=${index}`;
}

/** With the sets that the stream has now: they may be newer than those that its source announced. */
function describedFormat({ format, parameterSets }: WatchedTrack['track']) {
  if (format.kind === 'audio') return format;
  return parameterSets.length > 0 ? { ...format, parameterSets } : format;
}
