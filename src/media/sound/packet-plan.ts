// How a tick is cut into packets: which channels share one, and how many there are in time (PRODUCT 2.5).
//
// A tick of PCM is cut along both axes. Of 32 channels of L16 at 48 kHz in 5 ms:
//
//             240 frames
//           ┌──┬──┬──┬──┬──┬──┬──┐
//   1 to 16 │1 │2 │3 │4 │5 │6 │7 │   2 groups (one SSRC each) × 7 parts of 34 or 35 frames:
//           ├──┼──┼──┼──┼──┼──┼──┤   14 packets of at most 1,120 bytes. One group would need 15,
//  17 to 32 │8 │9 │10│11│12│13│14│   three 15, four 16.
//           └──┴──┴──┴──┴──┴──┴──┘

import type { SoundCodec, SoundFormat, SoundRate } from './payload-types.ts';

/**
 * 1,150 bytes of a datagram (Wi-Fi charges by the packet, a data channel must not fragment) less the
 * RTP header and the time extension. The place for the extension is always kept, so that listeners
 * whose extensions fall into different packets share one payload.
 */
export const MAX_PAYLOAD_BYTES = 1_150 - 12 - 16;

export const SAMPLE_BYTES = { pcm: 2, pcm24: 3 } as const;

interface TickFormat {
  readonly sampleRate: SoundRate;
  /** 2.5, 5, 10 or 20. */
  readonly packetMs: number;
}

interface PcmFormat extends TickFormat {
  readonly codec: Exclude<SoundCodec, 'opus'>;
}

/**
 * Counted from the first tick on. At 44.1 kHz ticks of 5 ms have 220 and 221 frames in turn, and three
 * of four of 2.5 ms have 110, so that no time is lost.
 */
export function firstFrameOfTick(tick: number, { sampleRate, packetMs }: TickFormat): number {
  return Math.floor((tick * sampleRate * packetMs) / 1_000);
}

/** The channels of each RTP stream: the same for every tick of a format. */
export function groupChannels(
  channels: readonly number[],
  format: SoundFormat & TickFormat,
): readonly (readonly number[])[] {
  const { codec, layout, sampleRate, packetMs } = format;
  if (channels.length === 0) return [];
  if (layout === 'plain') return channels.map((channel) => [channel]);
  if (codec === 'opus') return [channels];
  const groups = bestGroupCount(channels.length, { codec, sampleRate, packetMs });
  const sizes = groupSizes(channels.length, groups);
  return sizes.map((size, index) => {
    const start = sizes.slice(0, index).reduce((sum, before) => sum + before, 0);
    return channels.slice(start, start + size);
  });
}

/** Of how many packets a tick of a PCM stream is. With Opus, the sizes of the frames decide. */
export function countParts(channels: number, { codec, ...tick }: PcmFormat): number {
  const framesInPacket = Math.floor(MAX_PAYLOAD_BYTES / (channels * SAMPLE_BYTES[codec]));
  return Math.ceil(mostFrames(tick) / framesInPacket);
}

/** At which frame of its tick a part starts; the one after the last starts where the tick ends. */
export function partStart(
  part: number,
  { parts, frames }: { readonly parts: number; readonly frames: number },
): number {
  return Math.floor((part * frames) / parts);
}

/** The one with the fewest packets; of several, the fewest groups. */
function bestGroupCount(channels: number, format: PcmFormat): number {
  let best = 1;
  let fewest = Number.POSITIVE_INFINITY;
  for (let groups = 1; groups <= channels; groups++) {
    const packets = groupSizes(channels, groups).reduce(
      (sum, size) => sum + countParts(size, format),
      0,
    );
    if (packets < fewest) [best, fewest] = [groups, packets];
  }
  return best;
}

/** As equal as they can be, larger ones first. */
function groupSizes(channels: number, groups: number): number[] {
  const larger = channels % groups;
  return Array.from(
    { length: groups },
    (_, index) => Math.floor(channels / groups) + (index < larger ? 1 : 0),
  );
}

/** Of all ticks: groups and parts must not change with the 220 or 221 frames at 44.1 kHz. */
function mostFrames({ sampleRate, packetMs }: TickFormat): number {
  return Math.ceil((sampleRate * packetMs) / 1_000);
}
