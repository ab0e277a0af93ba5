// A publisher by WebRTC, from its connection to its end: what it sends, what it is told.

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RtcpReport } from '#media/rtcp/report.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import {
  AUDIO,
  OTHER_SLICE,
  PUBLISH_OFFER,
  PublishingSetUp,
  publishedPacket,
  sendVideo,
  told,
  VIDEO,
} from '../../../test/support/publishing-set-up.ts';

let setUp: PublishingSetUp;

beforeEach(() => {
  setUp = new PublishingSetUp();
});

const typesOf = (reports: readonly RtcpReport[]) => reports.map(({ type }) => type);

describe('a publisher', () => {
  test('is answered, and its stream is ready once it is connected', async () => {
    setUp.openSource();
    const { answer, sessionKey, etag } = await setUp.publish();
    expect(answer).toMatch(/^a=recvonly\r$/m);
    expect(sessionKey).toBe('id-2');
    expect(etag).toBe('ours');
    expect(setUp.offers).toEqual([]);
    setUp.transport.peers[0]!.events.onState('connected');
    expect(setUp.offers).toEqual([
      {
        formats: [
          { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
          { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] },
        ],
        ignored: [],
      },
    ]);
    expect(setUp.log.lines.map(({ message, fields }) => [message, fields['publisher']])).toEqual([
      ['Publisher accepted', 'id-1'],
      ['ICE connection state: connected', 'id-1'],
    ]);
  });

  test.each([
    ['PCMU', '0', 8_000],
    ['PCMA', '8', 8_000],
  ])('may send %s', async (codec, payloadType, clockRate) => {
    setUp.openSource();
    await setUp.publishConnected(
      PUBLISH_OFFER.replace(/^(m=audio \S+ \S+).*$/m, `$1 ${payloadType}`),
    );
    expect(setUp.offers[0]?.formats[0]).toEqual({ kind: 'audio', codec, clockRate, channels: 1 });
  });

  test('has its packets handed on with one flush for each that comes', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 65_535, 0);
    peer.events.onRtp?.(publishedPacket(AUDIO, 7));
    expect(setUp.written.map(({ track, sequence }) => [track, sequence])).toEqual([
      [1, 65_535],
      [1, 0],
      [0, 7],
    ]);
    expect(setUp.flushes).toBe(3);
  });

  test('has packets put in order, and those that waited flushed together', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1, 3, 4);
    expect(setUp.flushes).toBe(1);
    sendVideo(peer, 2);
    expect(setUp.sequences).toEqual([1, 2, 3, 4]);
    expect(setUp.flushes).toBe(2);
  });

  test('is counted for packets that were not agreed on, and nothing comes of them', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    peer.events.onRtp?.(publishedPacket({ payloadType: 96, ssrc: 1 }, 1));
    peer.events.onRtp?.(Uint8Array.of(0x80, VIDEO.payloadType));
    expect(setUp.written).toEqual([]);
    expect(peer.events).toMatchObject({ unexpected: 2 });
  });

  test('is asked for what is missing, and its stream gets it in its place', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1, 3);
    expect(typesOf(told(peer))).toEqual(['remb']);
    setUp.clock.advance(20);
    expect(told(peer)).toEqual([{ type: 'nack', mediaSsrc: VIDEO.ssrc, sequences: [2] }]);
    sendVideo(peer, 2);
    setUp.clock.advance(400);
    expect(typesOf(told(peer))).toEqual([]);
    expect(setUp.sequences).toEqual([1, 2, 3]);
  });

  test('is asked for a key frame when what is missing does not come, and the rest goes on', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1, 3);
    setUp.clock.advance(280);
    expect(setUp.sequences).toEqual([1]);
    expect(told(peer).filter(({ type }) => type === 'pli')).toEqual([]);
    setUp.clock.advance(20);
    expect(setUp.sequences).toEqual([1, 3]);
    expect(setUp.flushes).toBe(2);
    expect(told(peer)).toEqual([{ type: 'pli', mediaSsrc: VIDEO.ssrc }]);
  });

  test('is not asked for missing sound, which is waited for 60 ms', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    for (const sequence of [1, 3]) peer.events.onRtp?.(publishedPacket(AUDIO, sequence));
    told(peer);
    setUp.clock.advance(40);
    expect(setUp.written).toHaveLength(1);
    setUp.clock.advance(20);
    expect(setUp.sequences).toEqual([1, 3]);
    expect(told(peer)).toEqual([]);
  });

  test('is asked for a key frame every 500 ms until one comes', async () => {
    const source = setUp.openSource();
    const peer = await setUp.publishConnected();
    source.requestKeyFrame?.();
    expect(told(peer)).toEqual([]);
    sendVideo(peer, 1);
    told(peer);
    source.requestKeyFrame?.();
    source.requestKeyFrame?.();
    expect(told(peer)).toEqual([{ type: 'pli', mediaSsrc: VIDEO.ssrc }]);
    peer.events.onRtp?.(publishedPacket(VIDEO, 2, OTHER_SLICE));
    setUp.clock.advance(480);
    expect(told(peer)).toEqual([]);
    setUp.clock.advance(20);
    expect(typesOf(told(peer))).toEqual(['pli']);
    sendVideo(peer, 3);
    source.requestKeyFrame?.();
    setUp.clock.advance(480);
    expect(typesOf(told(peer))).not.toContain('pli');
    setUp.clock.advance(20);
    expect(typesOf(told(peer))).toContain('pli');
    sendVideo(peer, 4);
    setUp.clock.advance(2_000);
    expect(typesOf(told(peer))).not.toContain('pli');
  });

  test('that begins without a key frame is asked for one after 500 ms', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    peer.events.onRtp?.(publishedPacket(VIDEO, 1, OTHER_SLICE));
    setUp.clock.advance(480);
    expect(typesOf(told(peer))).toEqual(['remb']);
    setUp.clock.advance(20);
    expect(typesOf(told(peer))).toEqual(['pli']);
  });

  test('is asked for a key frame when a source opens in mid-stream', async () => {
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1);
    told(peer);
    setUp.openSource();
    expect(told(peer)).toEqual([{ type: 'pli', mediaSsrc: VIDEO.ssrc }]);
    sendVideo(peer, 2);
    expect(setUp.sequences).toEqual([2]);
  });

  test('is told with its first packet, and then each second, that it may send 8 Mb/s', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1);
    expect(told(peer)).toEqual([{ type: 'remb', bitrateBps: 8_000_000, ssrcs: [VIDEO.ssrc] }]);
    sendVideo(peer, 2);
    expect(told(peer)).toEqual([]);
    peer.events.onRtp?.(publishedPacket(AUDIO, 1));
    setUp.clock.advance(1_000);
    expect(told(peer).find(({ type }) => type === 'remb')).toMatchObject({
      ssrcs: [AUDIO.ssrc, VIDEO.ssrc],
    });
  });

  test('gets a report on each track each second, with its own sender report in it', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    setUp.clock.advance(1_000);
    expect(told(peer)).toEqual([]);
    sendVideo(peer, 1, 2, 4);
    const sent = {
      ntpMs: setUp.clock.wallMs(),
      rtpTimestamp: 3_000,
      packetCount: 3,
      octetCount: 24,
    };
    peer.events.onRtcp(formatSenderReport({ ssrc: VIDEO.ssrc, ...sent, cname: 'c' }));
    setUp.clock.advance(1_000);
    const [report] = told(peer).filter(({ type }) => type === 'receiver-report');
    expect(report).toMatchObject({ ssrc: VIDEO.ssrc, senderSsrc: 0x9999, cumulativeLost: 1 });
    expect(report).toMatchObject({ lastSr: expect.toSatisfy((word: number) => word > 0) });
  });

  test('may change its SSRC: nothing of the old one is asked for', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1, 5);
    told(peer);
    peer.events.onRtp?.(publishedPacket({ ...VIDEO, ssrc: 0x3333 }, 8));
    setUp.clock.advance(100);
    expect(told(peer)).toEqual([{ type: 'pli', mediaSsrc: 0x3333 }]);
    expect(setUp.sequences).toEqual([1, 5, 8]);
  });

  test('is sent away after 10 s without media, even if it reports', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    setUp.clock.advance(5_000);
    sendVideo(peer, 1);
    setUp.clock.advance(9_000);
    peer.events.onRtcp(publishedPacket({ payloadType: 72, ssrc: 1 }, 1));
    expect(setUp.publishers.size).toBe(1);
    setUp.clock.advance(1_000);
    expect(setUp.publishers.size).toBe(0);
    expect(peer.closed).toBe(true);
    expect(setUp.failures).toEqual([
      { kind: 'retry', reason: 'the publisher left: no sign of life' },
    ]);
    expect(setUp.log.lines.at(-1)).toMatchObject({
      message: 'Publisher left',
      fields: { publisher: 'id-1', stream: 'gate', reason: 'no sign of life' },
    });
  });

  test.each(['failed', 'closed'] as const)('whose connection has %s is gone', async (state) => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    peer.events.onState(state);
    expect(setUp.publishers.size).toBe(0);
    expect(setUp.point.publisher).toBeUndefined();
    expect(setUp.failures[0]?.reason).toBe(`the publisher left: connection ${state}`);
  });

  test('that never connects has 10 s', async () => {
    await setUp.publish();
    setUp.clock.advance(9_000);
    expect(setUp.publishers.size).toBe(1);
    setUp.clock.advance(1_000);
    expect(setUp.publishers.size).toBe(0);
    expect(setUp.point.publisher).toBeUndefined();
  });

  test('goes when its stream does', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    setUp.point.close('the stream was removed');
    expect(peer.closed).toBe(true);
    expect(setUp.log.lines.at(-1)?.fields['reason']).toBe('the stream was removed');
  });

  test('may send any bytes: what is none of its packets goes nowhere, and nothing breaks', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    const bytes = fc.uint8Array({ maxLength: 64 });
    // Half of them begin like a packet of the picture.
    const likely = bytes.map((tail) => Uint8Array.of(0x80, VIDEO.payloadType, ...tail));
    fc.assert(
      fc.property(fc.oneof(bytes, likely), fc.nat(50), (packet, laterMs) => {
        const before = setUp.written.length;
        peer.events.onRtcp(packet);
        peer.events.onRtp?.(packet);
        const ours = packet.length >= 12 && [108, 111].includes((packet[1] ?? 0) & 0x7f);
        if (!ours) expect(setUp.written).toHaveLength(before);
        setUp.clock.advance(laterMs);
      }),
      { numRuns: 500 },
    );
    expect(setUp.publishers.size).toBe(1);
  });

  test('leaves no timer behind', async () => {
    const peer = await setUp.publishConnected();
    setUp.publishers.close();
    peer.events.onState('failed');
    expect(setUp.clock.pendingTimers).toBe(0);
    expect(peer.closed).toBe(true);
    expect(setUp.point.publisher).toBeUndefined();
  });

  test('may be connected before its answer is written', async () => {
    setUp.openSource();
    const open = setUp.transport.open.bind(setUp.transport);
    setUp.transport.open = async (id, remote, events) => {
      const peer = await open(id, remote, events);
      events.onState('connected');
      return peer;
    };
    await setUp.publish();
    expect(setUp.offers).toHaveLength(1);
    sendVideo(setUp.transport.peers[0]!, 1);
    expect(setUp.written).toHaveLength(1);
  });
});
