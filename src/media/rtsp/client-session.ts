// An RTSP session with a camera, from OPTIONS to TEARDOWN (RFC 2326 §10), without I/O: bytes and
// times come in, bytes and packets go out.
//
//   options ──any answer──▶ describe ──200──▶ described ──setUp()──▶ setup ──each 200──▶ play
//                              │ 3xx                                               │ 200, or a packet
//                              ▼                                                   ▼
//                          onRedirect                                           playing ⟲ keep-alive
//   401 anywhere: the same request again with an answer to it, until `Authorization` says stop
//   every phase ──failure──▶ onFailed, closed        every phase ──close()──▶ TEARDOWN, closed

import { isRtp, readMarker, readPayloadType, readTimestamp } from '#media/rtp/header.ts';
import { InputError } from '#std/errors.ts';
import type { DigestHash } from './challenge.ts';
import { ClientExchange } from './client-exchange.ts';
import { planSession } from './client-plan.ts';
import {
  agreedTransport,
  askedTransport,
  type ClientTrack,
  ClientTracks,
  type SetUpTrack,
} from './client-tracks.ts';
import {
  authorizationFailure,
  type RtspFailure,
  reasonOf,
  retry,
  statusFailure,
} from './failure.ts';
import { header, type RtspMessage, type RtspRequest, type RtspResponse } from './message.ts';
import type { PendingRequest } from './pending-requests.ts';
import { RtspReader } from './reader.ts';
import { formatTransport, type RtspTransport, type TransportPair } from './transport-header.ts';

interface RtspSessionHandler {
  send(bytes: Uint8Array): void;
  /** The camera has this many tracks: `setUp` goes on. */
  onDescribed(trackCount: number): void;
  /** Just before PLAY: where packets will come from is known. */
  onSetUp(tracks: readonly SetUpTrack[]): void;
  onPlaying(tracks: readonly SetUpTrack[], ignored: readonly string[]): void;
  /** An RTP packet of one track, valid until this returns; never before `onPlaying`. */
  onPacket(track: number, packet: Uint8Array): void;
  onReport(track: number, packet: Uint8Array): void;
  /** The camera is somewhere else; this session is over. */
  onRedirect(location: string): void;
  /** Once, and last. */
  onFailed(failure: RtspFailure): void;
}

interface RtspSessionOptions {
  readonly handler: RtspSessionHandler;
  /** Without user name and password. */
  readonly uri: string;
  /** Host and port, for messages. */
  readonly peer: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Some cameras refuse who does not say what it is (go2rtc#235). */
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly hash: DigestHash;
  readonly random: () => string;
}

interface SessionOddities {
  /** How often the connection was garbled, and what was skipped of it. */
  readonly timesLost: number;
  readonly skippedBytes: number;
  /** On channels that no track has. */
  readonly unknownFrames: number;
  /** How often the camera gave another session id. */
  readonly sessionChanges: number;
}

type Phase = 'options' | 'describe' | 'described' | 'setup' | 'play' | 'playing' | 'closed';

/** RTCP packet types 192 to 223 (RFC 5761 §4). */
const RTCP_MIN = 192;
const RTCP_MAX = 223;

export class RtspClientSession {
  readonly #options: RtspSessionOptions;
  readonly #handler: RtspSessionHandler;
  readonly #exchange: ClientExchange;
  readonly #tracks = new ClientTracks();
  readonly #reader: RtspReader;
  #phase: Phase = 'options';
  #aggregate: string;
  #wanted: ClientTrack[] = [];
  #ports: readonly TransportPair[] = [];
  #ignored: string[] = [];
  #nowMs = 0;
  #keepAliveAtMs = 0;
  /** Of the last answer while opening, of the last new frame while playing. */
  #signAtMs = 0;
  #timestamp: number | undefined;
  #unknownFrames = 0;

  constructor(options: RtspSessionOptions) {
    this.#options = options;
    this.#handler = options.handler;
    this.#exchange = new ClientExchange(options, (bytes) => this.#handler.send(bytes));
    this.#aggregate = options.uri;
    this.#reader = new RtspReader(
      {
        onMessage: (message) => this.#take(message),
        onFrame: (channel, payload) => this.#takeFrame(channel, payload),
      },
      { isChannel: (channel) => this.#tracks.has(channel) },
    );
  }

