// Streams for tests of what carries packets to viewers and from publishers: a test says what is in
// them, and sends and reads packets itself.

import type { Outlet } from '#core/ports/outlet.ts';
import type { SourceOffer, TrackSink } from '#core/ports/source.ts';
import type { Publication, Publisher } from '#core/streams/publishing.ts';
import { Track } from '#core/streams/track.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import type { Watch, WatchedTrack, WatchRequest } from '#core/streams/watching.ts';
import { readMarker, readTimestamp } from '#media/rtp/header.ts';
import { NotFoundError } from '#std/errors.ts';

const PAYLOAD_TYPES = { video: 96, audio: 97 } as const;
const FIRST_SEQUENCE = 65_534;

export class FakeStreams {
  readonly #formats = new Map<string, readonly TrackFormat[]>();
  readonly watches: FakeWatch[] = [];
  readonly publications: FakePublication[] = [];
  /** Thrown by the next `watch` or `publish`. */
  failure: Error | undefined;
  /** What `watch` waits for, as for a camera on demand. */
  opening: Promise<void> | undefined;
  asked = 0;

  add(id: string, ...formats: TrackFormat[]): void {
    this.#formats.set(id, formats);
  }

  /** The newest watch. */
  get watched(): FakeWatch {
    return newest(this.watches);
  }

  /** The newest publication. */
  get published(): FakePublication {
    return newest(this.publications);
  }

  async watch(request: WatchRequest): Promise<Watch> {
    this.asked++;
    await this.opening;
    const formats = this.#formats.get(request.streamId);
    if (this.failure) throw this.failure;
    if (!formats) throw notFound(request.streamId);
    const watch = new FakeWatch(request, formats);
    this.watches.push(watch);
    return watch;
  }

  publish(streamId: string, publisher: Publisher): Publication {
    if (this.failure) throw this.failure;
    const publication = new FakePublication(streamId, publisher);
    this.publications.push(publication);
    return publication;
  }
}

class FakeWatch implements Watch {
  readonly id = 'watch';
  readonly request: WatchRequest;
  readonly tracks: WatchedTrack[];
  starts = 0;
  pauses = 0;
  closes = 0;
  /** A stream with a picture sends it at once. */
  onStart = () => {};
  #outlets: readonly (Outlet | undefined)[] = [];

  constructor(request: WatchRequest, formats: readonly TrackFormat[]) {
    this.request = request;
    this.tracks = formats.map((format, index) => ({
      track: new Track(format),
      payloadType: PAYLOAD_TYPES[format.kind],
      ssrc: 0xa000_0000 + index,
      sequence: FIRST_SEQUENCE,
    }));
  }

  get isPlaying(): boolean {
    return this.#outlets.length > 0;
  }

  start(outlets: readonly (Outlet | undefined)[]): void {
    this.starts++;
    this.#outlets = outlets;
    this.onStart();
  }

  pause(): void {
    this.pauses++;
    this.#outlets = [];
  }

  close(): void {
    this.closes++;
    this.#outlets = [];
  }

  send(index: number, packets: readonly Uint8Array[]): void {
    this.add(index, packets);
    this.flush(index);
  }

  flush(index: number): void {
    this.#outlets[index]?.flush();
  }

  /** Packets of one track, under this viewer's numbers. */
  add(index: number, packets: readonly Uint8Array[]): void {
    const track = this.tracks[index]!;
    const outlet = this.#outlets[index];
    if (!outlet) return;
    let { sequence } = track;
    for (const packet of packets) {
      const marker = readMarker(packet) ? 0x80_00_00 : 0;
      const first = marker | (track.payloadType << 16) | sequence;
      outlet.add(packet, first, readTimestamp(packet), track.ssrc);
      sequence = (sequence + 1) & 0xffff;
    }
    this.tracks[index] = { ...track, sequence };
  }

  sendReport(index: number, report: Uint8Array): void {
    this.#outlets[index]?.addReport(report);
  }
}

class FakePublication implements Publication {
  readonly streamId: string;
  readonly publisher: Publisher;
  offer: SourceOffer | undefined;
  /** By track: copies of what was written, with when it was captured. */
  readonly packets: { packet: Uint8Array; capturedAtMs: number }[][] = [];
  /** Packets that were written since the last flush. */
  unflushed = 0;
  flushes = 0;
  closedWith: string | undefined;

  constructor(streamId: string, publisher: Publisher) {
    this.streamId = streamId;
    this.publisher = publisher;
  }

  ready(offer: SourceOffer): readonly TrackSink[] {
    this.offer = offer;
    return offer.formats.map((_, index) => {
      const packets: FakePublication['packets'][number] = [];
      this.packets[index] = packets;
      return {
        write: (packet, capturedAtMs) => {
          this.unflushed++;
          packets.push({ packet: Uint8Array.from(packet), capturedAtMs });
        },
      };
    });
  }

  flush(): void {
    this.unflushed = 0;
    this.flushes++;
  }

  close(reason: string): void {
    this.closedWith ??= reason;
  }
}

function newest<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (!item) throw new Error('there is none yet');
  return item;
}

function notFound(streamId: string): NotFoundError {
  return new NotFoundError(`There is no stream "${streamId}".`, { code: 'stream_not_found' });
}
