// A real publisher over the engine: every packet arrives as it was sent, also where some are lost.

import { afterEach, expect, test } from 'vitest';
import { PublishPoint } from '#core/streams/publish-point.ts';
import { Publishers } from '#core/streams/publishers.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { readSequence } from '#media/rtp/header.ts';
import { rtpPacket, VideoSender } from '../../../test/support/rtp-packets.ts';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { PUBLISHED_AUDIO, PUBLISHED_VIDEO, WhipPeer } from '../../../test/support/whip-peer.ts';
import { newId, randomWord } from '../../app/random.ts';
import { systemClock } from '../../app/system-clock.ts';
import { openWebrtcTransport } from './webrtc-transport.ts';

const PACKETS = 1_000;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function publish(peer: WhipPeer) {
  closers.push(() => peer.close());
  const log = new SilentLog();
  const config = { host: '127.0.0.1', port: 0, tcp: false, hosts: [], iceServers: [] };
  const transport = await openWebrtcTransport({ config, clock: systemClock, log });
  closers.push(() => transport.close());
  const point = new PublishPoint({ streamId: 'gate', wake: () => {} });
  const received: Uint8Array[][] = [];
  const failures: string[] = [];
  let formats: readonly TrackFormat[] | undefined;
  point.createSource().start({
    ready: (offer) => {
      formats = offer.formats;
      return offer.formats.map((_, track) => {
        received[track] = [];
        return { write: (packet) => received[track]?.push(packet.slice()) };
      });
    },
    flush: () => {},
    failed: ({ reason }) => failures.push(reason),
  });
  const rules = { clock: systemClock, transport, log, newId, randomWord };
  const publishers = new Publishers({ ...rules, pointOf: () => point });
  closers.push(() => publishers.close());
  const { answer } = await publishers.publish({ streamId: 'gate', offer: await peer.offer() });
  peer.accept(answer);
  await until(() => peer.connected && formats !== undefined, { what: 'the publisher' });
  return { received, failures, formats };
}

test('picture and sound arrive as they were sent', async () => {
  const peer = new WhipPeer('publisher');
  const { received, failures, formats } = await publish(peer);
  expect(formats?.map(({ codec }) => codec)).toEqual(['H264', 'opus']);
  const camera = new VideoSender(PUBLISHED_VIDEO);
  const sent = [...camera.keyFrame(3), ...camera.deltaFrame(2)];
  peer.sendVideo(sent);
  const sound = rtpPacket(Uint8Array.of(0xfc, 1, 2), {
    ...PUBLISHED_AUDIO,
    sequence: 9,
    timestamp: 960,
  });
  sound[1] = PUBLISHED_AUDIO.payloadType;
  peer.sendAudio(sound);
  await until(() => received[0]?.length === sent.length && received[1]?.length === 1, {
    what: 'every packet',
  });
  expect(received[0]?.map((packet) => [...packet])).toEqual(sent.map((packet) => [...packet]));
  expect(received[1]?.map((packet) => [...packet])).toEqual([[...sound]]);
  await until(() => peer.rtcp.some(({ type }) => type === 'remb'), { what: 'the estimate' });
  expect(failures).toEqual([]);
});

test('5 % loss on the way in is repaired: nothing is missing and all is in order', async () => {
  const peer = new WhipPeer('lossy', { loss: 0.05, random: seededRandom(20_260_101) });
  const { received } = await publish(peer);
  const camera = new VideoSender(PUBLISHED_VIDEO);
  const arrived = () => received[0]?.length ?? 0;
  let sent = 0;
  // A camera sends its next frame when most of this one has arrived; a lost end shows by what follows.
  while (sent < PACKETS) {
    const frame = sent === 0 ? camera.keyFrame(8) : camera.deltaFrame(10);
    peer.sendVideo(frame);
    sent += frame.length;
    await until(() => arrived() > sent - 30, { what: `packet ${sent}` });
  }
  expect(peer.lost).toBeGreaterThan(PACKETS * 0.03);
  peer.sendVideo(camera.deltaFrame(10));
  await until(() => arrived() >= PACKETS, { what: 'what was missing' });
  const numbers = received[0]!.map(readSequence);
  const inOrder = numbers.map((_, at) => (numbers[0]! + at) & 0xffff);
  expect(numbers).toEqual(inOrder);
  expect(peer.rtcp.some(({ type }) => type === 'pli')).toBe(false);
});
