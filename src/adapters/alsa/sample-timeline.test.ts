// Dating samples by reads that come late by chance: smooth, following drift, and true after gaps.

import { expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { SampleTimeline } from './sample-timeline.ts';

const RATE = 48_000;
const PERIOD = 240;

interface Reads {
  readonly seconds: number;
  readonly ppm?: number;
  readonly seed?: number;
}

/** Reads periods, late by 0 to some ms; gives how far off each date is, in ms. */
function readSeconds(timeline: SampleTimeline, { seconds, ppm = 0, seed = 1 }: Reads): number[] {
  const random = seededRandom(seed);
  const periodMs = (PERIOD / RATE) * 1_000 * (1 + ppm / 1e6);
  const off: number[] = [];
  let nowMs = 0;
  for (let read = 1; read <= seconds * 200; read++) {
    // Mostly some tenths, sometimes many ms: the scheduler's.
    const lateMs = -Math.log(1 - random()) * (random() < 0.05 ? 4 : 0.3);
    nowMs = Math.max(nowMs, 1_000 + read * periodMs + lateMs);
    expect(timeline.read(PERIOD, nowMs)).toBe(0);
    const firstFrame = timeline.nextFrame - PERIOD;
    off.push(timeline.captureMs(firstFrame) - (1_000 + (read - 1) * periodMs));
  }
  return off;
}

test('Dates stay within 0.1 ms of the truth though reads are late by many ms', () => {
  const off = readSeconds(new SampleTimeline(RATE), { seconds: 60 }).slice(400);
  expect(Math.max(...off)).toBeLessThan(0.1);
  expect(Math.min(...off)).toBeGreaterThan(-0.1);
});

test('Successive blocks are 5 ms apart: the jitter of reads does not show', () => {
  const off = readSeconds(new SampleTimeline(RATE), { seconds: 60 }).slice(400);
  const steps = off.slice(1).map((each, at) => Math.abs(each - (off[at] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.002);
});

test.each([-200, -100, 100, 200])(
  'A card that is off by %i ppm is followed for 10 minutes',
  (ppm) => {
    const off = readSeconds(new SampleTimeline(RATE), { seconds: 600, ppm, seed: 7 }).slice(1_000);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(0.5);
  },
);

test('A first read that came late is made good within the first second', () => {
  const timeline = new SampleTimeline(RATE);
  timeline.read(PERIOD, 30);
  expect(timeline.captureMs(0)).toBe(25);
  for (let read = 2; read <= 100; read++) timeline.read(PERIOD, read * 5);
  expect(timeline.captureMs(0)).toBeCloseTo(0);
});

test('What was lost is told by the clock, and the dates after it are true', () => {
  const timeline = new SampleTimeline(RATE);
  for (let read = 1; read <= 400; read++) timeline.read(PERIOD, read * 5);
  timeline.break(960);
  expect(timeline.read(PERIOD, 2_000 + 45)).toBe(40 * 48);
  expect(timeline.nextFrame).toBe(401 * PERIOD + 40 * 48);
  expect(timeline.captureMs(timeline.nextFrame)).toBeCloseTo(2_045);
  expect(timeline.read(PERIOD, 2_050)).toBe(0);
});

test('As much as arecord says is lost at the least, of several overruns together', () => {
  const timeline = new SampleTimeline(RATE);
  timeline.read(PERIOD, 5);
  timeline.break(500);
  timeline.break(700);
  expect(timeline.read(PERIOD, 10)).toBe(1_200);
  expect(timeline.read(PERIOD, 15)).toBe(0);
});

test('A step of the reads beyond any drift is taken at once', () => {
  const timeline = new SampleTimeline(RATE);
  for (let read = 1; read <= 400; read++) timeline.read(PERIOD, read * 5);
  for (let read = 401; read <= 1_000; read++) timeline.read(PERIOD, read * 5 + 300);
  expect(timeline.captureMs(0)).toBeCloseTo(300);
});

test('At another rate the frames are counted on from the same origin', () => {
  const first = new SampleTimeline(RATE);
  for (let read = 1; read <= 400; read++) first.read(PERIOD, 100 + read * 5);
  const second = new SampleTimeline(44_100, first.originMs);
  second.read(441, 100 + 10_000);
  expect(second.nextFrame).toBe(441_000);
  expect(second.captureMs(441_000)).toBeCloseTo(10_100);
});
