// The receiver of one track: order, loss, senders that change, and what it reports.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBye } from '#media/rtcp/goodbye.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { CaptureClocks } from './capture-clock.ts';
import { readSequence } from './header.ts';
import { RtpReceiver } from './receiver.ts';

const SSRC = 0x1234;
const SOME = Uint8Array.of(1);

const numbered = (sequence: number, ssrc = SSRC) =>
  rtpPacket(Uint8Array.of(sequence), { sequence: sequence & 0xffff, timestamp: 0, ssrc });

function receiverOf(reorder: boolean) {
  const receiver = new RtpReceiver({ clockRate: 90_000, reorder, localSsrc: 9 });
  const emitted: number[] = [];
  const emit = (packet: Uint8Array) => void emitted.push(readSequence(packet));
  const take = (sequences: readonly number[], atMs = 0) => {
    for (const each of sequences) receiver.take(numbered(each), atMs, emit);
  };
  return { receiver, emitted, emit, take, poll: (nowMs: number) => receiver.poll(nowMs, emit) };
}

const sequences = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + i);

describe('RtpReceiver over TCP', () => {
  test('passes each packet at once, as the very bytes that came', () => {
    const { receiver } = receiverOf(false);
    const packet = numbered(1);
    let seen: Uint8Array | undefined;
    receiver.take(packet, 0, (each) => {
      seen = each;
    });
    expect(seen).toBe(packet);
    expect(receiver.dueAtMs).toBeUndefined();
  });

  test('counts what a camera dropped before sending, and passes the rest', () => {
    const { receiver, emitted, take } = receiverOf(false);
    take([65_534, 65_535, 65_536 + 3]);
    expect(emitted).toEqual([65_534, 65_535, 3]);
    expect(receiver.counters).toMatchObject({ packets: 3, lost: 3 });
  });

  test('passes packets in wrong order too, and counts them', () => {
    const { receiver, emitted, take } = receiverOf(false);
    take([1, 3, 2, 4]);
    expect(emitted).toEqual([1, 3, 2, 4]);
    expect(receiver.counters).toMatchObject({ reordered: 1, lost: 1 });
  });

  test.each([[10_000], [0]])('takes a jump to %i as a new start, not as loss', (to) => {
    const { receiver, take } = receiverOf(false);
    take([5000, 5001, to, to + 1]);
    expect(receiver.counters).toMatchObject({ packets: 4, lost: 0, reordered: 0 });
    expect(cumulativeLost(receiver)).toBe(0);
  });

  test('passes packets without a payload: they have their place in the sequence', () => {
    const { receiver, emitted, emit, take } = receiverOf(false);
    take([1]);
    const padding = numbered(2);
    padding[0] = 0xa0;
    receiver.take(padding, 0, emit);
    take([3]);
    expect(emitted).toEqual([1, 2, 3]);
    expect(receiver.counters.lost).toBe(0);
  });
});

