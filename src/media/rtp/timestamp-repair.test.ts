// Cameras' timestamps and what is made of them, one fault after the other.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { timestampDistance } from './distance.ts';
import { TimestampRepair } from './timestamp-repair.ts';

const FRAME_MS = 40;
const FRAME_TICKS = 3600;
const MAX_REORDER_TICKS = 45_000;
const NO_FAULTS = { backwards: 0, jumps: 0, stopped: 0, reanchored: 0 };

/** Feeds frames that arrive every 40 ms, each with the timestamp that `at` gives it. */
function repairVideo(count: number, at: (frame: number) => number, arrival = everyFrame) {
  const repair = new TimestampRepair({ clockRate: 90_000, kind: 'video' });
  const out = Array.from({ length: count }, (_, frame) =>
    repair.next(at(frame) >>> 0, 1000 + arrival(frame)),
  );
  return { repair, out, steps: stepsOf(out) };
}

const everyFrame = (frame: number) => frame * FRAME_MS;

function stepsOf(out: readonly number[]): number[] {
  return out.slice(1).map((each, at) => timestampDistance(out[at] ?? 0, each));
}

describe('TimestampRepair of video', () => {
  test('passes good timestamps untouched, through wrap, jitter, gaps and slow drift', () => {
    const random = seededRandom(5);
    const arrival = (frame: number) => frame * FRAME_MS * 1.0002 + random() * 30;
    const sent = (frame: number) =>
      (0xffff_0000 + frame * FRAME_TICKS * (frame > 500 ? 2 : 1)) >>> 0;
    const doubled = (frame: number) => arrival(frame > 500 ? 2 * frame : frame);
    const { repair, out } = repairVideo(3000, sent, doubled);
    expect(out).toEqual(out.map((_, frame) => sent(frame)));
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('follows a clock that is 200 ppm off for hours', () => {
    const drifting = (frame: number) => frame * FRAME_MS * 1.0002;
    const { repair } = repairVideo(200_000, (frame) => frame * FRAME_TICKS, drifting);
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('passes B-frames and says which they are', () => {
    const repair = new TimestampRepair({ clockRate: 90_000, kind: 'video' });
    const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];
    const seen = order.map((each, frame) => {
      const out = repair.next(each * FRAME_TICKS, frame * FRAME_MS);
      return [out, repair.reordered];
    });
    const bFrames = [1, 2, 4, 5, 7, 8];
    expect(seen).toEqual(order.map((each) => [each * FRAME_TICKS, bFrames.includes(each)]));
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('takes a small step back for a fault where there are no B-frames', () => {
    const repair = new TimestampRepair({ clockRate: 90_000, kind: 'video' });
    repair.mayReorder = false;
    const back = (frame: number) =>
      1e9 + (frame >= 50 ? -5 : 0) * FRAME_TICKS + frame * FRAME_TICKS;
    const out = Array.from({ length: 100 }, (_, frame) =>
      repair.next(back(frame), everyFrame(frame)),
    );
    expect(new Set(stepsOf(out))).toEqual(new Set([FRAME_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, backwards: 1 });
  });

  test('goes on as if nothing had been when timestamps go back', () => {
    const back = (frame: number) => 1e9 + (frame >= 50 ? -5e8 : 0) + frame * FRAME_TICKS;
    const { repair, steps } = repairVideo(100, back);
    expect(new Set(steps)).toEqual(new Set([FRAME_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, backwards: 1 });
  });

  test('goes on as if nothing had been when timestamps jump ahead by hours', () => {
    const ahead = (frame: number) => frame * FRAME_TICKS + (frame >= 50 ? 3 * 3600 * 90_000 : 0);
    const { repair, steps } = repairVideo(100, ahead);
    expect(new Set(steps)).toEqual(new Set([FRAME_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, jumps: 1 });
  });

  test('counts by the clock while timestamps stand still, and goes on with them after that', () => {
    const stuck = (frame: number) => Math.min(frame, 50) * FRAME_TICKS;
    const stopped = repairVideo(100, stuck);
    expect(new Set(stopped.steps)).toEqual(new Set([FRAME_TICKS]));
    expect(stopped.repair.faults).toEqual({ ...NO_FAULTS, stopped: 49 });

    const resumed = (frame: number) =>
      (frame < 50 ? frame : Math.max(50, frame - 10)) * FRAME_TICKS;
    const { repair, steps } = repairVideo(100, resumed);
    expect(new Set(steps)).toEqual(new Set([FRAME_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, stopped: 10 });
  });

  test('leaves timestamps of coarse resolution where they are right', () => {
    const coarse = (frame: number) => Math.floor(frame / 5) * 5 * FRAME_TICKS;
    const { out, steps } = repairVideo(50, coarse);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    for (let frame = 0; frame < 50; frame += 5) expect(out[frame]).toBe(coarse(frame));
  });

  test('takes a network that was held up for what it is', () => {
    // Nothing for 3 s, then everything but the frames of half a second, which the camera dropped.
    const captured = (frame: number) => (frame + (frame >= 70 ? 12 : 0)) * FRAME_MS;
    const arrival = (frame: number) =>
      captured(frame) >= 2000 && captured(frame) < 5000 ? 5000 : captured(frame);
    const sent = (frame: number) => captured(frame) * 90;
    const { repair, out } = repairVideo(200, sent, arrival);
    expect(out).toEqual(out.map((_, frame) => sent(frame)));
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('takes a burst at the start for right after five seconds, and changes nothing', () => {
    const burst = (frame: number) => Math.max(0, frame - 50) * FRAME_MS;
    const { repair, out } = repairVideo(400, (frame) => frame * FRAME_TICKS, burst);
    expect(out).toEqual(out.map((_, frame) => frame * FRAME_TICKS));
    expect(repair.faults).toEqual({ ...NO_FAULTS, reanchored: 1 });
  });

  test.each([
    ['twice too fast', 2],
    ['at half the rate', 0.5],
  ])('counts by the clock when timestamps run %s', (_, rate) => {
    const { repair, steps } = repairVideo(500, (frame) => frame * FRAME_TICKS * rate);
    expect(new Set(steps.slice(0, 120))).toEqual(new Set([FRAME_TICKS * rate]));
    expect(new Set(steps.slice(160))).toEqual(new Set([FRAME_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, reanchored: 1 });
  });

  test('trusts timestamps again when they have run at the right rate for five seconds', () => {
    const rates = (frame: number) => (frame < 300 ? frame * 2 : frame + 300) * FRAME_TICKS;
    const { out, steps } = repairVideo(800, rates, (frame) => frame * FRAME_MS + (frame % 2) * 20);
    expect(steps.slice(200, 299).every((step) => step !== FRAME_TICKS)).toBe(true);
    expect(new Set(steps.slice(600))).toEqual(new Set([FRAME_TICKS]));
    expect(out.length).toBe(800);
  });

  test('continues after another sender’s timestamps by the time between them', () => {
    const repair = new TimestampRepair({ clockRate: 90_000, kind: 'video' });
    const first = repair.next(5, 1000);
    repair.restart();
    const second = repair.next(4e9, 3000);
    expect(second - first).toBe(2 * 90_000);
    expect(repair.next(4e9 + FRAME_TICKS, 3040) - second).toBe(FRAME_TICKS);
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('only ever goes forward but for B-frames, whatever comes', () => {
    const jump = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    const step = fc.oneof(fc.constant(FRAME_TICKS), jump);
    const frames = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 3000 })), { maxLength: 200 });
    fc.assert(
      fc.property(frames, (sent) => {
        const repair = new TimestampRepair({ clockRate: 90_000, kind: 'video' });
        let [timestamp, nowMs] = [7, 0];
        let newest = repair.next(timestamp, nowMs);
        for (const [stepTicks, waitMs] of sent) {
          timestamp = (timestamp + stepTicks) >>> 0;
          nowMs += waitMs;
          const out = repair.next(timestamp, nowMs);
          const least = repair.reordered ? -MAX_REORDER_TICKS : 1;
          expect(timestampDistance(newest, out)).toBeGreaterThanOrEqual(least);
          if (!repair.reordered) newest = out;
        }
      }),
    );
  });
});

describe('TimestampRepair of sound', () => {
  const PACKET_TICKS = 960;
  const PACKET_MS = 20;

  function repairSound(count: number, at: (packet: number) => number, arrival = everyPacket) {
    const repair = new TimestampRepair({ clockRate: 48_000, kind: 'audio' });
    const out = Array.from({ length: count }, (_, packet) =>
      repair.next(at(packet) >>> 0, 1000 + arrival(packet), PACKET_TICKS),
    );
    return { repair, out, steps: stepsOf(out) };
  }

  const everyPacket = (packet: number) => packet * PACKET_MS;

  test('counts samples where the camera’s steps are inexact', () => {
    let sent = 0xffff_ff00;
    const inexact = (packet: number) => {
      sent += packet % 3 === 0 ? 953 : 963.5;
      return Math.floor(sent);
    };
    const { repair, out, steps } = repairSound(5000, inexact);
    expect(out[0]).toBe((0xffff_ff00 + 953) >>> 0);
    expect(new Set(steps)).toEqual(new Set([PACKET_TICKS]));
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('leaves room for the packets that are missing', () => {
    const lossy = (packet: number) => (packet < 10 ? packet * 953 : packet * 953 + 3 * 955);
    const { steps } = repairSound(20, lossy);
    expect(steps.filter((step) => step !== PACKET_TICKS)).toEqual([4 * PACKET_TICKS]);
  });

  test('leaves room for a pause of the sender', () => {
    const paused = (packet: number) => packet * PACKET_TICKS + (packet >= 10 ? 96_000 : 0);
    const { repair, steps } = repairSound(20, paused, (packet) =>
      packet < 10 ? packet * 20 : packet * 20 + 2000,
    );
    expect(steps.filter((step) => step !== PACKET_TICKS)).toEqual([PACKET_TICKS + 96_000]);
    expect(repair.faults).toEqual(NO_FAULTS);
  });

  test('catches up when the count has fallen half a second behind the timestamps', () => {
    const { repair, out } = repairSound(
      3000,
      (packet) => packet * 970,
      (packet) => (packet * 970) / 48,
    );
    expect(repair.faults).toEqual({ ...NO_FAULTS, reanchored: 1 });
    expect(out[2401]).toBe(2401 * 970);
  });

  test('goes on counting when the timestamps have fallen half a second behind', () => {
    const { repair, steps } = repairSound(
      3000,
      (packet) => packet * 950,
      (packet) => (packet * 950) / 48,
    );
    expect(new Set(steps)).toEqual(new Set([PACKET_TICKS]));
    expect(repair.faults.reanchored).toBeGreaterThan(0);
  });

  test.each([
    ['go back', (packet: number) => packet * 960 - (packet >= 10 ? 1e6 : 0), { backwards: 1 }],
    ['jump ahead', (packet: number) => packet * 960 + (packet >= 10 ? 1e9 : 0), { jumps: 1 }],
    ['stop', (packet: number) => Math.min(packet, 10) * 960, { stopped: 9 }],
  ])('goes on counting when timestamps %s', (_, sent, faults) => {
    const { repair, steps } = repairSound(20, (packet) => 2e6 + sent(packet));
    expect(new Set(steps)).toEqual(new Set([PACKET_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, ...faults });
  });

  test('goes by the clock over a pause that the timestamps do not show', () => {
    const { steps } = repairSound(
      20,
      () => 0,
      (packet) => packet * 20 + (packet >= 10 ? 3000 : 0),
    );
    expect(steps.filter((step) => step !== PACKET_TICKS)).toEqual([3020 * 48]);
  });

  test('keeps a burst at the start as it is', () => {
    const { repair, steps } = repairSound(
      600,
      (packet) => packet * 960,
      (packet) => Math.max(0, packet - 100) * 20,
    );
    expect(new Set(steps)).toEqual(new Set([PACKET_TICKS]));
    expect(repair.faults).toEqual({ ...NO_FAULTS, reanchored: 1 });
  });

  test('goes by the timestamps where durations are not known, and forward in any case', () => {
    const repair = new TimestampRepair({ clockRate: 8000, kind: 'audio' });
    const out = [0, 160, 321, 321, 100].map((each, packet) => repair.next(each, packet * 20));
    expect(out).toEqual([0, 160, 321, 322, 323]);
    expect(repair.faults).toEqual({ ...NO_FAULTS, stopped: 1, backwards: 1 });
  });

  test('continues after another sender’s timestamps', () => {
    const repair = new TimestampRepair({ clockRate: 8000, kind: 'audio' });
    repair.next(100, 0, 160);
    repair.restart();
    expect(repair.next(77_777, 20, 160)).toBe(260);
    expect(repair.next(77_777 + 480, 80, 160)).toBe(260 + 480);
    repair.restart();
    expect(repair.next(5, 1080, 160)).toBe(740 + 8000);
    expect(repair.faults).toEqual(NO_FAULTS);
    expect(repair.reordered).toBe(false);
  });

  test('only ever goes forward, whatever comes', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const packet = fc.tuple(word, fc.integer({ min: 0, max: 5000 }), fc.nat({ max: 5760 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 100 }), (sent) => {
        const repair = new TimestampRepair({ clockRate: 48_000, kind: 'audio' });
        let nowMs = 0;
        const out = sent.map(([timestamp, waitMs, duration]) => {
          nowMs += waitMs;
          return repair.next(timestamp, nowMs, duration);
        });
        for (const step of stepsOf(out)) expect(step).toBeGreaterThan(0);
      }),
    );
  });
});
