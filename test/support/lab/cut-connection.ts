// In a lab: a camera's connection is cut from outside, while a viewer counts frames.

import { FrameCounter, openHealthyCamera, stampedPackets } from '../chaos/healthy-camera.ts';
import { ServerProcess } from '../server-process.ts';
import { until } from '../until.ts';
import { joinByWhep } from '../whep-peer.ts';
import { cutConnectionsTo, openLoopback } from './network.ts';

export interface CutReport {
  /** From the cut to the next frame at the viewer. */
  readonly darkMs: number;
  readonly connections: number;
  readonly goodbyes: number;
  readonly log: string;
}

const WITHIN_MS = 15_000;

openLoopback();
const camera = await openHealthyCamera();
const yaml = `streams:\n  gate: { source: "${camera.address}" }\n`;
const server = await ServerProcess.start({ yaml });
const counter = new FrameCounter(await stampedPackets());
const onVideo = (packet: Uint8Array) => {
  counter.take(packet);
  return false;
};
const viewer = await joinByWhep(server.url, 'viewer', { stream: 'gate', onVideo });
await until(() => counter.frames > 30, { what: 'frames' });
cutConnectionsTo(Number(new URL(camera.address).port));
const cutAtMs = performance.now();
await until(() => camera.connectionsEver === 2, { what: 'a new connection', withinMs: WITHIN_MS });
const { last } = counter;
await until(() => counter.last > last, { what: 'the picture again', withinMs: WITHIN_MS });
const report: CutReport = {
  darkMs: performance.now() - cutAtMs,
  connections: camera.connectionsEver,
  goodbyes: viewer.media.video.rtcp.filter(({ type }) => type === 'bye').length,
  log: server.output,
};
await server.dispose();
process.send?.(report, undefined, undefined, () => process.exit(0));
