// PCM to samples: the parts of a tick are put where they belong, and what is missing is bridged.
//
//   frames of the tick  0        34       69        103           240
//   parts of a stream   ├────────┼────────┤         ├───────── … ──┤
//                                         └ bridged ┘

import { Concealment } from '#media/jitter/concealment.ts';
import { readL16 } from '#media/pcm/l16.ts';
import { readL24 } from '#media/pcm/l24.ts';
import { timestampDistance } from '#media/rtp/distance.ts';
import type { SoundPacket } from './sound-packet.ts';
import type { Planes, SoundItem, SoundTap, Voices } from './voices.ts';

interface PcmVoicesOptions {
  /** In the order of the planes. */
  readonly channels: readonly number[];
  readonly sampleRate: number;
  readonly tap: SoundTap | undefined;
}

/** From one frame to another: there, or missing. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly isThere: boolean;
}

interface Part {
  readonly packet: SoundPacket;
  /** Of its first frame in the item. */
  readonly start: number;
}

export class PcmVoices implements Voices {
  readonly #channels: readonly number[];
  readonly #tap: SoundTap | undefined;
  readonly #concealments: readonly Concealment[];

  constructor({ channels, sampleRate, tap }: PcmVoicesOptions) {
    this.#channels = channels;
    this.#tap = tap;
    this.#concealments = channels.map(() => new Concealment(sampleRate));
  }

  play(item: SoundItem, planes: Planes, isContinuous: boolean): boolean {
    const frames = planes[0]?.length ?? 0;
    const parts = this.#readParts(item, planes);
    let isWhole = true;
    this.#channels.forEach((channel, place) => {
      const plane = planes[place];
      if (!plane) return;
      const segments = segmentsOf(parts.get(channel) ?? [], frames);
      if (!isContinuous) this.#tap?.missed(channel);
      for (const segment of segments) {
        this.#playSegment(segment, { place, plane, isContinuous });
        isWhole &&= segment.isThere;
      }
    });
    return isWhole;
  }

  conceal(planes: Planes, following: SoundItem | undefined): void {
    const after = following && this.#readAfter(following);
    this.#channels.forEach((channel, place) => {
      const plane = planes[place];
      if (plane) this.#concealments[place]?.conceal(plane, after?.[place]);
      this.#tap?.missed(channel);
    });
  }

  close(): void {}

  #playSegment(
    { start, end, isThere }: Segment,
    { place, plane, isContinuous }: { place: number; plane: Float32Array; isContinuous: boolean },
  ): void {
    const channel = this.#channels[place] ?? 0;
    const samples = plane.subarray(start, end);
    if (isThere) {
      this.#tap?.heard(channel, samples);
      this.#concealments[place]?.play(samples, isContinuous || start > 0);
      return;
    }
    const after = end < plane.length ? plane.subarray(end) : undefined;
    this.#concealments[place]?.conceal(samples, after);
    this.#tap?.missed(channel);
  }

  /** Writes what there is into the planes, and says for each channel what that is. */
  #readParts(item: SoundItem, planes: Planes): Map<number, Part[]> {
    const parts = new Map<number, Part[]>();
    const frames = planes[0]?.length ?? 0;
    for (const packet of item.payloads) {
      const start = timestampDistance(item.timestamp, packet.timestamp);
      if (start < 0 || start >= frames) continue;
      const { channels } = packet.stream;
      const targets = channels.map((channel) => this.#planeOf(channel, planes).subarray(start));
      readSamples(packet, targets);
      for (const channel of channels) {
        const list = parts.get(channel) ?? [];
        list.push({ packet, start });
        parts.set(channel, list);
      }
    }
    return parts;
  }

  /** What comes directly after a gap; of channels whose first part is missing, nothing. */
  #readAfter(item: SoundItem): (Float32Array | undefined)[] {
    const after: (Float32Array | undefined)[] = [];
    for (const packet of item.payloads) {
      if (packet.timestamp !== item.timestamp) continue;
      const planes = packet.stream.channels.map(() => new Float32Array(packet.ticks));
      readSamples(packet, planes);
      packet.stream.channels.forEach((channel, at) => {
        const place = this.#channels.indexOf(channel);
        if (place >= 0) after[place] = planes[at];
      });
    }
    return after;
  }

  /** A channel that nobody asked for is read past. */
  #planeOf(channel: number, planes: Planes): Float32Array {
    return planes[this.#channels.indexOf(channel)] ?? new Float32Array(planes[0]?.length ?? 0);
  }
}

/** As many frames as the planes can hold. */
function readSamples({ stream, payload }: SoundPacket, planes: Planes): void {
  if (stream.codec === 'pcm24') readL24(payload, planes);
  else readL16(payload, planes);
}

function segmentsOf(parts: readonly Part[], frames: number): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { packet, start } of parts.toSorted((one, other) => one.start - other.start)) {
    const end = Math.min(frames, start + packet.ticks);
    if (end <= at) continue;
    if (start > at) segments.push({ start: at, end: start, isThere: false });
    segments.push({ start: Math.max(at, start), end, isThere: true });
    at = end;
  }
  if (at < frames) segments.push({ start: at, end: frames, isThere: false });
  return segments;
}
