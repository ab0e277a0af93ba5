// Which profile suits a viewer, by size and by loss.

import { expect, test } from 'vitest';
import { Quality } from './quality.ts';

/** Reports once a second. */
function report(quality: Quality, ratio: number, seconds: { from: number; to: number }): void {
  for (let at = seconds.from; at <= seconds.to; at++) quality.takeLoss(ratio, at * 1000);
}

test('without a wish and without loss a viewer gets main', () => {
  expect(new Quality().decide(360, 0)).toBe('main');
});

test('a picture shown as small as the sub profile gets sub, a larger one main', () => {
  const quality = new Quality();
  quality.wish = { mode: 'auto', heightPixels: 400 };
  expect(quality.decide(360, 0)).toBe('sub');
  expect(quality.decide(240, 0)).toBe('main');
  quality.wish = { mode: 'auto', heightPixels: 1080 };
  expect(quality.decide(360, 0)).toBe('main');
});

test('what was asked for by name is given, whatever the size and the loss', () => {
  const quality = new Quality();
  quality.wish = { mode: 'main', heightPixels: 100 };
  report(quality, 0.3, { from: 0, to: 10 });
  expect(quality.decide(360, 10_000)).toBe('main');
  quality.wish = { mode: 'sub' };
  expect(quality.decide(360, 10_000)).toBe('sub');
});

test('three seconds of loss bring sub for thirty seconds; a short burst does not', () => {
  const quality = new Quality();
  report(quality, 0.2, { from: 0, to: 2 });
  report(quality, 0, { from: 3, to: 4 });
  expect(quality.decide(360, 4000)).toBe('main');
  report(quality, 0.2, { from: 5, to: 8 });
  expect(quality.decide(360, 8000)).toBe('sub');
  expect(quality.explain(360)).toContain('link');
  expect(quality.decide(360, 37_999)).toBe('sub');
  expect(quality.decide(360, 38_000)).toBe('main');
});

test('who relapses right after going up is held twice as long', () => {
  const quality = new Quality();
  report(quality, 0.2, { from: 0, to: 3 });
  expect(quality.decide(360, 33_000)).toBe('main');
  report(quality, 0.2, { from: 34, to: 37 });
  expect(quality.decide(360, 37_000 + 59_999)).toBe('sub');
  expect(quality.decide(360, 37_000 + 60_000)).toBe('main');
});

test('a link that carries less than is sent for eight seconds brings sub, before anything is lost', () => {
  const quality = new Quality();
  for (let at = 0; at < 8; at++) quality.takeEstimate(0.5, at * 1000);
  expect(quality.decide(360, 7000)).toBe('main');
  quality.takeEstimate(0.5, 8000);
  expect(quality.decide(360, 8000)).toBe('sub');
});

test('an estimate that is low at the start only, or of nothing sent, changes nothing', () => {
  const quality = new Quality();
  for (let at = 0; at < 7; at++) quality.takeEstimate(0.3, at * 1000);
  quality.takeEstimate(1.2, 7000);
  for (let at = 8; at < 15; at++) quality.takeEstimate(0.3, at * 1000);
  for (let at = 15; at < 40; at++) quality.takeEstimate(Number.POSITIVE_INFINITY, at * 1000);
  quality.takeEstimate(Number.NaN, 41_000);
  expect(quality.decide(360, 41_000)).toBe('main');
});
