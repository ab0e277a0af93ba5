// One viewer's packets of a picture, joined to frames.

import type { Outlet } from '#core/ports/outlet.ts';
import type { VideoFormat } from '#core/streams/track-format.ts';
import { isParameterSet, unitType } from '#media/fmp4/video-sets.ts';
import { NAL_SLICE_IDR } from '#media/h264/payload.ts';
import { type AccessUnit, Depacketizer } from '#media/video/depacketizer.ts';
import { LongTicks } from './long-ticks.ts';
import { ReportClock } from './report-clock.ts';

const MARKER_WORD = 0x80_00_00;
/** H.265: BLA, IDR and CRA (ISO 23008-2 §7.4.2.2). */
const FIRST_KEY_TYPE = 16;
const LAST_KEY_TYPE = 21;

export interface VideoFrame {
  readonly units: readonly Uint8Array[];
  readonly isKey: boolean;
  /** Of a key frame: those that came with it. */
  readonly parameterSets: readonly Uint8Array[];
  /** In ticks since the first frame. */
  readonly shownAt: number;
  readonly timestamp: number;
}

export class VideoFeed implements Outlet {
  readonly clock: ReportClock;
  /** Frames that did not come whole, and what could not be decoded because of them. */
  dropped = 0;
  readonly #codec: VideoFormat['codec'];
  readonly #onFrame: (frame: VideoFrame) => void;
  readonly #ticks = new LongTicks();
  #depacketizer: Depacketizer;
  #needsKey = true;

  constructor({ codec, clockRate }: VideoFormat, onFrame: (frame: VideoFrame) => void) {
    this.#codec = codec;
    this.#onFrame = onFrame;
    this.#depacketizer = new Depacketizer(codec);
    this.clock = new ReportClock(clockRate);
  }

  add(packet: Uint8Array, first: number, timestamp: number): void {
    const marker = (first & MARKER_WORD) !== 0;
    const unit = this.#depacketizer.push(packet, marker, timestamp);
    if (unit) this.#take(unit);
    else if (marker) this.#lose();
  }

  addReport(packet: Uint8Array): void {
    this.clock.take(packet);
  }

  /** A frame was handed on with its last packet. */
  flush(): void {}

  /** Packets are missing: the next frame of use is a key frame. */
  restart(): void {
    this.#depacketizer = new Depacketizer(this.#codec);
    this.#needsKey = true;
  }

  #take({ units, timestamp, complete }: AccessUnit): void {
    const shownAt = this.#ticks.of(timestamp);
    const isKey = units.some((unit) => isKeyUnit(this.#codec, unit));
    if (!complete || (this.#needsKey && !isKey)) {
      this.#lose();
      return;
    }
    this.#needsKey = false;
    const parameterSets = isKey ? units.filter((unit) => isParameterSet(this.#codec, unit)) : [];
    this.#onFrame({ units, isKey, parameterSets, shownAt, timestamp });
  }

  #lose(): void {
    this.#needsKey = true;
    this.dropped++;
  }
}

function isKeyUnit(codec: VideoFormat['codec'], unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  if (codec === 'H264') return type === NAL_SLICE_IDR;
  return type >= FIRST_KEY_TYPE && type <= LAST_KEY_TYPE;
}
