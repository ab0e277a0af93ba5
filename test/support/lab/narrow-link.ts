// In a lab: a viewer behind a link that carries half of what the camera's main profile needs, and later
// all of it.

import { makeClip } from '../scripted-camera/make-clip.ts';
import { openScriptedCamera } from '../scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../server-process.ts';
import { until } from '../until.ts';
import { listViewers } from '../viewer-count.ts';
import type { FarCount } from './far-viewer.ts';
import { FAR, NEAR, openFarEnd, openLoopback } from './network.ts';

export interface NarrowReport {
  /** One after the other: the profile and why. */
  readonly choices: readonly string[];
  /** Of the sub profile, as it arrives, in its last seconds. */
  readonly subKbps: number;
  readonly subLossRatio: number;
  readonly downAfterMs: number;
  readonly upAfterMs: number;
}

const MAIN = { bitrateKbps: 2_000, width: 1280, height: 720 };
const SUB = { bitrateKbps: 300, framesPerSecond: 15, gopFrames: 15 };
const RATE = '1mbit';
const DOWN_WITHIN_MS = 30_000;
/** It holds the sub profile for 30 s. */
const UP_WITHIN_MS = 50_000;
const MEASURED_MS = 5_000;
const FAR_VIEWER = new URL('./far-viewer.ts', import.meta.url).pathname;

openLoopback();
const far = await openFarEnd();
const camera = await openScriptedCamera({ clip: await makeClip(MAIN), sub: await makeClip(SUB) });
const yaml = `streams:\n  gate: { source: "${camera.address}", sub: "${camera.subAddress}" }\n`;
const server = await ServerProcess.start({ host: NEAR, logLevel: 'warn', yaml });
const viewer = far.fork(FAR_VIEWER, [server.url, 'gate', FAR]);
let count: FarCount | undefined;
viewer.on('message', (message: FarCount) => {
  count = message;
});
const choices: string[] = [];

async function profileIs(name: string): Promise<boolean> {
  const [view] = await listViewers(server.url, 'gate');
  const choice = `${view?.profile}: ${view?.choice}`;
  if (view && choices.at(-1) !== choice) choices.push(choice);
  return view?.profile === name;
}

async function awaitProfile(name: string, withinMs: number): Promise<number> {
  const startMs = performance.now();
  await until(() => profileIs(name), { what: `${name}; there was ${choices}`, withinMs });
  return performance.now() - startMs;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

await until(() => (count?.packets ?? 0) > 100, { what: 'a picture at the far end' });
await profileIs('main');
far.limitRate(RATE);
const downAfterMs = await awaitProfile('sub', DOWN_WITHIN_MS);
// What was on its way at the change may still be lost.
await pause(MEASURED_MS);
const before = count!.bytes;
await pause(MEASURED_MS);
const subKbps = ((count!.bytes - before) * 8) / MEASURED_MS;
const [view] = await listViewers(server.url, 'gate');
const subLossRatio = view!.tracks[0]!.lossRatio;
far.limitRate(undefined);
const upAfterMs = await awaitProfile('main', UP_WITHIN_MS);
const report: NarrowReport = { choices, subKbps, subLossRatio, downAfterMs, upAfterMs };
viewer.disconnect();
far.close();
await camera.close();
await server.dispose();
process.send?.(report, undefined, undefined, () => process.exit(0));
