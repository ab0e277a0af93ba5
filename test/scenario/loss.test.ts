// A viewer that loses packets asks for them and gets them, over the real engine.

import { afterEach, expect, test } from 'vitest';
import { formatNack } from '#media/rtcp/feedback.ts';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { readPayloadType, readSequence } from '#media/rtp/header.ts';
import { MediaPeer, OWN_SSRC, RTX_PAYLOAD_TYPE } from '../support/media-peer.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers } from '../support/viewer-count.ts';

const LOSS = 0.05;
const PACKETS = 1_000;

let server: ServerProcess;
let peer: MediaPeer;

afterEach(async () => {
  peer.close();
  await server.dispose();
});

/** Loses packets as told, asks for what is missing, takes what comes again. */
class LossyReceiver {
  readonly #random = seededRandom(20_260_101);
  readonly #missing = new Set<number>();
  #highest: number | undefined;
  arrived = 0;
  lost = 0;
  recovered = 0;

  get missing(): number {
    return this.#missing.size;
  }

  take(packet: Uint8Array): void {
    if (readPayloadType(packet) === RTX_PAYLOAD_TYPE) this.#recover(packet);
    else if (this.#random() < LOSS) this.lost++;
    else this.#arrive(readSequence(packet));
  }

  #recover(packet: Uint8Array): void {
    // RFC 4588 §4: the original sequence number stands before the payload.
    if (this.#missing.delete((packet[12]! << 8) | packet[13]!)) this.recovered++;
  }

  #arrive(sequence: number): void {
    this.arrived++;
    const first = this.#highest === undefined ? sequence : (this.#highest + 1) & 0xffff;
    const gap: number[] = [];
    for (let at = first; sequenceDistance(at, sequence) > 0; at = (at + 1) & 0xffff) gap.push(at);
    for (const at of gap) this.#missing.add(at);
    this.#highest = sequence;
    if (gap.length > 0) peer.send(formatNack(OWN_SSRC, mediaSsrc(), gap));
  }
}

/** Of the media, not of its retransmissions: from the answer. */
let mediaSsrc: () => number;

test('every packet that a viewer with 5 % loss asks for comes again, in packets of its own kind', async () => {
  server = await ServerProcess.start({ logLevel: 'error' });
  peer = new MediaPeer('lossy', { rtx: true });
  const receiver = new LossyReceiver();
  peer.onVideo = (packet) => {
    receiver.take(packet);
    return true;
  };
  const headers = { 'content-type': 'application/sdp' };
  const body = await peer.offer();
  const response = await fetch(`${server.url}/whep/test`, { method: 'POST', headers, body });
  const answer = await response.text();
  const [, ssrc] = /^a=ssrc-group:FID (\d+) \d+/m.exec(answer) ?? [];
  mediaSsrc = () => Number(ssrc);
  peer.accept(answer);
  await until(() => receiver.arrived >= PACKETS, { what: `${PACKETS} packets`, withinMs: 20_000 });
  await until(() => receiver.missing === 0, { what: 'all that was missing' });
  expect(receiver.lost).toBeGreaterThan(PACKETS * LOSS * 0.5);
  expect(receiver.recovered).toBeGreaterThan(PACKETS * LOSS * 0.5);
  const [viewer] = await listViewers(server.url);
  expect(viewer!.tracks[0]).toMatchObject({ unanswered: 0 });
  expect(viewer!.tracks[0]!.retransmitted).toBeGreaterThanOrEqual(receiver.recovered);
});
