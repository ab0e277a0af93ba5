// In a lab: a viewer behind a link that loses 3 %, which repairs what it gets.

import { openHealthyCamera } from '../chaos/healthy-camera.ts';
import { ServerProcess } from '../server-process.ts';
import { until } from '../until.ts';
import type { FarCount } from './far-viewer.ts';
import { FAR, NEAR, openFarEnd, openLoopback } from './network.ts';

export interface LossyReport extends FarCount {
  /** What the link really lost. */
  readonly lost: number;
  /** What the camera had sent when it was asked last. */
  readonly sent: number;
}

const LOSS_PERCENT = 3;
/** Some 600 packets, of which 18 are lost: that it is none of them is too rare to be seen. */
const MIN_FRAMES = 250;
const FAR_VIEWER = new URL('./far-viewer.ts', import.meta.url).pathname;

openLoopback();
const far = await openFarEnd();
const camera = await openHealthyCamera();
const yaml = `streams:\n  gate: { source: "${camera.address}" }\n`;
const server = await ServerProcess.start({ host: NEAR, logLevel: 'warn', yaml });
far.lose(LOSS_PERCENT, server.mediaPort);
const viewer = far.fork(FAR_VIEWER, [server.url, 'gate', FAR, 'repairs']);
let count: FarCount | undefined;
viewer.on('message', (message: FarCount) => {
  count = message;
});
await until(() => (count?.frames ?? 0) >= MIN_FRAMES, {
  what: `${MIN_FRAMES} frames at the far end`,
  withinMs: 40_000,
});
// All that was on its way then is there one report later, or never comes.
const sent = camera.frames;
await until(() => (count?.last ?? 0) >= sent, { what: 'the newest frame', withinMs: 5_000 });
const report: LossyReport = { ...count!, lost: far.lost, sent };
viewer.disconnect();
far.close();
await server.dispose();
process.send?.(report, undefined, undefined, () => process.exit(0));
