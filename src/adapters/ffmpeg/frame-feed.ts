// RTP packets into what ffmpeg's parser takes at once: byte streams of whole frames, each with its
// mark before the first slice and an access unit delimiter behind the last.
//
//   00 00 00 01 | sets … | mark | slices … | delimiter
//
// The delimiter belongs to the frame that comes next; sent now, it tells the parser that this one is
// complete, which it would only see a frame later.

import type { ConversionPacket } from '#core/ports/converter.ts';
import type { VideoFormat } from '#core/streams/track-format.ts';
import { Depacketizer } from '#media/video/depacketizer.ts';
import { UNIT_SYNTAX } from '#media/video/unit-syntax.ts';
import { formatMark } from './frame-mark.ts';

type Codec = VideoFormat['codec'];

const START_CODE = Uint8Array.of(0, 0, 0, 1);
const DELIMITERS = { H264: Uint8Array.of(0x09, 0xf0), H265: Uint8Array.of(0x46, 0x01, 0x50) };

export class FrameFeed {
  readonly #codec: Codec;
  readonly #parameterSets: readonly Uint8Array[];
  readonly #depacketizer: Depacketizer;
  #needsKey = true;
  /** Frames that were damaged, or left out until the next key frame. */
  skipped = 0;

  constructor(format: VideoFormat) {
    this.#codec = format.codec;
    this.#parameterSets = format.parameterSets;
    this.#depacketizer = new Depacketizer(format.codec);
  }

  /** A whole frame, if this packet completes one that can be decoded. */
  push({ packet, marker, timestamp, capturedAtMs }: ConversionPacket): Buffer | undefined {
    const frame = this.#depacketizer.push(packet, marker, timestamp);
    if (!frame) return undefined;
    const isKey = frame.units.some((unit) => isKeySlice(this.#codec, unit));
    if (!frame.complete || (this.#needsKey && !isKey)) {
      this.#needsKey = true;
      this.skipped++;
      return undefined;
    }
    const sets = this.#needsKey ? this.#parameterSets : [];
    this.#needsKey = false;
    return this.#format([...sets, ...frame.units], { timestamp, capturedAtMs });
  }

  /** What came out last was not taken: without it, nothing can be decoded before a key frame. */
  skipToKeyFrame(): void {
    this.#needsKey = true;
  }

  #format(
    units: readonly Uint8Array[],
    time: { timestamp: number; capturedAtMs: number },
  ): Buffer | undefined {
    // The camera's own messages are nothing for viewers, and delimiters would come twice.
    const kept = units.filter((unit) => !isLeftOut(this.#codec, unit));
    const firstSlice = kept.findIndex((unit) => isSlice(this.#codec, unit));
    if (firstSlice < 0) return undefined;
    const mark = formatMark(this.#codec, time);
    const all = [...kept.slice(0, firstSlice), mark, ...kept.slice(firstSlice)];
    return Buffer.concat([...all, DELIMITERS[this.#codec]].flatMap((unit) => [START_CODE, unit]));
  }
}

/** Table 7-1 of H.264 and of H.265. */
function unitType(codec: Codec, unit: Uint8Array): number {
  return UNIT_SYNTAX[codec].typeOf(unit[0] ?? 0);
}

function isSlice(codec: Codec, unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  return codec === 'H264' ? type >= 1 && type <= 5 : type <= 31;
}

function isKeySlice(codec: Codec, unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  return codec === 'H264' ? type === 5 : type >= 16 && type <= 21;
}

/** SEI and access unit delimiters. */
function isLeftOut(codec: Codec, unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  return codec === 'H264' ? type === 6 || type === 9 : type === 35 || type === 39 || type === 40;
}
