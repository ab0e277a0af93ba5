// One track of a stream: takes a source's packets, keeps the group of pictures, feeds subscribers.

import type { TrackSink } from '#core/ports/source.ts';
import { HAS_PPS, HAS_SPS, inspectH264, MALFORMED, STARTS_IDR } from '#media/h264/payload.ts';
import { timestampDistance } from '#media/rtp/distance.ts';
import {
  payloadEnd,
  payloadStart,
  RTP_HEADER_BYTES,
  readMarker,
  readTimestamp,
  writeRtpHeader,
} from '#media/rtp/header.ts';
import { Continuity } from './continuity.ts';
import { PacketRing } from './packet-ring.ts';
import { ParameterSets } from './parameter-sets.ts';
import { RateMeter } from './rate-meter.ts';
import type { TrackFormat } from './track-format.ts';

const NO_GOP = -1;
const PARAMETER_SETS = HAS_SPS | HAS_PPS;

/** Who is told at every flush. */
interface TrackListener {
  deliver(): void;
}

interface TrackCounters {
  packets: number;
  bytes: number;
  /** Complete ones: all of it came and was passed on. */
  frames: number;
  keyFrames: number;
  dropped: number;
  malformed: number;
}

export class Track implements TrackSink {
  readonly format: TrackFormat;
  readonly ring = new PacketRing();
  readonly parameterSets: ParameterSets;
  readonly counters: TrackCounters = {
    packets: 0,
    bytes: 0,
    frames: 0,
    keyFrames: 0,
    dropped: 0,
    malformed: 0,
  };
  readonly bitrate = new RateMeter();
  readonly frameRate = new RateMeter();
  /** Frames in the last complete group of pictures. */
  gopFrames: number | undefined;

  readonly #continuity = new Continuity();
  readonly #subscribers = new Set<TrackListener>();
  /** Added to the source's timestamps, so that they run on when it starts anew. */
  #shiftTicks = 0;
  #timestamp = 0;
  #capturedAtMs = 0;
  /** Video: what came since the last loss can't be decoded until a key frame comes. */
  #damaged = true;
  #frame = 0;
  #frameStart = 0;
  #inKeyFrame = false;
  #gopStart = NO_GOP;
  #gopFirstFrame = 0;

  constructor(format: TrackFormat) {
    this.format = format;
    this.parameterSets = new ParameterSets(format.kind === 'video' ? format.parameterSets : []);
    this.#damaged = format.kind === 'video';
  }

  get lost(): number {
    return this.#continuity.lost;
  }

  /** Number of the frame that is being written; the first is 1. */
  get frame(): number {
    return this.#frame;
  }

  /** The newest packet's timestamp and when it was captured: the track's clock. */
  get timestamp(): number {
    return this.#timestamp;
  }

  get capturedAtMs(): number {
    return this.#capturedAtMs;
  }

  /** Index of the first packet of the newest key frame, or undefined if it is no longer here. */
  get gopStart(): number | undefined {
    return this.#gopStart >= this.ring.first ? this.#gopStart : undefined;
  }

  write(packet: Uint8Array, capturedAtMs: number): void {
    const start = payloadStart(packet);
    if (start < 0) {
      this.counters.malformed++;
      return;
    }
    const order = this.#continuity.place(packet);
    if (order === 'late') {
      this.counters.dropped++;
      return;
    }
    if (order === 'gap') this.#damage();
    if (order === 'restart') this.#restart(packet, capturedAtMs);
    this.counters.packets++;
    this.counters.bytes += packet.length;
    this.#openFrame(packet, capturedAtMs);
    if (this.format.kind === 'video') this.#writeVideo(packet, start);
    else this.#store(packet);
  }

  /** Gives subscribers what was written since the last call. */
  flush(): void {
    for (const subscriber of this.#subscribers) subscriber.deliver();
  }

  add(subscriber: TrackListener): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: TrackListener): void {
    this.#subscribers.delete(subscriber);
  }

  /** Called once a second. */
  sample(nowMs: number): void {
    this.bitrate.sample(this.counters.bytes * 8, nowMs);
    this.frameRate.sample(this.counters.frames, nowMs);
  }

  /** A packet is missing: what follows waits for the next key frame. Sound simply goes on. */
  #damage(): void {
    if (this.format.kind === 'audio') return;
    this.#damaged = true;
    if (this.#inKeyFrame) this.#gopStart = NO_GOP;
  }

  /** Another sender stands behind the track: its timestamps go on where the last one's stopped. */
  #restart(packet: Uint8Array, capturedAtMs: number): void {
    const elapsedTicks = ((capturedAtMs - this.#capturedAtMs) * this.format.clockRate) / 1000;
    const continued = this.#timestamp + Math.max(1, Math.round(elapsedTicks));
    this.#shiftTicks = (continued - readTimestamp(packet)) >>> 0;
    this.#damage();
  }

  #openFrame(packet: Uint8Array, capturedAtMs: number): void {
    const timestamp = (readTimestamp(packet) + this.#shiftTicks) >>> 0;
    if (this.#frame > 0 && timestampDistance(this.#timestamp, timestamp) === 0) return;
    this.#timestamp = timestamp;
    this.#capturedAtMs = capturedAtMs;
    this.#frame++;
    this.#frameStart = this.ring.next;
    this.#inKeyFrame = false;
  }

  #writeVideo(packet: Uint8Array, start: number): void {
    const end = payloadEnd(packet);
    const flags = inspectH264(packet, start, end);
    if (flags & MALFORMED) {
      this.counters.malformed++;
      this.#damage();
    }
    if (flags & PARAMETER_SETS) {
      this.parameterSets.read(packet.subarray(start, end));
      // They go out before every key frame, whether and how the camera sends them.
      if (!(flags & ~PARAMETER_SETS)) return;
    }
    if (flags & STARTS_IDR && !this.#inKeyFrame) this.#openGop();
    if (this.#damaged) this.counters.dropped++;
    else this.#store(packet);
  }

  #openGop(): void {
    const sets = this.parameterSets.aggregate();
    // Without its parameter sets nobody could decode it.
    if (!sets) return;
    this.counters.keyFrames++;
    this.#inKeyFrame = true;
    this.gopFrames = this.#damaged ? undefined : this.frame - this.#gopFirstFrame;
    this.#gopStart = this.#damaged ? this.ring.next : this.#frameStart;
    this.#gopFirstFrame = this.frame;
    this.#damaged = false;
    this.#store(packetOf(sets), false);
  }

  #store(packet: Uint8Array, marker = readMarker(packet)): void {
    if (marker || this.format.kind === 'audio') this.counters.frames++;
    const fields = { timestamp: this.#timestamp, frame: this.frame, marker };
    const keepFrom = this.#gopStart === NO_GOP ? this.ring.next : this.#gopStart;
    this.ring.push(packet, fields, keepFrom);
  }
}

/** A packet whose header is still to be written: the engine does that for each viewer. */
function packetOf(payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  writeRtpHeader(packet, { marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0 });
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}
