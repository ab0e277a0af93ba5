// The far end of a WebRTC session without a browser: makes an offer, takes an answer, counts what comes.

import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { ntpUnits } from '#media/rtcp/ntp.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import type { RtcpReport } from '#media/rtcp/report.ts';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { readPayloadType, readSequence, readSsrc, readTimestamp } from '#media/rtp/header.ts';
import { Reception } from '#media/rtp/reception.ts';

const H264_PROFILE = 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1';
const HIGH_PROFILE = 'profile-level-id=640034;packetization-mode=1;level-asymmetry-allowed=1';
export const OWN_SSRC = 0x7777;
/** Of what is sent again, for each of the two profiles. */
export const RTX_PAYLOAD_TYPE = 97;
const HIGH_RTX_PAYLOAD_TYPE = 99;
const FIRST_PACKETS = 8;
const TICKS_PER_MS = 90;

export interface MediaPeerOptions {
  /** Connects by TCP where it is offered. */
  readonly tcp?: boolean;
  /** Offers retransmission in packets of their own (RFC 4588). */
  readonly rtx?: boolean;
  /** Its own address. Default: loopback. */
  readonly bindAddress?: string;
}

interface Received {
  packets: number;
  bytes: number;
  /** Holes in the sequence numbers that were not filled. */
  lost: number;
  ssrc: number;
  /** When the first one came, by `performance.now()`. */
  firstAtMs: number;
  /** Copies of the first ones, to look into. */
  readonly first: Uint8Array[];
  readonly rtcp: RtcpReport[];
  /** The first RTCP packets as they came. */
  readonly firstRtcp: Uint8Array[];
}

export class MediaPeer {
  readonly #connection: PeerConnection;
  readonly #tracks: Track[];
  #reportedAtMs = 0;
  /** Of the picture, for the reports. */
  readonly #reception = new Reception();
  #receptionSsrc: number | undefined;
  readonly video = emptyReceived();
  readonly audio = emptyReceived();
  readonly states: string[] = [];
  /** Sees every packet of the picture first; may answer true to keep it from being counted. */
  onVideo: (packet: Uint8Array) => boolean = () => false;

  constructor(name: string, options: MediaPeerOptions = {}) {
    this.#connection = new PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
      bindAddress: options.bindAddress ?? '127.0.0.1',
      enableIceTcp: options.tcp ?? false,
    });
    this.#connection.onStateChange((state) => this.states.push(state));
    const video = new Video('0', 'SendRecv');
    video.addH264Codec(96, H264_PROFILE);
    video.addH264Codec(98, HIGH_PROFILE);
    if (options.rtx) {
      video.addRTXCodec(RTX_PAYLOAD_TYPE, 96, 90_000);
      video.addRTXCodec(HIGH_RTX_PAYLOAD_TYPE, 98, 90_000);
    }
    video.addSSRC(OWN_SSRC, 'media-peer');
    const audio = new Audio('1', 'SendRecv');
    audio.addOpusCodec(111);
    this.#tracks = [this.#addTrack(video, this.video), this.#addTrack(audio, this.audio)];
  }

  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
    this.#connection.setLocalDescription('offer');
    if (this.#connection.gatheringState() !== 'complete') await gathered;
    return this.#connection.localDescription()!.sdp;
  }

  accept(answer: string): void {
    this.#connection.setRemoteDescription(answer, 'answer');
  }

  get connected(): boolean {
    return this.#tracks.every((track) => track.isOpen());
  }

  /** The answer may have taken the picture alone. */
  get videoOpen(): boolean {
    return this.#tracks[0]!.isOpen();
  }

  /** Sends RTCP (or anything else) to the server. */
  send(packet: Uint8Array): void {
    this.#tracks[0]!.sendMessageBinary(Buffer.from(packet));
  }

  /** Tells the server that this viewer is alive, and what it got of the picture since the last report. */
  report(): void {
    const ssrc = this.#receptionSsrc;
    if (ssrc === undefined) return;
    const last = this.video.rtcp.findLast((report) => report.type === 'sender-report');
    const delayMs = performance.now() - this.#reportedAtMs;
    const lastSr = last
      ? (((last.ntpSeconds & 0xffff) << 16) | (last.ntpFraction >>> 16)) >>> 0
      : 0;
    const block = { ssrc, ...this.#reception.report() };
    const delaySinceLastSr = ntpUnits(delayMs);
    this.send(formatReceiverReport(OWN_SSRC, [{ ...block, lastSr, delaySinceLastSr }]));
  }

  close(): void {
    this.#connection.close();
  }

  #readRtcp(packet: Uint8Array, received: Received): void {
    if (received.firstRtcp.length < FIRST_PACKETS) received.firstRtcp.push(packet.slice());
    const { reports } = readRtcp(packet);
    received.rtcp.push(...reports);
    if (reports.some(({ type }) => type === 'sender-report'))
      this.#reportedAtMs = performance.now();
  }

  /** Packets that are sent again in a stream of their own don't mend the loss (RFC 4588 §7). */
  #countForReport(packet: Uint8Array): void {
    if (isSentAgain(packet)) return;
    const sequence = readSequence(packet);
    if (this.#receptionSsrc === undefined) this.#reception.restart(sequence);
    this.#receptionSsrc = readSsrc(packet);
    const arrivedTicks = Math.round(performance.now() * TICKS_PER_MS);
    this.#reception.take(sequence, (arrivedTicks - readTimestamp(packet)) | 0);
  }

  #addTrack(media: Video | Audio, received: Received): Track {
    const track = this.#connection.addTrack(media);
    let highest = -1;
    track.onMessage((packet) => {
      const type = packet[1]!;
      if (type >= 192 && type <= 223) {
        this.#readRtcp(packet, received);
        return;
      }
      if (received === this.video) {
        this.#countForReport(packet);
        if (this.onVideo(packet)) return;
      }
      highest = count(received, packet, highest);
    });
    return track;
  }
}

export function isSentAgain(packet: Uint8Array): boolean {
  const payloadType = readPayloadType(packet);
  return payloadType === RTX_PAYLOAD_TYPE || payloadType === HIGH_RTX_PAYLOAD_TYPE;
}

function emptyReceived(): Received {
  return {
    packets: 0,
    bytes: 0,
    lost: 0,
    ssrc: 0,
    firstAtMs: 0,
    first: [],
    rtcp: [],
    firstRtcp: [],
  };
}

/** Returns the highest sequence number so far. */
function count(received: Received, packet: Uint8Array, highest: number): number {
  const sequence = readSequence(packet);
  if (received.packets === 0) {
    received.firstAtMs = performance.now();
    received.ssrc = readSsrc(packet);
  }
  received.packets++;
  received.bytes += packet.length;
  if (received.first.length < FIRST_PACKETS) received.first.push(packet.slice());
  if (highest === -1) return sequence;
  const ahead = sequenceDistance(highest, sequence);
  if (ahead <= 0) {
    received.lost--;
    return highest;
  }
  received.lost += ahead - 1;
  return sequence;
}
