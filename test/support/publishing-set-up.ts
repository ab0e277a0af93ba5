// Publishers by WebRTC put together as the server does it, on a virtual clock, with one stream, `gate`.

import type { SourceFailure, SourceOffer } from '#core/ports/source.ts';
import { PublishPoint } from '#core/streams/publish-point.ts';
import { Publishers } from '#core/streams/publishers.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import type { RtcpReport } from '#media/rtcp/report.ts';
import { readSequence, writeRtpHeader } from '#media/rtp/header.ts';
import { NotFoundError } from '#std/errors.ts';
import { type FakePeer, FakeTransport } from './fake-transport.ts';
import { loadOffer } from './offers.ts';
import { SilentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export const PUBLISH_OFFER = loadOffer('chromium-156-sendonly');
/** What that offer calls them, and some SSRCs. */
export const VIDEO = { payloadType: 108, ssrc: 0x1111 };
export const AUDIO = { payloadType: 111, ssrc: 0x2222 };

const IDR_SLICE = 0x65;
export const OTHER_SLICE = 0x41;

export class PublishingSetUp {
  readonly clock = new VirtualClock();
  readonly transport = new FakeTransport();
  readonly log = new SilentLog();
  readonly point = new PublishPoint({ streamId: 'gate', wake: () => {} });
  readonly publishers: Publishers;
  readonly offers: SourceOffer[] = [];
  readonly failures: SourceFailure[] = [];
  readonly written: { track: number; sequence: number }[] = [];
  flushes = 0;

  constructor() {
    let ids = 0;
    this.publishers = new Publishers({
      clock: this.clock,
      transport: this.transport,
      log: this.log,
      pointOf: (streamId) => {
        if (streamId === 'gate') return this.point;
        throw new NotFoundError(`There is no stream "${streamId}".`, { code: 'stream_not_found' });
      },
      newId: () => `id-${++ids}`,
      randomWord: () => 0x9999,
    });
  }

  /** As the stream does: one source after another. */
  openSource() {
    const source = this.point.createSource();
    source.start({
      ready: (offer) => {
        this.offers.push(offer);
        return offer.formats.map((_, track) => ({
          write: (packet) => this.written.push({ track, sequence: readSequence(packet) }),
        }));
      },
      flush: () => {
        this.flushes++;
      },
      failed: (failure) => {
        this.failures.push(failure);
        this.openSource();
      },
    });
    return source;
  }

  publish(offer = PUBLISH_OFFER) {
    return this.publishers.publish({ streamId: 'gate', offer });
  }

  async publishConnected(offer = PUBLISH_OFFER): Promise<FakePeer> {
    await this.publish(offer);
    const peer = this.transport.peers.at(-1)!;
    peer.events.onState('connected');
    return peer;
  }

  get sequences(): number[] {
    return this.written.map(({ sequence }) => sequence);
  }
}

/** 8 bytes of a slice: of a key frame, if nothing else is said. */
export function publishedPacket(
  of: { payloadType: number; ssrc: number },
  sequence: number,
  unit = IDR_SLICE,
): Uint8Array {
  const packet = new Uint8Array(20).fill(0x88);
  packet[12] = unit;
  writeRtpHeader(packet, { ...of, sequence, timestamp: 3_000 * sequence, marker: true });
  return packet;
}

export function sendVideo(peer: FakePeer, ...sequences: number[]): void {
  for (const sequence of sequences) peer.events.onRtp?.(publishedPacket(VIDEO, sequence));
}

/** What the publisher was told since the last look. */
export function told(peer: FakePeer): RtcpReport[] {
  return peer.rtcp.splice(0).flatMap((packet) => [...readRtcp(packet).reports]);
}