describe('RtpReceiver over UDP', () => {
  test('puts packets into order, through the wrap of their numbers', () => {
    const { receiver, emitted, take } = receiverOf(true);
    take([65_534, 65_536, 65_535, 65_539, 65_538, 65_537]);
    expect(emitted).toEqual([65_534, 65_535, 0, 1, 2, 3]);
    expect(receiver.counters).toMatchObject({ packets: 6, lost: 0, reordered: 3 });
  });

  test('drops duplicates, the ones of packets that wait too', () => {
    const { receiver, emitted, take } = receiverOf(true);
    take([1, 1, 3, 3, 2, 2]);
    expect(emitted).toEqual([1, 2, 3]);
    expect(receiver.counters).toMatchObject({ duplicates: 3, lost: 0 });
  });

  test('gives a missing packet up after 50 ms, and drops it when it comes after all', () => {
    const { receiver, emitted, take, poll } = receiverOf(true);
    take([1]);
    take([3, 4], 100);
    expect(receiver.dueAtMs).toBe(150);
    poll(149);
    expect(emitted).toEqual([1]);
    poll(150);
    expect(emitted).toEqual([1, 3, 4]);
    take([2], 151);
    expect(emitted).toEqual([1, 3, 4]);
    expect(receiver.counters).toMatchObject({ lost: 1, late: 1 });
    expect(receiver.dueAtMs).toBeUndefined();
  });

  test('gives a missing packet up without being polled when another one waits', () => {
    const { emitted, take } = receiverOf(true);
    take([1]);
    take([3], 100);
    take([5], 150);
    expect(emitted).toEqual([1, 3]);
  });

  test('waits longer where it is told to', () => {
    const receiver = new RtpReceiver({
      clockRate: 90_000,
      reorder: true,
      localSsrc: 9,
      maxWaitMs: 400,
    });
    for (const each of [1, 3]) receiver.take(numbered(each), 100, () => {});
    expect(receiver.dueAtMs).toBe(500);
  });

  test('dates a packet that waited by its own arrival', () => {
    const { receiver } = receiverOf(true);
    const dates: number[] = [];
    const take = (sequence: number, atMs: number) => {
      const packet = rtpPacket(Uint8Array.of(1), { sequence, timestamp: atMs * 90 });
      receiver.take(packet, atMs, (_, capturedAtMs) => void dates.push(capturedAtMs));
    };
    take(1, 1000);
    take(3, 1040);
    take(2, 1045);
    expect(dates).toEqual([1000, 1045, 1045]);
  });

  test('gives everything up before a packet that is too far ahead', () => {
    const { receiver, emitted, take } = receiverOf(true);
    take([0, 2, 3, 300]);
    expect(emitted).toEqual([0, 2, 3, 300]);
    expect(receiver.counters.lost).toBe(1 + 296);
  });

  test('goes on without waiting when held packets have filled their room', () => {
    const { receiver, emitted, emit, take } = receiverOf(true);
    take([0]);
    for (const sequence of sequences(2, 20)) {
      receiver.take(rtpPacket(new Uint8Array(65_000), { sequence, timestamp: 0 }), 0, emit);
    }
    expect(emitted).toEqual([0, ...sequences(2, 20)]);
    expect(receiver.counters).toMatchObject({ packets: 21, lost: 1 });
  });

  test('drops a packet for which there was no room until its successors were passed on', () => {
    const { receiver, emitted, emit } = receiverOf(true);
    const large = new Uint8Array(65_000);
    for (const sequence of [0, ...sequences(3, 16), 2, 19]) {
      receiver.take(rtpPacket(large, { sequence, timestamp: 0 }), 0, emit);
    }
    expect(emitted).toEqual([0, ...sequences(3, 17)]);
    expect(receiver.counters).toMatchObject({ lost: 2, late: 1 });
    expect(receiver.dueAtMs).toBeUndefined();
  });

  test('drops one stray packet, and takes two in a row as a new start', () => {
    const { receiver, emitted, take } = receiverOf(true);
    take([100, 20_000, 101, 102]);
    expect(emitted).toEqual([100, 101, 102]);
    expect(receiver.counters).toMatchObject({ late: 1, lost: 0 });
    take([104, 40_000, 40_001]);
    expect(emitted).toEqual([100, 101, 102, 104, 40_001]);
    expect(receiver.counters.lost).toBe(1);
  });

  test('emits a shuffled run whole and in order, whatever is lost and sent twice', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 0xffff }), (seed, first) => {
        const random = seededRandom(seed);
        const { receiver, emitted, take, poll } = receiverOf(true);
        const sent = sequences(first + 1, 300).filter(() => random() > 0.05);
        const twice = sent.flatMap((each) => (random() < 0.05 ? [each, each] : [each]));
        const moved = twice.map((each, at) => ({ each, at: at + random() * 8 }));
        take([first]);
        for (const { each, at } of moved.toSorted((a, b) => a.at - b.at)) take([each], at);
        poll(10_000);
        expect(emitted).toEqual([first, ...sent].map((each) => each & 0xffff));
        const { packets, lost, duplicates } = receiver.counters;
        expect(packets).toBe(sent.length + 1);
        expect(lost).toBe((sent.at(-1) ?? first) - first - sent.length);
        expect(duplicates).toBe(twice.length - sent.length);
      }),
      { numRuns: 50 },
    );
  });

  test('takes random bytes without harm', () => {
    const { receiver, emit } = receiverOf(true);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, valid) => {
        if (valid && bytes.length > 0) bytes[0] = 0x80;
        receiver.take(bytes, 0, emit);
        receiver.takeRtcp(bytes, 0);
      }),
      { numRuns: 2000 },
    );
    expect(receiver.counters.malformed).toBeGreaterThan(0);
  });
});

