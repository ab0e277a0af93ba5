// A process of viewers: joins as many as it is told to, reports like browsers do, tells what it got.

import { MediaPeer } from '../../test/support/media-peer.ts';

export interface LoadReport {
  readonly connected: number;
  readonly packets: number;
  readonly lost: number;
}

const [url = '', stream = '', count = '0'] = process.argv.slice(2);
const REPORT_EVERY_MS = 1_000;
/** Joins under way at once; more would measure the handshakes' queue. */
const JOINING_AT_ONCE = 10;

const peers: MediaPeer[] = [];

async function join(name: string): Promise<void> {
  const peer = new MediaPeer(name);
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
  for (const peer of peers) if (peer.connected) peer.report();
  const report: LoadReport = {
    connected: peers.filter(({ connected }) => connected).length,
    packets: sum(({ video, audio }) => video.packets + audio.packets),
    lost: sum(({ video, audio }) => video.lost + audio.lost),
  };
  // The other side may be gone already; then so are we, in a moment.
  process.send?.(report, undefined, undefined, () => {});
}

function sum(of: (peer: MediaPeer) => number): number {
  return peers.reduce((total, peer) => total + of(peer), 0);
}

process.on('disconnect', () => process.exit(0));
setInterval(tell, REPORT_EVERY_MS);
for (let at = 0; at < Number(count); at += JOINING_AT_ONCE) {
  const group = Math.min(JOINING_AT_ONCE, Number(count) - at);
  await Promise.all(Array.from({ length: group }, (_, offset) => join(`load-${at + offset}`)));
}
