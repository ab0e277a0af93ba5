// A WHEP viewer that offers what a browser offers, and keeps what it receives undecoded.

import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { readPayloadType, readSequence } from '#media/rtp/header.ts';
import { type OfferedMedia, readOffer } from '#media/sdp/offer.ts';
import { loadOffer } from '../../support/offers.ts';

/** RTCP has 192 to 223 where RTP has its payload type (RFC 5761 §4). */
const isRtcp = (packet: Uint8Array) => (packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223;

export class OfferingPeer {
  readonly #example: string;
  readonly #media: readonly OfferedMedia[];
  readonly #connection: PeerConnection;
  readonly #tracks: Track[] = [];
  /** In the order in which they came. */
  readonly video: Uint8Array[] = [];
  readonly audio: Uint8Array[] = [];

  /** `example`: one of test/fixtures/offers, without `.sdp`. */
  constructor(name: string, example: string) {
    this.#example = loadOffer(example);
    this.#media = readOffer(this.#example).media;
    this.#connection = new PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
      bindAddress: '127.0.0.1',
    });
    for (const media of this.#media) this.#addTrack(media);
  }

  /** The example, with the addresses and keys of this peer. */
  async offer(): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
    this.#connection.setLocalDescription('offer');
    if (this.#connection.gatheringState() !== 'complete') await gathered;
    const own = this.#connection.localDescription()?.sdp ?? '';
    const line = (name: string) => RegExp(`^a=${name}:.*$`, 'm').exec(own)?.[0] ?? '';
    const named = this.#example.replace(
      /^a=(ice-ufrag|ice-pwd|fingerprint):.*$/gm,
      (_, name: string) => line(name),
    );
    // Candidates belong to a section: the first one speaks for all that are bundled.
    const candidates = own.match(/^a=candidate:.*$/gm) ?? [];
    return named.replace(/^a=mid:.*$/m, (mid) => [mid, ...new Set(candidates)].join('\r\n'));
  }

  accept(answer: string): void {
    this.#connection.setRemoteDescription(answer, 'answer');
  }

  /** The codec of these packets, by its name in the offer. */
  codecOf(kind: 'video' | 'audio'): string {
    const [packet] = this[kind];
    const { codecs = [] } = this.#media.find((media) => media.kind === kind) ?? {};
    const payloadType = packet && readPayloadType(packet);
    return codecs.find((codec) => codec.payloadType === payloadType)?.name ?? 'none';
  }

  close(): void {
    this.#connection.close();
  }

  #addTrack({ kind, mid, codecs }: OfferedMedia): void {
    if (kind !== 'video' && kind !== 'audio') return;
    const media = kind === 'video' ? new Video(mid, 'RecvOnly') : new Audio(mid, 'RecvOnly');
    for (const { payloadType, name } of codecs) {
      if (media instanceof Video) media.addVideoCodec(payloadType, name);
      else media.addAudioCodec(payloadType, name);
    }
    const track = this.#connection.addTrack(media);
    track.onMessage((packet) => {
      if (!isRtcp(packet)) this[kind].push(packet.slice());
    });
    this.#tracks.push(track);
  }
}

/** Packets that are missing, or come out of their order. */
export function countGaps(packets: readonly Uint8Array[]): number {
  const numbers = packets.map(readSequence);
  return numbers.filter((number, at) => {
    const before = numbers[at - 1];
    return before !== undefined && sequenceDistance(before, number) !== 1;
  }).length;
}
