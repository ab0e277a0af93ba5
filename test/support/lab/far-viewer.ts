// A process with one viewer at the far end of a link: says each second what it got.
//
//   far-viewer.ts URL STREAM OWN_ADDRESS [repairs]

import { FrameCounter, stampedPackets } from '../chaos/healthy-camera.ts';
import { RepairingReceiver } from '../repairing-receiver.ts';
import { joinByWhep } from '../whep-peer.ts';

export interface FarCount {
  readonly bytes: number;
  readonly packets: number;
  /** Only where it repairs: whole frames, and what was wrong with them. */
  readonly frames: number;
  readonly faults: readonly string[];
  readonly last: number;
  readonly missed: number;
  readonly recovered: number;
}

const [url = '', stream = '', bindAddress = '', repairs] = process.argv.slice(2);
const REPORT_EVERY_MS = 1_000;
const POLL_EVERY_MS = 10;

const counter = new FrameCounter(await stampedPackets());
let packets = 0;
let bytes = 0;
const receiver = new RepairingReceiver({
  take: (packet) => counter.take(packet),
  send: (packet) => viewer.media.send(packet),
  nowMs: () => performance.now(),
});
const onVideo = (packet: Uint8Array) => {
  packets++;
  bytes += packet.length;
  if (repairs) receiver.take(packet);
  return false;
};
const options = { stream, bindAddress, rtx: repairs !== undefined, onVideo };
const viewer = await joinByWhep(url, 'far', options);
const { ssrc } = viewer;
if (repairs) {
  if (ssrc === undefined) throw new Error('the answer takes no retransmission');
  setInterval(() => receiver.poll(ssrc), POLL_EVERY_MS);
}
setInterval(() => {
  viewer.media.report();
  const { frames, faults, last } = counter;
  const { missed, recovered } = receiver;
  const count: FarCount = { bytes, packets, frames, faults, last, missed, recovered };
  process.send?.(count, undefined, undefined, () => {});
}, REPORT_EVERY_MS);
process.on('disconnect', () => process.exit(0));
