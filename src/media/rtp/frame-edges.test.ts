// Frames found under every habit of marking that cameras have.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDS_FRAME, FrameEdges, HOLD, STARTS_FRAME } from './frame-edges.ts';

interface Unit {
  readonly timestamp: number;
  readonly marker: boolean;
  readonly isSlice: boolean;
  readonly startsPicture?: boolean;
}

/** How a camera marks the packets of a frame, of which there are `count`. */
type Marking = (at: number, count: number) => boolean;
const LAST: Marking = (at, count) => at === count - 1;

/** SPS, PPS and some slices, all of one timestamp. */
function frameOf(frame: number, marking: Marking, slices = 3): Unit[] {
  const count = slices + 2;
  return Array.from({ length: count }, (_, at) => ({
    timestamp: (0xffff_f000 + frame * 3000) >>> 0,
    marker: marking(at, count),
    isSlice: at >= 2,
    startsPicture: at === 2,
  }));
}

/** Does what a caller does: gives out the frames, holding one packet back where it is told to. */
function read(edges: FrameEdges, units: readonly Unit[]): Unit[][] {
  const frames: Unit[][] = [];
  let held: Unit | undefined;
  let frame: Unit[] = [];
  const finish = () => {
    if (frame.length > 0) frames.push(frame);
    frame = [];
  };
  for (const unit of units) {
    const place = edges.place(unit.timestamp, unit.marker, unit.isSlice, unit.startsPicture);
    if (held) frame.push(held);
    if (place & STARTS_FRAME) finish();
    held = place & HOLD ? unit : undefined;
    if (!held) frame.push(unit);
    if (place & ENDS_FRAME) finish();
  }
  if (held) frame.push(held);
  finish();
  return frames;
}

const framesOf = (count: number, marking: Marking, from = 0) =>
  Array.from({ length: count }, (_, at) => frameOf(from + at, marking));

describe('FrameEdges', () => {
  test('trusts markers that are right, and holds nothing back', () => {
    const edges = new FrameEdges();
    const frames = framesOf(100, LAST);
    expect(read(edges, frames.flat())).toEqual(frames);
    expect(edges.mode).toBe('marker');
    expect(edges.faults).toEqual({ early: 0, missing: 0 });
  });

  test('does not end a frame at a marked SPS or PPS', () => {
    const edges = new FrameEdges();
    const frames = framesOf(100, (at, count) => at < 2 || LAST(at, count));
    expect(read(edges, frames.flat())).toEqual(frames);
    expect(edges.mode).toBe('marker');
  });

  test('learns nothing from parameter sets with a timestamp of their own', () => {
    const edges = new FrameEdges();
    for (let frame = 0; frame < 10; frame++) {
      expect(edges.place(frame * 10, false, false)).toBe(STARTS_FRAME);
      expect(edges.place(frame * 10 + 1, true, true)).toBe(STARTS_FRAME | ENDS_FRAME);
    }
    expect(edges.faults).toEqual({ early: 0, missing: 0 });
  });

  test.each<[string, Marking, object]>([
    ['never', () => false, { early: 0, missing: 100 }],
    ['on every packet', () => true, { early: 100, missing: 0 }],
    ['on parameter sets only', (at) => at < 2, { early: 0, missing: 100 }],
    ['on the first slice only', (at) => at === 2, { early: 100, missing: 100 }],
  ])('finds frames whose marker is set %s after two of them', (_, marking, faults) => {
    const edges = new FrameEdges();
    const frames = framesOf(101, marking);
    const found = read(edges, frames.flat());
    expect(found.flat()).toEqual(frames.flat());
    expect(found.slice(-99)).toEqual(frames.slice(2));
    expect(edges.mode).toBe('timestamp');
    expect(edges.faults).toEqual(faults);
  });

  test('forgives a single wrong frame', () => {
    const edges = new FrameEdges();
    const never = () => false;
    read(
      edges,
      [...framesOf(1, never), ...framesOf(300, LAST, 1), ...framesOf(1, never, 301)].flat(),
    );
    read(edges, framesOf(10, LAST, 302).flat());
    expect(edges.mode).toBe('marker');
    expect(edges.faults.missing).toBe(2);
  });

  test('trusts markers again after 250 right frames, and loses no packet over it', () => {
    const edges = new FrameEdges();
    const wrong = framesOf(3, () => true);
    const right = framesOf(252, LAST, 3);
    const found = read(edges, [...wrong, ...right].flat());
    expect(edges.mode).toBe('marker');
    expect(found.flat()).toEqual([...wrong, ...right].flat());
    expect(found.slice(-252)).toEqual(right);
    expect(edges.place(1, false, true)).toBe(STARTS_FRAME);
  });

  test('learns nothing where packets are missing', () => {
    const edges = new FrameEdges();
    for (let frame = 0; frame < 100; frame++) {
      edges.place(frame, false, true);
      edges.skip();
    }
    expect(edges.mode).toBe('marker');
    expect(edges.faults.missing).toBe(0);
  });

  test('tells pictures apart by their markers when the timestamps stand still', () => {
    const edges = new FrameEdges();
    const still = framesOf(50, LAST).map((units) =>
      units.map((unit) => ({ ...unit, timestamp: 7 })),
    );
    const slices = still.map((units) => units.filter((unit) => unit.isSlice));
    expect(read(edges, slices.flat())).toEqual(slices);
    expect(edges.faults).toEqual({ early: 0, missing: 0 });
    expect(edges.place(7, true, true, true)).toBe(STARTS_FRAME | ENDS_FRAME);
    expect(edges.place(7, true, true, false)).toBe(ENDS_FRAME);
  });

  test('so they are with parameter sets between them', () => {
    const edges = new FrameEdges();
    const still = framesOf(50, LAST).flatMap((units) =>
      units.map((unit) => ({ ...unit, timestamp: 7 })),
    );
    const begun = still.filter(({ timestamp, marker, isSlice, startsPicture }) => {
      const place = edges.place(timestamp, marker, isSlice, startsPicture);
      return (place & STARTS_FRAME) !== 0;
    });
    expect(begun.slice(1)).toEqual(still.filter((unit) => unit.startsPicture).slice(1));
    expect(edges.faults).toEqual({ early: 0, missing: 0 });
  });

  test('whatever comes, every packet goes out once and in order, and different timestamps apart', () => {
    const unit = fc.record({
      timestamp: fc.integer({ min: 0, max: 5 }),
      marker: fc.boolean(),
      isSlice: fc.boolean(),
      startsPicture: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300 }), (units) => {
        const found = read(new FrameEdges(), units);
        expect(found.flat()).toEqual(units);
        for (const frame of found) {
          expect(new Set(frame.map((each) => each.timestamp)).size).toBe(1);
        }
      }),
    );
  });
});
