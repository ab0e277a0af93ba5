// The camera's side of an RTSP dialogue, spoken by a test: answers and frames without a socket.

import { createHash } from 'node:crypto';
import { writeRtpHeader } from '#media/rtp/header.ts';
import { RtspClientSession } from '#media/rtsp/client-session.ts';
import type { SetUpTrack } from '#media/rtsp/client-tracks.ts';
import type { RtspFailure } from '#media/rtsp/failure.ts';
import { header, type RtspMessage, type RtspRequest } from '#media/rtsp/message.ts';
import { RtspReader } from '#media/rtsp/reader.ts';
import type { TransportPair } from '#media/rtsp/transport-header.ts';

interface DialogueOptions {
  readonly uri?: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** UDP ports for each track; without them, interleaved. */
  readonly ports?: readonly TransportPair[];
}

interface Answer {
  readonly status?: number | string;
  /** Lines without the CSeq, which is added; a line `CSeq:` leaves it out. */
  readonly lines?: readonly string[];
  readonly body?: string;
}

interface FrameFields {
  readonly payloadType: number;
  readonly timestamp: number;
  /** Without a marker. */
  readonly isCut: boolean;
}

export const CAMERA_SDP = [
  'v=0',
  'a=control:*',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=0',
  'm=audio 0 RTP/AVP 0',
  'a=control:trackID=1',
  '',
].join('\r\n');

export class RtspDialogue {
  readonly session: RtspClientSession;
  /** Everything that was sent, decoded. */
  readonly sent: RtspMessage[] = [];
  readonly packets: { track: number; packet: Uint8Array }[] = [];
  readonly reports: { track: number; packet: Uint8Array }[] = [];
  readonly sentFrames: { channel: number; payload: Uint8Array }[] = [];
  playing: { tracks: readonly SetUpTrack[]; ignored: readonly string[] } | undefined;
  failure: RtspFailure | undefined;
  location: string | undefined;
  nowMs = 0;
  #sequence = 0;

  constructor({ uri = 'rtsp://10.0.0.7/ch1', credentials, ports }: DialogueOptions = {}) {
    const reader = new RtspReader({
      onMessage: (message) => this.sent.push(message),
      onFrame: (channel, payload) => this.sentFrames.push({ channel, payload: payload.slice() }),
    });
    this.session = new RtspClientSession({
      uri,
      peer: '10.0.0.7:554',
      credentials,
      userAgent: 'Yeoul',
      timeoutMs: 10_000,
      hash: (algorithm, text) =>
        createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
      random: () => 'cnonce',
      handler: {
        send: (bytes) => reader.push(bytes),
        onDescribed: () => this.session.setUp(ports),
        onSetUp: () => {},
        onPlaying: (tracks, ignored) => {
          this.playing = { tracks, ignored };
        },
        onPacket: (track, packet) => this.packets.push({ track, packet: packet.slice() }),
        onReport: (track, packet) => this.reports.push({ track, packet: packet.slice() }),
        onRedirect: (location) => {
          this.location = location;
        },
        onFailed: (failure) => {
          this.failure = failure;
        },
      },
    });
    this.session.start(0);
  }

  /** The request that was sent last. */
  get last(): RtspRequest {
    const request = this.sent.findLast((message) => message.kind === 'request');
    if (request?.kind !== 'request') throw new Error('nothing was sent');
    return request;
  }

  /** Methods sent so far. */
  get methods(): string[] {
    return this.sent.map((message) => (message.kind === 'request' ? message.method : 'answer'));
  }

  sentHeader(name: string): string | undefined {
    return header(this.last, name);
  }

  /** Answers the last request, or `to`. */
  answer({ status = '200 OK', lines = [], body = '' }: Answer = {}, to = this.last): void {
    const number = lines.some((line) => /^cseq:/i.test(line))
      ? []
      : [`CSeq: ${header(to, 'CSeq')}`];
    const length = body ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
    const kept = lines.filter((line) => line !== 'CSeq:');
    const head = [`RTSP/1.0 ${status}`, ...number, ...kept, ...length, '', ''].join('\r\n');
    this.say(head + body);
  }

  say(text: string): void {
    this.push(new TextEncoder().encode(text));
  }

  push(bytes: Uint8Array): void {
    this.session.push(bytes, this.nowMs);
  }

  /** An RTP packet on a channel. */
  sendFrame(channel: number, fields: Partial<FrameFields> = {}): void {
    const { payloadType = channel < 2 ? 96 : 0, timestamp = this.nowMs * 90 } = fields;
    const packet = rtpPacket(payloadType, timestamp, this.#sequence++);
    if (fields.isCut) packet[1] = payloadType;
    this.push(interleave(channel, packet));
  }

  /** Time passes in steps of a second. */
  wait(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1_000;
      this.session.tick(this.nowMs);
    }
  }

  describe(sdp = CAMERA_SDP, lines: readonly string[] = []): void {
    this.answer({ lines: ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN'] });
    this.answer({ lines: ['Content-Base: rtsp://10.0.0.7/ch1/', ...lines], body: sdp });
  }

  /** Up to PLAY, which is not answered. */
  setUp(transports: readonly string[] = [], session = 'Session: 12345;timeout=60'): void {
    for (let track = 0; this.last.method === 'SETUP'; track++) {
      const transport = transports[track] ?? header(this.last, 'Transport');
      this.answer({ lines: [session, `Transport: ${transport}`] });
    }
  }

  /** Up to the answer to PLAY. */
  play(session?: string): void {
    this.describe();
    this.setUp([], session);
    this.answer({ lines: ['RTP-Info: url=trackID=0;seq=0;rtptime=0'] });
  }
}

export function interleave(channel: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(0x24, channel, payload.length >>> 8, payload.length, ...payload);
}

export function rtpPacket(payloadType: number, timestamp: number, sequence: number): Uint8Array {
  const packet = new Uint8Array(14);
  writeRtpHeader(packet, { marker: true, payloadType, sequence, timestamp, ssrc: 7 });
  return packet;
}
