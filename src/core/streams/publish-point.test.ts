// A publisher and the sources that hand it on: who comes first, who goes, and who is refused.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Source, SourceFailure, SourceOffer } from '#core/ports/source.ts';
import { PublishPoint } from './publish-point.ts';
import type { Publisher } from './publishing.ts';

const OFFER: SourceOffer = {
  formats: [
    { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] },
    { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
  ],
};
const PACKET = Uint8Array.of(1, 2, 3);

class FakePublisher implements Publisher {
  readonly protocol = 'whip';
  readonly remote = '192.0.2.7:5000';
  readonly ended: string[] = [];
  keyFrames = 0;

  requestKeyFrame(): void {
    this.keyFrames++;
  }

  end(reason: string): void {
    this.ended.push(reason);
  }
}

class FakeStream {
  readonly source: Source;
  readonly offers: SourceOffer[] = [];
  readonly written: [track: number, packet: Uint8Array, atMs: number][] = [];
  readonly failures: SourceFailure[] = [];
  flushes = 0;

  /** Makes a source, as a stream does for each attempt, and starts it. */
  constructor(of: PublishPoint) {
    this.source = of.createSource();
    this.source.start({
      ready: (offer) => {
        this.offers.push(offer);
        return offer.formats.map((_, track) => ({
          write: (packet, atMs) => this.written.push([track, packet, atMs]),
        }));
      },
      flush: () => {
        this.flushes++;
      },
      failed: (failure) => this.failures.push(failure),
    });
  }
}

let wakes: number;
let point: PublishPoint;
let publisher: FakePublisher;

beforeEach(() => {
  wakes = 0;
  point = new PublishPoint({ streamId: 'gate', wake: () => wakes++ });
  publisher = new FakePublisher();
});

describe('PublishPoint', () => {
  test('waits, and says for what, until somebody publishes', () => {
    const stream = new FakeStream(point);
    expect(point.reason).toMatch(/POST an offer to \/whip\/gate, or publish to rtsp:\/\/…\/gate/);
    const publication = point.open(publisher);
    expect(point.reason).toBeUndefined();
    expect(stream.offers).toEqual([]);
    publication.ready(OFFER);
    expect(stream.offers).toEqual([OFFER]);
    expect(stream.failures).toEqual([]);
  });

  test('hands on packets and flushes as they are', () => {
    const stream = new FakeStream(point);
    const publication = point.open(publisher);
    const [video, audio] = publication.ready(OFFER);
    video?.write(PACKET, 10);
    audio?.write(PACKET, 12);
    publication.flush();
    expect(stream.written).toEqual([
      [0, PACKET, 10],
      [1, PACKET, 12],
    ]);
    expect(stream.written[0]?.[1]).toBe(PACKET);
    expect(stream.flushes).toBe(1);
  });

  test('refuses a second publisher and names the first, until that one is gone', () => {
    const publication = point.open(publisher);
    expect(() => point.open(new FakePublisher())).toThrow(
      expect.objectContaining({
        code: 'publisher_present',
        message: expect.stringMatching(/by WHIP from 192\.0\.2\.7:5000/),
      }),
    );
    publication.close('left');
    expect(point.publisher).toBeUndefined();
    point.open(new FakePublisher()).close('left');
  });

  test('fails the source when its publisher leaves, once, so that the next one finds a new source', () => {
    const stream = new FakeStream(point);
    const publication = point.open(publisher);
    const [video] = publication.ready(OFFER);
    publication.close('connection lost');
    publication.close('again');
    video?.write(PACKET, 10);
    publication.flush();
    expect(stream.failures).toEqual([
      { kind: 'retry', reason: 'the publisher left: connection lost' },
    ]);
    expect(stream.written).toEqual([]);
    expect(stream.flushes).toBe(0);
    point.open(publisher).ready(OFFER);
    expect(wakes).toBe(1);
    expect(new FakeStream(point).offers).toHaveLength(1);
    expect(stream.offers).toHaveLength(1);
  });

  test('goes on waiting when a publisher leaves before it was ready', () => {
    const stream = new FakeStream(point);
    point.open(publisher).close('no connection in time');
    expect(stream.failures).toEqual([]);
    point.open(publisher).ready(OFFER);
    expect(stream.offers).toHaveLength(1);
  });

  test('wakes the stream for a publisher that finds no source, and hands it over when there is one', () => {
    const publication = point.open(publisher);
    expect(wakes).toBe(1);
    const [video] = publication.ready(OFFER);
    video?.write(PACKET, 1);
    publication.flush();
    const stream = new FakeStream(point);
    expect(stream.offers).toEqual([OFFER]);
    expect(publisher.keyFrames).toBe(1);
    video?.write(PACKET, 2);
    expect(stream.written).toEqual([[0, PACKET, 2]]);
  });

  test('does not wake a stream that waits already', () => {
    new FakeStream(point);
    point.open(publisher);
    expect(wakes).toBe(0);
  });

  test('keeps its publisher when the stream closes a source, for the next one', async () => {
    const first = new FakeStream(point);
    const publication = point.open(publisher);
    const [video] = publication.ready(OFFER);
    await first.source.close();
    await first.source.close();
    video?.write(PACKET, 1);
    publication.flush();
    expect(first.written).toEqual([]);
    expect(first.flushes).toBe(0);
    expect(publisher.ended).toEqual([]);
    const second = new FakeStream(point);
    video?.write(PACKET, 2);
    expect(second.written).toHaveLength(1);
    await first.source.close();
    video?.write(PACKET, 3);
    expect(second.written).toHaveLength(2);
  });

  test('passes the wish for a key frame on, if somebody is there', () => {
    const { source } = new FakeStream(point);
    source.requestKeyFrame?.();
    point.open(publisher);
    source.requestKeyFrame?.();
    expect(publisher.keyFrames).toBe(1);
  });

  test('sends its publisher away when the stream is gone, and takes no other', () => {
    point.open(publisher);
    point.close('the stream was removed');
    expect(publisher.ended).toEqual(['the stream was removed']);
    expect(() => point.open(new FakePublisher())).toThrow(/"gate" is closed/);
  });

  test('a source that is closed before it was started does no harm', async () => {
    await point.createSource().close();
    expect(new FakeStream(point).failures).toEqual([]);
  });

  test('a publication is ready once', () => {
    const publication = point.open(publisher);
    publication.ready(OFFER);
    expect(() => publication.ready(OFFER)).toThrow(/ready once/);
  });
});
