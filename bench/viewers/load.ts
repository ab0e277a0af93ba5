// A process of viewers: joins as many as it is told to, reports like browsers do, tells what it got.
//
//   load.ts URL STREAM[,STREAM…] COUNT    so many viewers on each of the streams

import { MediaPeer } from '../../test/support/media-peer.ts';
import { readStamp } from './stamp.ts';

export interface LoadReport {
  readonly connected: number;
  readonly packets: number;
  readonly lost: number;
  /** Of stamped packets since the last report: how long they took, in ms. */
  readonly delaysMs: readonly number[];
}

const [url = '', streams = '', count = '0'] = process.argv.slice(2);
const REPORT_EVERY_MS = 1_000;
/** Joins under way at once; more would measure the handshakes' queue. */
const JOINING_AT_ONCE = 10;

/** What a viewer gets of the past when it joins says nothing of delay. */
const SETTLE_MS = 10_000;
/** Enough for percentiles; the rest is not kept. */
const MAX_DELAYS = 20_000;

const peers: MediaPeer[] = [];
let delaysMs: number[] = [];

function takeDelay(packet: Uint8Array): void {
  const sentMs = readStamp(packet);
  if (sentMs === undefined || delaysMs.length >= MAX_DELAYS) return;
  delaysMs.push(Number(process.hrtime.bigint()) / 1e6 - sentMs);
}

async function join(stream: string, name: string): Promise<void> {
  const peer = new MediaPeer(name);
  const joinedMs = performance.now();
  peer.onVideo = (packet) => {
    if (performance.now() - joinedMs > SETTLE_MS) takeDelay(packet);
    return false;
  };
  const response = await fetch(`${url}/whep/${stream}`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await peer.offer(),
  });
  if (response.status !== 201) throw new Error(`join refused: ${await response.text()}`);
  peer.accept(await response.text());
  peers.push(peer);
}

function tell(): void {
  for (const peer of peers) if (peer.videoOpen) peer.report();
  const report: LoadReport = {
    connected: peers.filter(({ videoOpen }) => videoOpen).length,
    packets: sum(({ video, audio }) => video.packets + audio.packets),
    lost: sum(({ video, audio }) => video.lost + audio.lost),
    delaysMs,
  };
  delaysMs = [];
  // The other side may be gone already; then so are we, in a moment.
  process.send?.(report, undefined, undefined, () => {});
}

function sum(of: (peer: MediaPeer) => number): number {
  return peers.reduce((total, peer) => total + of(peer), 0);
}

process.on('disconnect', () => process.exit(0));
setInterval(tell, REPORT_EVERY_MS);
const joins = streams
  .split(',')
  .flatMap((stream) => Array.from({ length: Number(count) }, (_, at) => ({ stream, at })));
for (let at = 0; at < joins.length; at += JOINING_AT_ONCE) {
  const group = joins.slice(at, at + JOINING_AT_ONCE);
  await Promise.all(group.map((each) => join(each.stream, `load-${each.stream}-${each.at}`)));
}