  /** What was put up with. */
  get oddities(): SessionOddities {
    return {
      timesLost: this.#reader.timesLost,
      skippedBytes: this.#reader.skippedBytes,
      unknownFrames: this.#unknownFrames,
      sessionChanges: this.#exchange.sessionChanges,
    };
  }

  /** The connection stands. */
  start(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#signAtMs = nowMs;
    this.#exchange.request('OPTIONS', this.#options.uri);
  }

  /** Takes what came over the connection. */
  push(chunk: Uint8Array, nowMs: number): void {
    if (this.#phase === 'closed') return;
    this.#nowMs = nowMs;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.fail(retry(reasonOf(error)));
    }
  }

  /** Takes a datagram of this track. */
  pushDatagram(track: number, packet: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#deliver(track, packet);
  }

  /** Sets up the tracks: with these UDP ports, or interleaved without. */
  setUp(ports: readonly TransportPair[] = []): void {
    if (this.#phase !== 'described') return;
    this.#ports = ports;
    this.#phase = 'setup';
    this.#setUpNext();
  }

  /** Called each second or so: keeps the session alive and notices silence. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#phase === 'closed') return;
    const { timeoutMs } = this.#options;
    if (nowMs - this.#signAtMs >= timeoutMs) {
      this.fail(retry(`${this.#silence()} within ${timeoutMs / 1_000} s`));
    } else if (this.#phase === 'playing' && nowMs >= this.#keepAliveAtMs) {
      // Its answer is not waited for: some cameras give none.
      this.#keepAliveAtMs = nowMs + this.#exchange.keepAlivePeriodMs;
      this.#exchange.keepAlive(this.#aggregate);
    }
  }

  /** The connection is gone. */
  disconnected(why: string): void {
    this.fail(retry(this.#phase === 'playing' ? why : `${why} after ${this.#phase.toUpperCase()}`));
  }

  /** Sends an RTCP packet of this track's receiver over the connection. */
  sendReport(track: number, packet: Uint8Array): void {
    const channel = this.#tracks.list[track]?.transport.interleaved?.[1];
    if (channel === undefined || this.#phase !== 'playing') return;
    const frame = new Uint8Array(4 + packet.length);
    frame.set([0x24, channel, packet.length >>> 8, packet.length]);
    frame.set(packet, 4);
    this.#handler.send(frame);
  }

  /** Says goodbye, so that the camera has its place free again. Idempotent. */
  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    // A camera that still holds old sessions refuses new ones.
    if (this.#exchange.hasSession) this.#exchange.request('TEARDOWN', this.#aggregate);
  }

  fail(failure: RtspFailure): void {
    if (this.#phase === 'closed') return;
    this.close();
    this.#handler.onFailed(failure);
  }

  #take(message: RtspMessage): void {
    if (this.#phase === 'closed') return;
    if (message.kind === 'request') {
      this.#answer(message);
      return;
    }
    // Provisional answers are followed by the real one (RFC 2326 §7.1.1).
    if (message.status < 200) return;
    const received = this.#exchange.receive(message);
    if (this.#phase !== 'playing') this.#signAtMs = this.#nowMs;
    if (received.kind === 'answer') this.#proceed(received.request, message);
    if (received.kind === 'refused') {
      this.fail(authorizationFailure(received.verdict, this.#options.peer));
    }
  }

  #answer(request: RtspRequest): void {
    this.#exchange.confirm(request);
    if (request.method === 'TEARDOWN') this.fail(retry('the camera ended the session'));
    if (request.method === 'REDIRECT') this.#redirect(request);
  }

  #proceed(request: PendingRequest, response: RtspResponse): void {
    if (this.#phase === 'options' && request.method === 'OPTIONS') this.#describe(response);
    else if (this.#phase === 'describe' && request.method === 'DESCRIBE') this.#described(response);
    else if (this.#phase === 'setup' && request.method === 'SETUP') this.#didSetUp(response);
    else if (request.method === 'PLAY') this.#played(response);
    else if (response.status === 454) this.fail(statusFailure(response, this.#options.peer));
  }

  /** Whatever the answer: some cameras do not know OPTIONS. */
  #describe(response: RtspResponse): void {
    if (isRedirect(response)) {
      this.#redirect(response);
      return;
    }
    this.#phase = 'describe';
    this.#exchange.request('DESCRIBE', this.#options.uri, [['Accept', 'application/sdp']]);
  }

  #described(response: RtspResponse): void {
    if (isRedirect(response)) this.#redirect(response);
    else if (response.status !== 200) this.fail(statusFailure(response, this.#options.peer));
    else this.#plan(response);
  }

  #plan(response: RtspResponse): void {
    const plan = planSession(response, this.#options.uri);
    if ('reason' in plan) {
      this.fail(plan);
      return;
    }
    this.#aggregate = plan.aggregateUrl;
    this.#wanted = [...plan.tracks];
    this.#ignored = [...plan.ignored];
    this.#phase = 'described';
    this.#handler.onDescribed(plan.tracks.length);
  }

  #setUpNext(): void {
    const [track] = this.#wanted;
    if (track) {
      const transport = formatTransport([this.#askedTransport()]);
      this.#exchange.request('SETUP', track.url, [['Transport', transport]]);
      return;
    }
    this.#phase = 'play';
    this.#handler.onSetUp(this.#tracks.list);
    this.#exchange.request('PLAY', this.#aggregate, [['Range', 'npt=0.000-']]);
  }

  #askedTransport(): RtspTransport {
    const index = this.#tracks.list.length;
    return askedTransport(index, this.#ports[index]);
  }

  #didSetUp(response: RtspResponse): void {
    const track = this.#wanted.shift();
    if (!track) return;
    const asked = this.#askedTransport();
    const transport = agreedTransport(header(response, 'Transport'), asked);
    const failure = this.#setUpFailure(response, transport);
    if (!failure) {
      this.#tracks.add(track, transport);
    } else if (this.#tracks.list.length + this.#wanted.length === 0) {
      this.fail(failure);
      return;
    } else {
      this.#ignored.push(`${track.format.kind} ${track.format.codec}: ${failure.reason}`);
    }
    this.#setUpNext();
  }

  #setUpFailure(response: RtspResponse, transport: RtspTransport): RtspFailure | undefined {
    if (response.status !== 200) return statusFailure(response, this.#options.peer);
    if (transport.lower === 'TCP' || this.#ports.length > 0) return undefined;
    return retry(`it sends by UDP only (${this.#options.peer}); set transport: udp`);
  }

  #played(response: RtspResponse): void {
    if (response.status !== 200) this.fail(statusFailure(response, this.#options.peer));
    else if (this.#phase === 'play') this.#beginPlaying();
  }

  #beginPlaying(): void {
    this.#phase = 'playing';
    this.#keepAliveAtMs = this.#nowMs + this.#exchange.keepAlivePeriodMs;
    this.#signAtMs = this.#nowMs;
    this.#handler.onPlaying(this.#tracks.list, this.#ignored);
  }

  #redirect(message: RtspMessage): void {
    const location = header(message, 'Location');
    if (location === undefined) {
      this.fail(retry(`it redirects and does not say where (${this.#options.peer})`));
      return;
    }
    this.close();
    this.#handler.onRedirect(location);
  }

  #takeFrame(channel: number, payload: Uint8Array): void {
    if (this.#phase === 'closed') return;
    const track = this.#tracks.trackOf(channel, readPayloadType(payload));
    if (track < 0) {
      this.#unknownFrames++;
      return;
    }
    this.#deliver(track, payload);
  }

  #deliver(track: number, packet: Uint8Array): void {
    // Some cameras send before they answer PLAY.
    if (this.#phase === 'play') this.#beginPlaying();
    if (this.#phase !== 'playing') return;
    const type = packet[1] ?? 0;
    // Told by its type: cameras that name one channel or port send both on it.
    if (type >= RTCP_MIN && type <= RTCP_MAX) {
      this.#handler.onReport(track, packet);
      return;
    }
    if (track === 0 && isRtp(packet)) this.#seeFrame(packet);
    this.#handler.onPacket(track, packet);
  }

  /** Of the first track, the picture: frames end with a marker or, for some, with the next one. */
  #seeFrame(packet: Uint8Array): void {
    const timestamp = readTimestamp(packet);
    if (timestamp === this.#timestamp && !readMarker(packet)) return;
    this.#timestamp = timestamp;
    this.#signAtMs = this.#nowMs;
  }

  #silence(): string {
    const isUdp = this.#ports.length > 0;
    if (this.#phase === 'playing') return isUdp ? 'no frame came by UDP' : 'no frame came';
    return `no answer to ${this.#phase.toUpperCase()} from ${this.#options.peer}`;
  }
}

function isRedirect({ status }: RtspResponse): boolean {
  return status >= 300 && status < 400 && status !== 304;
}
