// Where packets stand in time: their timestamps unwrapped, and how much longer than the fastest of the
// last 10 s they took. The difference of the two clocks cancels out.

import { timestampDistance } from '#media/rtp/distance.ts';
import { MinDelay } from '#media/rtp/min-delay.ts';
import { InterarrivalJitter } from './interarrival-jitter.ts';

/** No network holds sound up for so long. */
const MAX_DELAY_MS = 10_000;
/** Nothing arrives before it was captured; by so little, the path has become faster. */
const MAX_AHEAD_MS = 100;
/** After an outage, packets that all take so much longer have another way to go. */
const MAX_SHIFT_MS = 60;
/** Packets in a row that came at the pace at which they were sent: what was held up is through. */
const STEADY_PACKETS = 3;

interface Arrival {
  readonly position: number;
  readonly durationTicks: number;
  readonly arrivedAtMs: number;
}

export class ArrivalTiming {
  readonly jitter = new InterarrivalJitter();
  readonly #ticksPerMs: number;
  readonly #leastTransit = new MinDelay();
  #newest: number | undefined;
  #newestTransitMs = Number.NEGATIVE_INFINITY;
  #steadyPackets = 0;
  /** Since `watchPace`. */
  #freshTransitMs = Number.POSITIVE_INFINITY;

  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1_000;
  }

  get isSteady(): boolean {
    return this.#steadyPackets >= STEADY_PACKETS;
  }

  /** The position of a packet: its timestamp, unwrapped. */
  locate(timestamp: number): number {
    const newest = this.#newest ?? timestamp;
    return newest + timestampDistance(newest >>> 0, timestamp);
  }

  /** How much longer than the fastest it took; undefined if it can't be of the same time as those before. */
  time(arrival: Arrival): number | undefined {
    const { position, arrivedAtMs } = arrival;
    const transitMs = arrivedAtMs - position / this.#ticksPerMs;
    const laterMs = transitMs - this.#leastTransit.value;
    if (laterMs < -MAX_AHEAD_MS && laterMs !== -Infinity) return undefined;
    if (laterMs > MAX_DELAY_MS) return undefined;
    this.jitter.take(transitMs);
    this.#leastTransit.add(transitMs, arrivedAtMs);
    if (transitMs < this.#freshTransitMs) this.#freshTransitMs = transitMs;
    this.#notePace(arrival, transitMs);
    return transitMs - this.#leastTransit.value;
  }

  /** How long after the fastest packet's arrival it is, for this position. */
  delayAt(position: number, nowMs: number): number {
    return nowMs - position / this.#ticksPerMs - this.#leastTransit.value;
  }

  /** Sound stopped: whether it is steady again is judged by what comes from now on. */
  watchPace(): void {
    this.#steadyPackets = 0;
    this.#freshTransitMs = Number.POSITIVE_INFINITY;
  }

  /** Takes the delay that packets have had since `watchPace` for the network's own, if it is far longer. */
  acceptShift(nowMs: number): void {
    const freshMs = this.#freshTransitMs;
    if (!(freshMs - this.#leastTransit.value > MAX_SHIFT_MS) || freshMs === Infinity) return;
    this.#leastTransit.reset();
    this.#leastTransit.add(freshMs, nowMs);
  }

  /** In a burst each packet took less time than the one before it. */
  #notePace({ position, durationTicks }: Arrival, transitMs: number): void {
    if (this.#newest !== undefined && position <= this.#newest) return;
    const durationMs = durationTicks / this.#ticksPerMs;
    const isCatchingUp = this.#newestTransitMs - transitMs > durationMs / 2;
    this.#steadyPackets = isCatchingUp ? 0 : this.#steadyPackets + 1;
    this.#newest = position;
    this.#newestTransitMs = transitMs;
  }
}
