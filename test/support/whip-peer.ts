// A publisher without a browser: sends what it is given, loses some of it on the way if told to, and
// sends again what it is asked for, as a browser without RTX does.

import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { readRtcp } from '#media/rtcp/reading.ts';
import type { RtcpReport } from '#media/rtcp/report.ts';
import { readSequence } from '#media/rtp/header.ts';

export const PUBLISHED_VIDEO = { ssrc: 0x1234, payloadType: 96 } as const;
export const PUBLISHED_AUDIO = { ssrc: 0x5678, payloadType: 111 } as const;
/** More than any round trip asks for. */
const HISTORY_PACKETS = 512;

interface WhipPeerOptions {
  /** Of the picture's packets, this many are lost on their first way. */
  readonly loss?: number;
  /** 0 to 1. */
  readonly random?: () => number;
}

export class WhipPeer {
  readonly #options: WhipPeerOptions;
  readonly #connection: PeerConnection;
  readonly #video: Track;
  readonly #audio: Track;
  readonly #history = new Map<number, Uint8Array>();
  readonly states: string[] = [];
  /** What the server said about what it gets. */
  readonly rtcp: RtcpReport[] = [];
  lost = 0;
  resent = 0;

  constructor(name: string, options: WhipPeerOptions = {}) {
    this.#options = options;
    this.#connection = new PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
      bindAddress: '127.0.0.1',
    });
    this.#connection.onStateChange((state) => this.states.push(state));
    const video = new Video('0', 'SendOnly');
    video.addH264Codec(PUBLISHED_VIDEO.payloadType, 'profile-level-id=42e01f;packetization-mode=1');
    video.addSSRC(PUBLISHED_VIDEO.ssrc, 'publisher');
    const audio = new Audio('1', 'SendOnly');
    audio.addOpusCodec(PUBLISHED_AUDIO.payloadType);
    audio.addSSRC(PUBLISHED_AUDIO.ssrc, 'publisher');
    this.#video = this.#addTrack(video);
    this.#audio = this.#addTrack(audio);
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
    return this.#video.isOpen() && this.#audio.isOpen();
  }

  sendVideo(packets: readonly Uint8Array[]): void {
    const { loss = 0, random = () => 1 } = this.#options;
    for (const packet of packets) {
      this.#remember(packet);
      if (random() < loss) this.lost++;
      else this.#video.sendMessageBinary(Buffer.from(packet));
    }
  }

  sendAudio(packet: Uint8Array): void {
    this.#audio.sendMessageBinary(Buffer.from(packet));
  }

  /** Sends RTCP, or anything else. */
  sendRaw(packet: Uint8Array): void {
    this.#video.sendMessageBinary(Buffer.from(packet));
  }

  close(): void {
    this.#connection.close();
  }

  #remember(packet: Uint8Array): void {
    this.#history.set(readSequence(packet), packet.slice());
    const [oldest] = this.#history.keys();
    if (this.#history.size > HISTORY_PACKETS) this.#history.delete(oldest!);
  }

  #addTrack(media: Video | Audio): Track {
    const track = this.#connection.addTrack(media);
    track.onMessage((packet) => {
      const { reports } = readRtcp(packet);
      this.rtcp.push(...reports);
      for (const report of reports) if (report.type === 'nack') this.#resend(report.sequences);
    });
    return track;
  }

  #resend(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const packet = this.#history.get(sequence);
      if (!packet) continue;
      this.resent++;
      this.#video.sendMessageBinary(Buffer.from(packet));
    }
  }
}
