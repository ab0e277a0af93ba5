// One track of a stream: takes a source's packets, keeps the group of pictures, feeds subscribers.

import type { TrackSink } from '#core/ports/source.ts';
import { timestampDistance } from '#media/rtp/distance.ts';
import { ENDS_FRAME, FrameEdges, HOLD, STARTS_FRAME } from '#media/rtp/frame-edges.ts';
import {
  isRtp,
  payloadEnd,
  payloadStart,
  RTP_HEADER_BYTES,
  readMarker,
  readTimestamp,
  writeRtpHeader,
} from '#media/rtp/header.ts';
import { TimestampRepair } from '#media/rtp/timestamp-repair.ts';
import {
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  MALFORMED,
  STARTS_B_SLICE,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';
import { Continuity } from './continuity.ts';
import { PacketRing } from './packet-ring.ts';
import { RateMeter } from './rate-meter.ts';
import { soundDurationTicks } from './sound-duration.ts';
import type { TrackFormat } from './track-format.ts';
import { type Picture, VideoRules } from './video-rules.ts';

const NO_GOP = -1;
const STARTS_GOP = STARTS_KEY_FRAME | STARTS_PICTURE;
/** A camera that uses B-frames has shown one by then. */
const B_FRAMES_SHOWN_AFTER_KEY_FRAMES = 2;

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
  readonly ring = new PacketRing();
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

  #format: TrackFormat;
  readonly #continuity = new Continuity();
  readonly #subscribers = new Set<TrackListener>();
  readonly #repair: TimestampRepair;
  readonly #edges = new FrameEdges();
  readonly #rules: VideoRules | undefined;
  /** As the source says it, of the frame that is being written. */
  #sourceTimestamp = 0;
  #timestamp = 0;
  #capturedAtMs = 0;
  /** Of the packet that is being written. */
  #arrivedAtMs = 0;
  /** Video: what came since the last loss can't be decoded until a key frame comes. */
  #damaged: boolean;
  #frame = 0;
  #frameStart = 0;
  #inKeyFrame = false;
  #gopStart = NO_GOP;
  #gopFirstFrame = 0;
  /** Where markers are wrong: the newest packet, until the next one tells whether its frame is over. */
  #held: Uint8Array | undefined;
  #hasBSlices = false;

  constructor(format: TrackFormat) {
    this.#format = format;
    this.#repair = new TimestampRepair(format);
    const take = (packet: Uint8Array, start: number, marker: boolean) =>
      this.#takePayload(packet, start, marker);
    this.#rules = format.kind === 'video' ? new VideoRules(format, take) : undefined;
    this.#damaged = format.kind === 'video';
  }

  get format(): TrackFormat {
    return this.#format;
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

  /** It is known what is needed to decode it. */
  get described(): boolean {
    return this.#rules?.sets.complete ?? true;
  }

  /** What the parameter sets say of the picture, as far as they make sense. */
  get picture(): Picture | undefined {
    return this.#rules?.picture;
  }

  /** The newest parameter sets, without start codes. */
  get parameterSets(): readonly Uint8Array[] {
    return this.#rules?.sets.units() ?? [];
  }

  /** H.264: three bytes in hexadecimal (RFC 6184 §8.1). */
  get profileLevelId(): string {
    const bytes = this.#rules?.sets.sps?.subarray(1, 4) ?? [];
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** Frames are shown in another order than they are sent in. */
  get reorders(): boolean {
    return this.#hasBSlices || this.picture?.reorders === true;
  }

  /** What was wrong with markers and timestamps, and mended. */
  get faults(): Readonly<Record<string, number>> {
    const { early, missing } = this.#edges.faults;
    return { ...this.#repair.faults, earlyMarkers: early, missingMarkers: missing };
  }

  /** Another source of the same carriage feeds it from now on. */
  adopt(format: TrackFormat): void {
    this.#format = format;
    this.#continuity.restart();
    if (format.kind === 'video') this.#rules?.learn(format.parameterSets);
  }

  /** When the frame of this timestamp was captured. */
  capturedAtOf(timestamp: number): number {
    const sinceTicks = timestampDistance(this.#timestamp, timestamp);
    return this.#capturedAtMs + (sinceTicks * 1000) / this.format.clockRate;
  }

  write(packet: Uint8Array, capturedAtMs: number): void {
    if (!isRtp(packet)) {
      this.counters.malformed++;
      return;
    }
    const order = this.#continuity.place(packet);
    const start = payloadStart(packet);
    // Browsers probe the path with packets of nothing but padding, which have their number too.
    if (order === 'late' || start < 0) {
      this.counters.dropped++;
      return;
    }
    if (order === 'gap') this.#damage();
    if (order === 'restart') this.#restart();
    this.counters.packets++;
    this.counters.bytes += packet.length;
    this.#arrivedAtMs = capturedAtMs;
    if (this.#rules) this.#writeVideo(this.#rules, packet, start);
    else this.#writeAudio(packet, start);
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
    this.#releaseHeld(false);
    this.#edges.skip();
    this.#rules?.skip();
    this.#damaged = true;
    if (this.#inKeyFrame) this.#gopStart = NO_GOP;
  }

  /** Another sender stands behind the track: its timestamps go on where the last one's stopped. */
  #restart(): void {
    this.#repair.restart();
    this.#damage();
  }

  #writeAudio(packet: Uint8Array, start: number): void {
    this.#openFrame(readTimestamp(packet), soundDurationTicks(this.format, packet, start));
    this.#store(packet, readMarker(packet));
  }

  /** Most packets are passed on as they are; what no path would carry comes in pieces. */
  #writeVideo(rules: VideoRules, packet: Uint8Array, start: number): void {
    this.#sourceTimestamp = readTimestamp(packet);
    if (rules.split(packet, start)) return;
    this.#takePayload(packet, start, readMarker(packet));
  }

  #takePayload(packet: Uint8Array, start: number, marker: boolean): void {
    const flags = this.#rules?.inspect(packet, start, payloadEnd(packet)) ?? MALFORMED;
    const isSlice = (flags & HAS_SLICE) !== 0;
    const startsPicture = (flags & STARTS_PICTURE) !== 0;
    if (flags & STARTS_B_SLICE) this.#hasBSlices = true;
    const edge = this.#edges.place(this.#sourceTimestamp, marker, isSlice, startsPicture);
    this.#releaseHeld((edge & STARTS_FRAME) !== 0);
    if (edge & STARTS_FRAME) this.#openFrame(this.#sourceTimestamp, 0);
    if (flags & MALFORMED) {
      this.counters.malformed++;
      this.#damage();
    }
    if (flags & HAS_PARAMETER_SETS) {
      this.#rules?.read(packet.subarray(start, payloadEnd(packet)));
      // They go out before every key frame, whether and how the camera sends them.
      if (!(flags & ~HAS_PARAMETER_SETS)) return;
    }
    // Only with its first slice: after a loss a later one would open half a picture.
    if ((flags & STARTS_GOP) === STARTS_GOP && !this.#inKeyFrame) this.#openGop();
    if (this.#damaged) this.counters.dropped++;
    else if (edge & HOLD) this.#held = packet.slice();
    else this.#store(packet, (edge & ENDS_FRAME) !== 0);
  }

  #openFrame(sourceTimestamp: number, durationTicks: number): void {
    this.#repair.mayReorder =
      this.reorders || this.counters.keyFrames <= B_FRAMES_SHOWN_AFTER_KEY_FRAMES;
    this.#timestamp = this.#repair.next(sourceTimestamp, this.#arrivedAtMs, durationTicks);
    this.#capturedAtMs = this.#arrivedAtMs;
    this.#frame++;
    this.#frameStart = this.ring.next;
    this.#inKeyFrame = false;
  }

  #openGop(): void {
    const sets = this.#rules?.sets.aggregate();
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

  #releaseHeld(marker: boolean): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#store(held, marker);
  }

  #store(packet: Uint8Array, marker: boolean): void {
    if (marker || this.format.kind === 'audio') this.counters.frames++;
    const fields = { timestamp: this.#timestamp, frame: this.frame, marker };
    // A group of pictures that outgrew the ring is of no use any more: nobody can begin with it.
    this.ring.push(packet, fields, this.gopStart ?? this.ring.next);
  }
}

/** A packet whose header is still to be written: the engine does that for each viewer. */
function packetOf(payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  writeRtpHeader(packet, { marker: false, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0 });
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}
