// What a listener's packets hold together: gaps, samples at their places, frames of Opus in order.

import type { StreamConfig } from '#contract/listening.ts';
import type { HeardPacket } from './sound-listener.ts';
import { readEntries, readIntegers } from './sound-packets.ts';

type Streams = StreamConfig['streams'];

/** Of which a later one came, by SSRC. Packets that come again or out of order count too. */
export function missingPackets(packets: readonly HeardPacket[]): number {
  let missing = 0;
  const next = new Map<number, number>();
  for (const { ssrc, sequence } of packets) {
    missing += (sequence - (next.get(ssrc) ?? sequence)) & 0xffff;
    next.set(ssrc, (sequence + 1) & 0xffff);
  }
  return missing;
}

/** From the first packet’s time on, by channel, in the order of the streams. What never came is the least number. */
export function placeSamples(
  packets: readonly HeardPacket[],
  { streams, bytes, frames }: { streams: Streams; bytes: number; frames: number },
): Map<number, Int32Array<ArrayBuffer>> {
  const ids = streams.flatMap(({ channels }) => channels);
  const heard = new Map(ids.map((id) => [id, new Int32Array(frames).fill(-(2 ** 31))]));
  const start = packets[0]?.timestamp ?? 0;
  for (const { ssrc, payload, timestamp } of packets) {
    const { channels } = streams.find((stream) => stream.ssrc === ssrc)!;
    const first = (timestamp - start) >>> 0;
    readIntegers(payload, { channels: channels.length, bytes }).forEach((samples, at) => {
      const room = Math.max(0, frames - first);
      heard.get(channels[at]!)!.set(samples.slice(0, room), Math.min(first, frames));
    });
  }
  return heard;
}

/** The frames of a bundle’s channels, as they came. */
export function collectFrames(packets: readonly HeardPacket[]): Map<number, Uint8Array[]> {
  const frames = new Map<number, Uint8Array[]>();
  for (const { payload } of packets) {
    for (const { channel, frame } of readEntries(payload)) {
      const list = frames.get(channel) ?? [];
      list.push(frame);
      frames.set(channel, list);
    }
  }
  return frames;
}
