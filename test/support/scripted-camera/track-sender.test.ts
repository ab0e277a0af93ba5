// What scripted cameras send: numbers, markers, timestamps, parameter sets, right and wrong.

import { expect, test } from 'vitest';
import { parseSps } from '#media/h264/sps.ts';
import { payloadStart, readMarker, readSsrc, readTimestamp } from '#media/rtp/header.ts';
import { makeClip } from './make-clip.ts';
import { frameSteps, nalTypes, play, receive, setStage, steps } from './stage.ts';

test('the camera with B-frames sends timestamps that are not in their order', async () => {
  const stage = await setStage({}, { bFrames: 2 });
  await play(stage);
  expect(frameSteps(await receive(stage, 1_000)).some((ticks) => ticks < 0)).toBe(true);
});

test.each([
  ['never', false],
  ['always', true],
] as const)('the camera sets markers %s', async (markers, expected) => {
  const stage = await setStage({ markers });
  await play(stage);
  const found = (await receive(stage, 1_000)).map(readMarker);
  expect(new Set(found)).toEqual(new Set([expected]));
});

test('the camera sets markers on parameter sets', async () => {
  const stage = await setStage({ markers: 'parameter-sets' });
  await play(stage);
  const sets = (await receive(stage, 1_000)).filter((packet) =>
    [7, 8].includes(nalTypes([packet])[0]!),
  );
  expect(sets.length).toBeGreaterThan(0);
  expect(sets.every(readMarker)).toBe(true);
});

test('the camera keeps parameter sets out of the stream, or out of the description', async () => {
  const described = await setStage({ parameterSets: 'described' });
  await play(described);
  const types = nalTypes(await receive(described, 1_000));
  expect(types.filter((type) => type === 7 || type === 8)).toEqual([]);
  const inBand = await setStage({ parameterSets: 'in-band' });
  expect((await inBand.client.ask('DESCRIBE')).body).not.toContain('sprop');
});

test('the camera joins a whole frame in one packet, or a whole unit however big', async () => {
  for (const packing of ['annex-b', 'whole-units'] as const) {
    const stage = await setStage({ packing });
    await play(stage);
    const packets = await receive(stage, 0);
    const longest = Math.max(...packets.map((packet) => packet.length));
    expect(longest).toBeGreaterThan(1500);
    const joined = packets.some((packet) =>
      Buffer.from(packet).includes(Buffer.of(0, 0, 0, 1, 0x68)),
    );
    expect(joined).toBe(packing === 'annex-b');
  }
});

test('the camera changes its SSRC, its time and its picture in mid-stream', async () => {
  const stage = await setStage();
  await play(stage);
  const before = (await receive(stage, 400)).at(-1)!;
  stage.camera.renewSsrcs();
  const renewed = (await receive(stage, 40)).at(-1)!;
  expect(readSsrc(renewed)).not.toBe(readSsrc(before));
  stage.camera.jump(-10);
  const jumped = (await receive(stage, 40)).at(-1)!;
  expect((readTimestamp(jumped) - readTimestamp(renewed)) | 0).toBe(3600 - 900_000);
  stage.camera.switchTo(await makeClip({ width: 640, height: 360 }));
  const packets = await receive(stage, 40);
  const sps = packets.find((packet) => nalTypes([packet])[0] === 7)!;
  expect(parseSps(sps.subarray(payloadStart(sps))).width).toBe(640);
  expect((readTimestamp(sps) - readTimestamp(jumped)) | 0).toBe(3600);
  expect(new Set(steps([jumped, ...packets]))).toEqual(new Set([1]));
});

test('the camera loses, swaps and repeats packets', async () => {
  const stage = await setStage({ loseEvery: 5 });
  await play(stage);
  expect(steps(await receive(stage, 1_000)).slice(0, 5)).toEqual([1, 1, 1, 2, 1]);
  stage.camera.behave({ loseEvery: undefined });
  await receive(stage, 40);
  stage.camera.lose(3);
  const last = stage.client.framesOf(0).at(-1)!;
  const [first] = await receive(stage, 200);
  expect(steps([last, first!])).toEqual([4]);
  stage.camera.behave({ repeatEvery: 2 });
  expect(steps(await receive(stage, 400))).toContain(0);
  stage.camera.behave({ repeatEvery: undefined, swapEvery: 4 });
  expect(steps(await receive(stage, 400))).toEqual(expect.arrayContaining([2, 0xffff]));
});

test('the timestamps of the camera stop or jitter, and those of its sound are inexact', async () => {
  const stage = await setStage({ timestamps: 'stopped' });
  await play(stage);
  expect(new Set(frameSteps(await receive(stage, 1_000)))).toEqual(new Set([0]));
  stage.camera.behave({ timestamps: 'jittering' });
  expect(new Set(frameSteps(await receive(stage, 1_000))).size).toBeGreaterThan(2);
  const sound = await setStage({ inexactSound: true }, { video: 'none', audio: 'opus' });
  await play(sound);
  const times = (await receive(sound, 400)).map(readTimestamp);
  expect(times.slice(1, 5).map((time, at) => time - times[at]!)).toEqual([953, 964, 967, 956]);
});
