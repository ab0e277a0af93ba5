// One packet's way through the rules, without engine and sockets: nanoseconds a delivered packet.

import type { Peer, PeerTransport, SendBatch } from '#core/ports/peer-transport.ts';
import { Outbox } from '#core/streams/outbox.ts';
import { Pacer } from '#core/streams/pacer.ts';
import { Subscriber } from '#core/streams/subscriber.ts';
import { Track } from '#core/streams/track.ts';
import { loadClip } from '../../src/adapters/test-source/load-clip.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { spreadOf } from '../spread.ts';
import { formatTable } from '../table.ts';

const SUBSCRIBERS = [1, 10, 100, 1000];
const ROUNDS = 5;
/** Delivered packets a round: enough for the compiler to settle and the clock to be exact. */
const PACKETS_PER_ROUND = 2_000_000;

/** Takes the batch as the engine does and does nothing with it. */
class NullTransport implements PeerTransport {
  rows = 0;

  open(): Promise<Peer> {
    return Promise.reject(new Error('nobody joins here'));
  }

  send(batch: SendBatch): void {
    this.rows += batch.length;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const peer: Peer = {
  id: 'peer',
  local: { ufrag: '', pwd: '', fingerprint: '', setup: 'active', candidates: [] },
  sendFailures: 0,
  addCandidate: () => {},
  sendRtcp: () => {},
  path: () => undefined,
  close: () => {},
};

export async function run(): Promise<boolean> {
  const { video } = await loadClip();
  const rows = SUBSCRIBERS.map((count) => {
    const { median, min, max } = spreadOf(
      Array.from({ length: ROUNDS }, () => measure(video, count)),
    );
    return [String(count), median.toFixed(0), `${min.toFixed(0)}–${max.toFixed(0)}`];
  });
  process.stdout.write(`${formatTable(['subscribers', 'ns/packet', '(min–max)'], rows)}\n`);
  return true;
}

type ClipVideo = Awaited<ReturnType<typeof loadClip>>['video'];

function measure(video: ClipVideo, count: number): number {
  const transport = new NullTransport();
  const outbox = new Outbox(transport);
  const track = new Track(video.format);
  const lane = { ssrc: 1, payloadType: 96, rtx: undefined };
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, () => outbox.flush());
  const outlet = outbox.outletTo(peer);
  for (let at = 0; at < count; at++) {
    new Subscriber(track, { outlet, pacer, lane, randomWord: () => 7 }).start();
  }
  let sequence = 0;
  let timestamp = 0;
  const startMs = performance.now();
  for (let frame = 0; transport.rows < PACKETS_PER_ROUND; frame++) {
    timestamp = (timestamp + 3000) >>> 0;
    for (const packet of video.frames[frame % video.frames.length]?.packets ?? []) {
      packet[2] = sequence >>> 8;
      packet[3] = sequence;
      new DataView(packet.buffer, packet.byteOffset).setUint32(4, timestamp);
      sequence = (sequence + 1) & 0xffff;
      track.write(packet, frame * 33);
    }
    track.flush();
    outbox.flush();
    // What is behind after a large key frame is caught up before the next frame.
    clock.advance(33);
  }
  return ((performance.now() - startMs) * 1e6) / transport.rows;
}
