// A publisher's session: ffmpeg or GStreamer that announces a stream and records into it
// (RFC 2326 §10.3, §10.11).

import type { TrackSink } from '#core/ports/source.ts';
import type { Publication, Publisher } from '#core/streams/publishing.ts';
import { CaptureClocks } from '#media/rtp/capture-clock.ts';
import type { RtspTransport } from '#media/rtsp/transport-header.ts';
import { type CameraDescription, parseCameraDescription } from '#media/sdp/camera-description.ts';
import { InputError } from '#std/errors.ts';
import { IncomingTrack } from './incoming-track.ts';
import type { Session, SessionLink } from './session.ts';
import { chooseTransport } from './transports.ts';

/** Whoever records sends something all the time; the place has to become free for another. */
const MAX_SILENT_MS = 15_000;
/** Receivers report so often on a session of a few participants (RFC 3550 §6.2). */
const REPORT_EVERY_MS = 5_000;
/** Tracks that are set up and not used: a publisher must be able to send all that it has. */
const MAX_UNUSED_TRACKS = 8;

export class PublishingSession implements Session, Publisher {
  readonly protocol = 'rtsp';
  readonly streamId: string;
  readonly #link: SessionLink;
  readonly #description: CameraDescription;
  readonly #publication: Publication;
  readonly #tracks: readonly IncomingTrack[];
  readonly #channels = new Map<number, (packet: Uint8Array, nowMs: number) => void>();
  readonly #dismissals: (() => void)[] = [];
  #sinks: readonly TrackSink[] | undefined;
  #unusedTracks = 0;
  #heardAtMs: number;
  #reportedAtMs: number;

  /** Throws what the description or the stream has against it. */
  constructor(streamId: string, sdp: string, link: SessionLink) {
    this.streamId = streamId;
    this.#link = link;
    this.#description = parseCameraDescription(sdp);
    const { tracks, ignored } = this.#description;
    if (tracks.length === 0) throw nothingToTake(streamId, ignored);
    const { clock, streams } = link.parts.options;
    this.#heardAtMs = clock.nowMs();
    this.#reportedAtMs = this.#heardAtMs;
    const clocks = new CaptureClocks();
    this.#tracks = tracks.map(({ format }, index) => {
      const captureClock = clocks.add(format.clockRate);
      return new IncomingTrack({
        format,
        captureClock,
        clock,
        sink: () => this.#sinks?.[index],
        flush: () => this.flush(),
      });
    });
    this.#publication = streams.publish(streamId, this);
  }

  get remote(): string {
    return this.#link.remote;
  }

  get isSetUp(): boolean {
    return this.#tracks.some(({ isSetUp }) => isSetUp);
  }

  /** What the answer says; undefined: none of the transports is possible. */
  setUp(uri: string, wanted: readonly RtspTransport[]): RtspTransport | undefined {
    const { address, parts } = this.#link;
    const used = new Set(this.#channels.keys());
    const taken = chooseTransport(wanted, { address, used });
    const track = this.#findTrack(uri);
    if (track?.isSetUp || (!track && ++this.#unusedTracks > MAX_UNUSED_TRACKS)) return undefined;
    if (taken?.lower === 'TCP') {
      const [rtp, rtcp] = taken.channels;
      const path = track?.openTcp((packet) => this.#sendFrame(rtcp, packet));
      this.#channels.set(rtp, path?.onRtp ?? ignore).set(rtcp, path?.onRtcp ?? ignore);
      return { lower: 'TCP', interleaved: taken.channels, mode: 'record' };
    }
    if (!taken) return undefined;
    const { ports } = taken;
    const path = track?.openUdp((packet) => parts.udp.sendRtcp(packet, ports[1], address));
    const handles = { onRtp: path?.onRtp ?? ignore, onRtcp: path?.onRtcp ?? ignore };
    if (!this.#admit(ports, handles)) return undefined;
    return { lower: 'UDP', clientPort: ports, serverPort: parts.udp.ports, mode: 'record' };
  }

  record(): void {
    if (this.#sinks) return;
    const { tracks, ignored } = this.#description;
    this.#sinks = this.#publication.ready({ formats: tracks.map(({ format }) => format), ignored });
    this.#heardAtMs = this.#nowMs();
    this.#link.parts.options.log.info('Publisher accepted', {
      stream: this.streamId,
      protocol: this.protocol,
      remote: this.remote,
      codecs: tracks.map(({ format }) => format.codec).join(', '),
      ignored: ignored.join('; ') || undefined,
    });
  }

  requestKeyFrame(): void {
    for (const track of this.#tracks) track.requestKeyFrame();
  }

  end(reason: string): void {
    this.#link.onEnd(reason);
  }

  takeFrame(channel: number, packet: Uint8Array): void {
    const nowMs = this.#nowMs();
    this.#heardAtMs = nowMs;
    this.#channels.get(channel)?.(packet, nowMs);
  }

  flush(): void {
    if (this.#sinks) this.#publication.flush();
  }

  tick(nowMs: number): string | undefined {
    if (!this.#sinks) return undefined;
    if (nowMs - this.#reportedAtMs >= REPORT_EVERY_MS) {
      this.#reportedAtMs = nowMs;
      for (const track of this.#tracks) track.sendReport();
    }
    return nowMs - this.#heardAtMs >= MAX_SILENT_MS ? 'it sends nothing' : undefined;
  }

  close(reason: string): void {
    for (const dismiss of this.#dismissals) dismiss();
    for (const track of this.#tracks) track.close();
    this.#publication.close(reason);
    if (!this.#sinks) return;
    this.#sinks = undefined;
    const fields = { stream: this.streamId, protocol: this.protocol, remote: this.remote, reason };
    this.#link.parts.options.log.info('Publisher left', fields);
  }

  #nowMs(): number {
    return this.#link.parts.options.clock.nowMs();
  }

  #sendFrame(channel: number, packet: Uint8Array): void {
    const { parts, socket } = this.#link;
    parts.frames.add(socket, channel, packet);
    parts.frames.flush();
  }

  #admit(
    ports: readonly [number, number],
    path: { onRtp: typeof ignore; onRtcp: typeof ignore },
  ): boolean {
    const { address, parts, onSign } = this.#link;
    const take = (handle: typeof ignore) => (packet: Uint8Array) => {
      const nowMs = this.#nowMs();
      this.#heardAtMs = nowMs;
      onSign();
      handle(packet, nowMs);
      this.flush();
    };
    const handles = { onRtp: take(path.onRtp), onRtcp: take(path.onRtcp) };
    const dismiss = parts.udp.admit({ address, ports, ...handles });
    if (dismiss) this.#dismissals.push(dismiss);
    return dismiss !== undefined;
  }

  /** By the control attribute that the publisher gave; a lone track may have none. */
  #findTrack(uri: string): IncomingTrack | undefined {
    const { tracks } = this.#description;
    const path = uri.split('?', 1)[0] ?? '';
    const index = tracks.findIndex(
      ({ control }) => control !== undefined && (path === control || path.endsWith(`/${control}`)),
    );
    return this.#tracks[index < 0 && tracks.length === 1 && !tracks[0]?.control ? 0 : index];
  }
}

function ignore(_packet: Uint8Array, _nowMs: number): void {}

function nothingToTake(streamId: string, ignored: readonly string[]): InputError {
  const why = ignored.join('; ') || 'it has neither video nor audio';
  return new InputError(
    `Stream "${streamId}" cannot take what is announced (${why}). Send H.264 or H.265, and Opus, AAC or G.711.`,
    { code: 'codec_refused' },
  );
}
