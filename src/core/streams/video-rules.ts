// What a track has to know of its video codec.

import { inspectH264 } from '#media/h264/payload.ts';
import { inspectH265 } from '#media/h265/payload.ts';
import { payloadEnd } from '#media/rtp/header.ts';
import { describeVideo, type Picture } from '#media/video/describe-video.ts';
import { ParameterSets } from '#media/video/parameter-sets.ts';
import { Refragmenter, type TakePiece } from '#media/video/refragment.ts';
import type { VideoFormat } from './track-format.ts';

export type { Picture } from '#media/video/describe-video.ts';

export class VideoRules {
  readonly sets: ParameterSets;
  /** Which of the units that matter are in this payload. */
  readonly inspect: (packet: Uint8Array, start: number, end: number) => number;
  readonly #codec: VideoFormat['codec'];
  #picture: Picture | undefined;
  #describedVersion = -1;

  readonly #refragmenter: Refragmenter;

  /** `take` gets the pieces of what is split. */
  constructor({ codec, parameterSets }: VideoFormat, take: TakePiece) {
    this.#refragmenter = new Refragmenter(codec, take);
    this.#codec = codec;
    this.inspect = codec === 'H264' ? inspectH264 : inspectH265;
    this.sets = new ParameterSets(codec, parameterSets);
  }

  /** What the sets say, as far as they make sense. */
  get picture(): Picture | undefined {
    if (this.#describedVersion !== this.sets.version) {
      this.#describedVersion = this.sets.version;
      this.#picture = describeVideo(this.#codec, this.sets);
    }
    return this.#picture;
  }

  learn(units: readonly Uint8Array[]): void {
    for (const unit of units) this.sets.read(unit);
  }

  /** Learns what this payload holds of parameter sets. */
  read(payload: Uint8Array): void {
    this.sets.read(payload);
  }

  /** Gives pieces instead of what no path would carry; false if the packet is fine as it is. */
  split(packet: Uint8Array, start: number): boolean {
    return this.#refragmenter.push(packet, start, payloadEnd(packet));
  }

  /** Packets are missing. */
  skip(): void {
    this.#refragmenter.reset();
  }
}
