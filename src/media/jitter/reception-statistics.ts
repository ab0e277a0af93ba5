// What a listener's network does: packets, loss, jitter, delays and bandwidth over all its RTP streams,
// since the last reading and since the start (PRODUCT 2.6, RFC 3550 §6.4.1).

import { timestampDistance } from '#media/rtp/distance.ts';
import { MinDelay } from '#media/rtp/min-delay.ts';
import { DelayPercentiles, type DelaySpread } from './delay-percentiles.ts';
import { InterarrivalJitter } from './interarrival-jitter.ts';
import { StreamReception } from './stream-reception.ts';

/** 32 plain streams, and as many after a change. The one that was heard of longest ago is forgotten. */
const MAX_STREAMS = 64;
/** A timestamp that steps further belongs to another time: no network holds sound up for so long. */
const MAX_TIMESTAMP_STEP_MS = 10_000;

interface ArrivedPacket {
  readonly ssrc: number;
  readonly sequence: number;
  /** Where PCM is cut in time: of its tick, because the parts of a tick are sent at once. */
  readonly timestamp: number;
  readonly arrivedAtMs: number;
  /** Of the datagram. */
  readonly sizeBytes: number;
}

export interface PacketCounts {
  /** Without duplicates. */
  readonly received: number;
  readonly expected: number;
  readonly lost: number;
  /** 0 to 100; null if nothing was expected. */
  readonly lossPercent: number | null;
  readonly duplicates: number;
  readonly reordered: number;
  /** Numbers that fit nothing that came before. */
  readonly strays: number;
  /** Of all that came. */
  readonly bytes: number;
}

export interface ReceptionFigures extends PacketCounts {
  readonly bandwidthMbps: number | null;
  /** Of the stream that has most; null if none was heard. */
  readonly jitterMs: number | null;
  /** Longer than the fastest packet took within 10 s. */
  readonly delay: DelaySpread | null;
}

interface Stream {
  readonly reception: StreamReception;
  readonly jitter: InterarrivalJitter;
  readonly leastTransit: MinDelay;
  timestamp: number;
  /** Of `timestamp`, from the stream's first one on. */
  mediaMs: number;
  heardAtMs: number;
}

type Sums = Omit<PacketCounts, 'lost' | 'lossPercent'>;

const NONE: Sums = { received: 0, expected: 0, duplicates: 0, reordered: 0, strays: 0, bytes: 0 };

export class ReceptionStatistics {
  readonly #streams = new Map<number, Stream>();
  readonly #delays = new DelayPercentiles();
  /** Of streams that were forgotten. */
  #past = NONE;
  #bytes = 0;
  #ticksPerMs: number;
  #before = NONE;
  #readAtMs: number | undefined;

  /** Of the RTP timestamps. */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1_000;
  }

  take(packet: ArrivedPacket): void {
    const stream = this.#streams.get(packet.ssrc) ?? this.#open(packet);
    this.#bytes += packet.sizeBytes;
    this.#readAtMs ??= packet.arrivedAtMs;
    const arrival = stream.reception.take(packet.sequence);
    if (arrival === 'duplicate' || arrival === 'stray') return;
    stream.heardAtMs = packet.arrivedAtMs;
    this.#time(stream, packet);
  }

  /** Another packet time or clock: what comes is not compared with what came. Counts go on. */
  changeFormat(clockRate: number): void {
    this.#ticksPerMs = clockRate / 1_000;
    for (const stream of this.#streams.values()) restartTiming(stream);
  }

  get total(): PacketCounts {
    return completeCounts(this.#sums());
  }

  /** Since the last call, or since the first packet. */
  readInterval(nowMs: number): ReceptionFigures {
    const sums = this.#sums();
    const counts = completeCounts(subtract(sums, this.#before));
    const elapsedMs = nowMs - (this.#readAtMs ?? nowMs);
    const figures = {
      ...counts,
      bandwidthMbps: elapsedMs > 0 ? (counts.bytes * 8) / elapsedMs / 1_000 : null,
      jitterMs: this.#jitterMs(),
      delay: this.#delays.read(),
    };
    this.#before = sums;
    this.#readAtMs = nowMs;
    this.#delays.reset();
    return figures;
  }

  /** Of the streams that were heard since the last reading. */
  #jitterMs(): number | null {
    let worst: number | null = null;
    for (const { jitter, heardAtMs } of this.#streams.values()) {
      if (heardAtMs >= (this.#readAtMs ?? 0)) worst = Math.max(worst ?? 0, jitter.ms);
    }
    return worst;
  }

  #time(stream: Stream, { timestamp, arrivedAtMs }: ArrivedPacket): void {
    const stepMs = timestampDistance(stream.timestamp, timestamp) / this.#ticksPerMs;
    if (Math.abs(stepMs) > MAX_TIMESTAMP_STEP_MS) restartTiming(stream);
    stream.timestamp = timestamp;
    stream.mediaMs += stepMs;
    const transitMs = arrivedAtMs - stream.mediaMs;
    stream.jitter.take(transitMs);
    stream.leastTransit.add(transitMs, arrivedAtMs);
    this.#delays.add(transitMs - stream.leastTransit.value);
  }

  #open({ ssrc, timestamp, arrivedAtMs }: ArrivedPacket): Stream {
    if (this.#streams.size >= MAX_STREAMS) this.#forgetOne();
    const stream = {
      reception: new StreamReception(),
      jitter: new InterarrivalJitter(),
      leastTransit: new MinDelay(),
      timestamp,
      mediaMs: 0,
      heardAtMs: arrivedAtMs,
    };
    this.#streams.set(ssrc, stream);
    return stream;
  }

  #forgetOne(): void {
    let oldest: [number, Stream] | undefined;
    for (const entry of this.#streams) {
      if (!oldest || entry[1].heardAtMs < oldest[1].heardAtMs) oldest = entry;
    }
    if (!oldest) return;
    this.#streams.delete(oldest[0]);
    this.#past = add(this.#past, oldest[1].reception);
  }

  #sums(): Sums {
    let sums = this.#past;
    for (const { reception } of this.#streams.values()) sums = add(sums, reception);
    return { ...sums, bytes: this.#bytes };
  }
}

function restartTiming({ jitter, leastTransit }: Stream): void {
  jitter.reset();
  leastTransit.reset();
}

function add(sums: Sums, reception: StreamReception): Sums {
  return {
    received: sums.received + reception.received,
    expected: sums.expected + reception.expected,
    duplicates: sums.duplicates + reception.duplicates,
    reordered: sums.reordered + reception.reordered,
    strays: sums.strays + reception.strays,
    bytes: sums.bytes,
  };
}

function subtract(sums: Sums, before: Sums): Sums {
  return {
    received: sums.received - before.received,
    expected: sums.expected - before.expected,
    duplicates: sums.duplicates - before.duplicates,
    reordered: sums.reordered - before.reordered,
    strays: sums.strays - before.strays,
    bytes: sums.bytes - before.bytes,
  };
}

/** Late packets can be of an earlier interval: then there is no loss, not a negative one. */
function completeCounts(sums: Sums): PacketCounts {
  const lost = Math.max(0, sums.expected - sums.received);
  return { ...sums, lost, lossPercent: sums.expected > 0 ? (100 * lost) / sums.expected : null };
}
