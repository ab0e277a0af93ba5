// Levels against signals whose levels are known.

import { expect, test } from 'vitest';
import { LevelMeter } from './level-meter.ts';

const silence = new Float32Array(480);
const fullScale = new Float32Array(480).fill(-1);
const half = new Float32Array(480).fill(0.5);
const sine = Float32Array.from({ length: 480 }, (_, at) => Math.sin((2 * Math.PI * at) / 48));

const rounded = (levels: number[]) => levels.map((level) => Math.round(level * 100) / 100);

test('peak and RMS are those of the signal, for each channel', () => {
  const meter = new LevelMeter(4);
  meter.push([silence, fullScale, half, sine], 480);
  const { peakDb, rmsDb } = meter.read();
  expect(rounded(peakDb)).toEqual([-120, 0, -6.02, 0]);
  expect(rounded(rmsDb)).toEqual([-120, 0, -6.02, -3.01]);
});

test('blocks add up until they are read, and then it begins anew', () => {
  const meter = new LevelMeter(1);
  meter.push([fullScale], 240);
  meter.push([silence], 240);
  const { peakDb, rmsDb } = meter.read();
  expect([...rounded(peakDb), ...rounded(rmsDb)]).toEqual([0, -3.01]);
  expect(meter.read()).toEqual({ peakDb: [-120], rmsDb: [-120] });
});

test('only the frames of the block count, not what lies behind them in the plane', () => {
  const meter = new LevelMeter(1);
  meter.push([Float32Array.of(0.5, 0.5, 1, 1)], 2);
  expect(rounded(meter.read().peakDb)).toEqual([-6.02]);
});

test('a channel that has no plane is silent, and nothing is quieter than silence', () => {
  const meter = new LevelMeter(2);
  meter.push([new Float32Array(48).fill(1e-9)], 48);
  expect(meter.read()).toEqual({ peakDb: [-120, -120], rmsDb: [-120, -120] });
});

test('a sample that is no number does not hide its channel', () => {
  const meter = new LevelMeter(1);
  meter.push([Float32Array.of(0.5, Number.NaN)], 2);
  expect(rounded(meter.read().peakDb)).toEqual([-6.02]);
});
