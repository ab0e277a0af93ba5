// A process of viewers of healthy cameras: counts every frame, and reports like browsers do.
//
//   viewer-process.ts URL STREAM[,STREAM…] VIEWERS_EACH

import type { MediaPeer } from '../media-peer.ts';
import { joinByWhep } from '../whep-peer.ts';
import { FrameCounter, stampedPackets } from './healthy-camera.ts';

export interface ViewerCount {
  readonly connected: number;
  /** Whole frames, over all viewers. */
  readonly frames: number;
  /** Holes in the sequence numbers. */
  readonly lost: number;
  readonly faults: readonly string[];
  /** By viewer, stream after stream: the last frame that has begun to come. */
  readonly last: readonly number[];
}

const [url = '', streams = '', each = '1'] = process.argv.slice(2);
const REPORT_EVERY_MS = 500;
const MAX_FAULTS = 20;
/** Joins under way at once; more would measure the handshakes' queue. */
const JOINING_AT_ONCE = 5;

interface CountedViewer {
  readonly name: string;
  readonly peer: MediaPeer;
  readonly counter: FrameCounter;
}

const viewers: CountedViewer[] = [];
const packetsOf = await stampedPackets();

async function join(stream: string, name: string): Promise<void> {
  const counter = new FrameCounter(packetsOf);
  const onVideo = (packet: Uint8Array) => {
    counter.take(packet);
    return false;
  };
  const { media: peer } = await joinByWhep(url, name, { stream, onVideo });
  viewers.push({ name, peer, counter });
}

function tell(): void {
  for (const { peer } of viewers) peer.report();
  const count: ViewerCount = {
    connected: viewers.filter(({ peer }) => peer.videoOpen).length,
    frames: viewers.reduce((sum, { counter }) => sum + counter.frames, 0),
    lost: viewers.reduce((sum, { peer }) => sum + peer.video.lost, 0),
    faults: viewers
      .flatMap(({ name, counter }) => counter.faults.map((fault) => `${name}: ${fault}`))
      .slice(0, MAX_FAULTS),
    last: viewers.map(({ counter }) => counter.last),
  };
  // The other side may be gone already; then so are we, in a moment.
  process.send?.(count, undefined, undefined, () => {});
}

process.on('disconnect', () => process.exit(0));
setInterval(tell, REPORT_EVERY_MS);
const names = streams
  .split(',')
  .flatMap((stream) =>
    Array.from({ length: Number(each) }, (_, at) => ({ stream, name: `${stream}/${at}` })),
  );
for (let at = 0; at < names.length; at += JOINING_AT_ONCE) {
  await Promise.all(
    names.slice(at, at + JOINING_AT_ONCE).map(({ stream, name }) => join(stream, name)),
  );
}
viewers.sort(
  (a, b) =>
    names.findIndex(({ name }) => name === a.name) - names.findIndex(({ name }) => name === b.name),
);
