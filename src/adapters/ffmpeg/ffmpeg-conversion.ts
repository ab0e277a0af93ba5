// One video conversion: frames into ffmpeg, frames out of it, with the times of those that went in.

import type { Conversion, ConversionPacket, ConversionSink } from '#core/ports/converter.ts';
import type { TrackSink } from '#core/ports/source.ts';
import type { VideoFormat } from '#core/streams/track-format.ts';
import { nalType } from '#media/h264/annex-b.ts';
import { packetizeAccessUnit } from '#media/h264/packetize.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { InputError } from '#std/errors.ts';
import { ffmpegArguments } from './ffmpeg-arguments.ts';
import { FfmpegChild } from './ffmpeg-child.ts';
import { type FlvItem, FlvReader } from './flv-reader.ts';
import { FrameFeed } from './frame-feed.ts';
import { readMark } from './frame-mark.ts';

/** Some 2 s of a camera at 8 Mb/s: ffmpeg does not keep pace, and later it would be further behind. */
const MAX_QUEUED_BYTES = 2 * 2 ** 20;
/** How often is looked whether anything comes out for what goes in. */
const WATCH_PERIOD_MS = 5_000;
/** A decoder holds at most so many frames back (H.264 and H.265, annex A). */
const MAX_DELAY_FRAMES = 16;
const NAL_SEI = 6;
const PAYLOAD_TYPE = 96;
const SSRC = 1;

interface ConversionOptions {
  readonly path: string;
  readonly clock: Clock;
  /** It has ended, by itself or by `close`. Once. */
  readonly onEnd: (conversion: FfmpegConversion) => void;
}

export class FfmpegConversion implements Conversion {
  readonly #sink: ConversionSink;
  readonly #options: ConversionOptions;
  readonly #child: FfmpegChild;
  readonly #feed: FrameFeed;
  readonly #reader = new FlvReader();
  readonly #watch: Timer;
  #track: TrackSink | undefined;
  #parameterSets: readonly Buffer[] = [];
  #sequence = 0;
  #ended = false;
  #made = 0;
  /** Frames that went in since one came out. */
  #unanswered = 0;
  /** At the last look. */
  #seen = { made: 0, unanswered: 0 };
  #dropped = 0;

  constructor(format: VideoFormat, sink: ConversionSink, options: ConversionOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#feed = new FrameFeed(format);
    this.#child = new FfmpegChild({
      path: options.path,
      arguments: ffmpegArguments(format.codec),
      clock: options.clock,
      onOutput: (chunk) => this.#read(chunk),
      onEnd: (reason) => this.#fail(reason),
    });
    this.#watch = options.clock.every(WATCH_PERIOD_MS, () => this.#checkProgress());
  }

  get cpuSeconds(): number | undefined {
    return this.#child.cpuSeconds;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Frames made so far. */
  get frames(): number {
    return this.#made;
  }

  /** Frames for which ffmpeg had no time, and those that could not be decoded without them. */
  get dropped(): number {
    return this.#dropped + this.#feed.skipped;
  }

  write(packet: ConversionPacket): void {
    if (this.#ended) return;
    const frame = this.#feed.push(packet);
    if (!frame) return;
    if (this.#child.queuedBytes > MAX_QUEUED_BYTES) {
      this.#dropped++;
      this.#feed.skipToKeyFrame();
      return;
    }
    this.#unanswered++;
    this.#child.write(frame);
  }

  async close(): Promise<void> {
    this.#end();
    await this.#child.close();
  }

  #read(chunk: Buffer): void {
    try {
      for (const item of this.#reader.push(chunk)) this.#take(item);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#fail(error.message);
    }
  }

  #take(item: FlvItem): void {
    if (this.#ended) return;
    if (item.kind === 'parameter-sets') {
      this.#parameterSets = item.units;
      return;
    }
    const time = item.units.map(readMark).find((mark) => mark !== undefined);
    // Without a mark nobody knows when it was: ffmpeg made it up of damaged frames.
    if (!time) return;
    const pictures = item.units.filter((unit) => nalType(unit) !== NAL_SEI);
    const units = item.isKey ? [...this.#parameterSets, ...pictures] : pictures;
    const header = { payloadType: PAYLOAD_TYPE, sequence: this.#sequence, ssrc: SSRC };
    const packets = packetizeAccessUnit(units, { ...header, timestamp: time.timestamp });
    this.#sequence = (this.#sequence + packets.length) & 0xffff;
    this.#made++;
    this.#unanswered = 0;
    const track = this.#openTrack();
    for (const packet of packets) track.write(packet, time.capturedAtMs);
    this.#sink.flush();
  }

  #openTrack(): TrackSink {
    this.#track ??= this.#sink.ready({
      kind: 'video',
      codec: 'H264',
      clockRate: 90_000,
      parameterSets: this.#parameterSets.map((unit) => Uint8Array.from(unit)),
    });
    return this.#track;
  }

  #checkProgress(): void {
    const { made, unanswered } = this.#seen;
    this.#seen = { made: this.#made, unanswered: this.#unanswered };
    if (unanswered > MAX_DELAY_FRAMES && this.#made === made) {
      this.#fail('ffmpeg makes no pictures of what the camera sends');
    }
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    this.#end();
    void this.#child.close();
    this.#sink.failed(reason);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.cancel();
    this.#options.onEnd(this);
  }
}