describe('RtpReceiver and its sender', () => {
  test.each([[true], [false]])('accepts another SSRC in mid-stream (reorder: %s)', (reorder) => {
    const { receiver, emitted, emit, take } = receiverOf(reorder);
    take([10, 12]);
    receiver.take(numbered(3, 0x9999), 0, emit);
    expect(emitted).toEqual([10, 12, 3]);
    expect(receiver.ssrc).toBe(0x9999);
    expect(receiver.counters.lost).toBe(1);
    expect(reportOf(receiver)).toMatchObject({ ssrc: 0x9999, cumulativeLost: 0 });
  });

  test('reports nothing before the first packet', () => {
    expect(receiverOf(false).receiver.formatReport(0)).toBeUndefined();
  });

  test('reports what came and what is missing, with its name', () => {
    const { receiver, take } = receiverOf(true);
    take([1, 2, 4]);
    const packet = receiver.formatReport(0);
    expect(readRtcp(packet!)).toEqual({
      malformed: false,
      reports: [
        {
          type: 'receiver-report',
          senderSsrc: 9,
          ssrc: SSRC,
          fractionLost: 64,
          cumulativeLost: 1,
          highestSequence: 4,
          jitter: 0,
          lastSr: 0,
          delaySinceLastSr: 0,
        },
      ],
    });
    expect(Buffer.from(packet!).includes('yeoul')).toBe(true);
  });

  test('names the last sender report and how long ago it came', () => {
    const { receiver, take } = receiverOf(false);
    take([1]);
    receiver.takeRtcp(senderReport(SSRC), 2000);
    const report = readRtcp(receiver.formatReport(3500)!).reports[0];
    expect(report).toMatchObject({ lastSr: 0x7e80_4000, delaySinceLastSr: 1.5 * 65_536 });
  });

  test('ignores reports and goodbyes of senders it does not receive', () => {
    const { receiver, take } = receiverOf(false);
    take([1]);
    receiver.takeRtcp(senderReport(0x7777), 0);
    receiver.takeRtcp(formatBye(0x7777), 0);
    expect(reportOf(receiver)).toMatchObject({ lastSr: 0 });
    expect(receiver.ended).toBe(false);
  });

  test('takes a sender report that came before the first packet, if it is the sender’s', () => {
    for (const [ssrc, lastSr] of [
      [SSRC, 0x7e80_4000],
      [0x7777, 0],
    ] as const) {
      const { receiver, take } = receiverOf(false);
      receiver.takeRtcp(senderReport(ssrc), 0);
      take([1]);
      expect(reportOf(receiver)).toMatchObject({ lastSr });
    }
  });

  test('relates such a report to the packets, wherever their timestamps are', () => {
    for (const first of [0, 0x7fff_ff00, 0xffff_ff00]) {
      const clocks = new CaptureClocks();
      const dates = [first, 0].map((rtpTimestamp, track) => {
        const captureClock = clocks.add(90_000);
        const options = { clockRate: 90_000, reorder: false, localSsrc: 9, captureClock };
        const receiver = new RtpReceiver(options);
        receiver.takeRtcp(senderReport(SSRC, rtpTimestamp), 0);
        const timestamp = (rtpTimestamp + 9000) >>> 0;
        let date = 0;
        const emit = (_: Uint8Array, each: number) => {
          date = each;
        };
        for (const sequence of [1, 2]) {
          receiver.take(rtpPacket(SOME, { sequence, timestamp }), 1000 + track * 500, emit);
        }
        return Math.round(date);
      });
      expect(dates).toEqual([1000, 1000]);
    }
  });

  test('knows that the sender said goodbye, until it sends again', () => {
    const { receiver, take } = receiverOf(false);
    take([1]);
    receiver.takeRtcp(formatBye(SSRC), 0);
    expect(receiver.ended).toBe(true);
    take([2]);
    expect(receiver.ended).toBe(false);
  });

  test('keeps the tracks of one source in step by their sender reports', () => {
    const clocks = new CaptureClocks();
    const [picture, sound] = [0x10, 0x20].map((ssrc) => {
      const captureClock = clocks.add(90_000);
      const receiver = new RtpReceiver({
        clockRate: 90_000,
        reorder: false,
        localSsrc: 9,
        captureClock,
      });
      return { ssrc, receiver };
    });
    const dates: number[] = [];
    // Both captured at 0; the sound arrives 120 ms after the picture.
    for (const [track, atMs] of [
      [picture!, 5010],
      [sound!, 5130],
    ] as const) {
      track.receiver.takeRtcp(senderReport(track.ssrc), atMs);
      const fields = { sequence: 1, timestamp: 0, ssrc: track.ssrc };
      track.receiver.take(rtpPacket(Uint8Array.of(1), fields), atMs, (_, each) => {
        dates.push(each);
      });
    }
    expect(dates.map(Math.round)).toEqual([5010, 5010]);
  });
});

/** The camera's clock at `rtpTimestamp`: a quarter of a second after 1970 began. */
function senderReport(ssrc: number, rtpTimestamp = 0): Uint8Array {
  const figures = { rtpTimestamp, packetCount: 1, octetCount: 1, cname: 'camera' };
  return formatSenderReport({ ssrc, ntpMs: 250, ...figures });
}

function reportOf(receiver: RtpReceiver) {
  return readRtcp(receiver.formatReport(0)!).reports[0];
}

function cumulativeLost(receiver: RtpReceiver): number {
  const report = reportOf(receiver);
  return report?.type === 'receiver-report' ? report.cumulativeLost : Number.NaN;
}
