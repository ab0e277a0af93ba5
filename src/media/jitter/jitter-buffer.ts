// Holds a listener's sound until its turn comes, long enough that most packets are there by then, and
// says what to play: a packet, or that a gap is to be bridged (PRODUCT 2.7).
//
//            on pace again, delay ≥ target
//   filling ───────────────────────────────▶ playing ──▶ next is there: it is played
//      ▲                                        │──────▶ a later one is there: next is bridged
//      │   nothing for 100 ms, a gap of         │──────▶ nothing: wait, which makes the delay longer;
//      └────── 100 ms, or too long a delay ─────┘        from `interpolateMs` on bridge it and go on
//
// Delay is the time from when the fastest packet would have arrived. Whoever plays asks for sound when
// what it had is used up, and reads at the speed of `ratio`, which keeps the delay at its target.
// Every packet is counted once: received = played + late + dropped + duplicates + skipped + overflow + held.

import { ArrivalTiming } from './arrival-timing.ts';
import { DriftCorrection } from './drift-correction.ts';
import { type BufferedItem, ItemQueue, type QueueItem } from './item-queue.ts';
import { PlayingPosition } from './playing-position.ts';
import { type BufferMode, MAX_TARGET_MS, TargetDelay } from './target-delay.ts';

/** Of silence, and of a gap: no longer bridged, the newest sound comes next. */
const OUTAGE_MS = 100;
/** However patient the thresholds are: what is held stays within `MAX_SPAN_MS`. */
const MAX_WAIT_MS = 500;
/** From the oldest to the newest that is held; beyond it the oldest one goes. */
const MAX_SPAN_MS = 1_000;
/** Opus can bridge no less, and longer steps would make the delay longer than needed. */
const STEP_MS = 2.5;
/** Above what waiting can lead to, the player was away, or does not read by `ratio`: the newest comes next. */
const EXCESS_MS = 30;
/** If packets never come at their pace, as in bursts, so much of them must do. */
const MAX_FILL_MS = 100;
/** No packet was fit for so long: what they are compared with is wrong, and all begins anew. */
const MAX_REFUSED_MS = 500;
/** Opus has none longer; more is damage. */
const MAX_ITEM_MS = 120;
/** 128 frames of the browser's sound output at 48 kHz. */
const DEFAULT_QUANTUM_MS = 2.7;
/** PRODUCT 2.6. */
const DEFAULT_THRESHOLDS: JitterThresholds = { interpolateMs: 100, dropMs: 200 };

export interface JitterThresholds {
  /** Sound that is so late, or has so much jitter, is not waited for. */
  readonly interpolateMs: number;
  /** A packet that is so late is dropped when it comes. */
  readonly dropMs: number;
}

interface JitterBufferOptions {
  /** Of the RTP timestamps. */
  readonly clockRate: number;
  readonly mode?: BufferMode;
  readonly thresholds?: JitterThresholds;
  /** By so much the moments of `pull` vary. */
  readonly quantumMs?: number;
}

interface BufferPacket<T> {
  /** Of the item: where PCM is cut in time, its tick's. */
  readonly timestamp: number;
  /** Of the whole item. */
  readonly durationTicks: number;
  /** Tells the parts of an item apart: a sequence number with its stream. */
  readonly part: number;
  readonly payload: T;
  /** By the clock of `pull`. */
  readonly arrivedAtMs: number;
}

/** Valid until the next call of `insert` or `pull`. */
export type Playout<T> =
  | {
      readonly kind: 'packet';
      readonly item: BufferedItem<T>;
      /** It continues what was played or bridged before; otherwise there is a jump to be smoothed. */
      readonly isContinuous: boolean;
    }
  | {
      readonly kind: 'conceal';
      readonly durationTicks: number;
      /** What comes after it, if that is at hand: the gap is bridged between the two. */
      readonly following: BufferedItem<T> | undefined;
    };

/** Where a packet ended up; `held` ones are played, skipped or pushed out later. */
type Fate = 'held' | 'duplicate' | 'late' | 'dropped' | 'overflow';

export class JitterBuffer<T> {
  /** Packets, but for the last three. */
  readonly counters = {
    received: 0,
    played: 0,
    /** Their turn was over. */
    late: 0,
    /** Later than `dropMs`, or of another time. */
    dropped: 0,
    duplicates: 0,
    /** Passed over for the newest sound. */
    skipped: 0,
    /** Pushed out by newer ones. */
    overflow: 0,
    /** Items that never had a turn, and were bridged. */
    concealed: 0,
    /** How much sound was inserted, by which the delay grew. */
    insertedMs: 0,
    resyncs: 0,
  };
  thresholds: JitterThresholds;
  readonly #clockRate: number;
  readonly #ticksPerMs: number;
  readonly #queue = new ItemQueue<T>();
  readonly #target: TargetDelay;
  readonly #correction = new DriftCorrection();
  #arrivals: ArrivalTiming;
  #isFilling = true;
  #fillingSinceMs: number | undefined;
  #position = new PlayingPosition();
  /** Of the newest packet. */
  #itemTicks = 0;
  /** Smoothed over a second. */
  #delayMs = 0;
  #pulledAtMs: number | undefined;
  #refusedSinceMs: number | undefined;

  constructor(options: JitterBufferOptions) {
    const { clockRate, mode = 'normal', quantumMs = DEFAULT_QUANTUM_MS } = options;
    this.thresholds = options.thresholds ?? DEFAULT_THRESHOLDS;
    this.#clockRate = clockRate;
    this.#ticksPerMs = clockRate / 1_000;
    this.#target = new TargetDelay({ mode, quantumMs });
    this.#arrivals = new ArrivalTiming(clockRate);
  }

  /** Packets. */
  get held(): number {
    return this.#queue.parts;
  }

  /** Of what is played now; 0 while nothing is. */
  get delayMs(): number {
    return this.#isFilling ? 0 : this.#delayMs;
  }

  get targetMs(): number {
    return this.#target.ms;
  }

  get jitterMs(): number {
    return this.#arrivals.jitter.ms;
  }

  /** How many samples to take for each one played: 1 ± 0.005. */
  get ratio(): number {
    return this.#correction.ratio;
  }

  insert(packet: BufferPacket<T>): Fate {
    this.counters.received++;
    const { timestamp, durationTicks, part, arrivedAtMs } = packet;
    const position = this.#arrivals.locate(timestamp);
    if (!(durationTicks >= 1 && durationTicks <= MAX_ITEM_MS * this.#ticksPerMs)) {
      return this.#refuse(arrivedAtMs);
    }
    if (this.#hasCome(position, part)) {
      this.counters.duplicates++;
      return 'duplicate';
    }
    const delayMs = this.#arrivals.time({ position, durationTicks, arrivedAtMs });
    if (delayMs === undefined) return this.#refuse(arrivedAtMs);
    // What was held up by an outage says nothing of the time after it.
    if (delayMs < OUTAGE_MS && !this.#isFilling) this.#target.observe(delayMs, arrivedAtMs);
    if (delayMs >= this.thresholds.dropMs) return this.#refuse(arrivedAtMs);
    this.#refusedSinceMs = undefined;
    if (this.#position.isOver(position)) return this.#countLate(arrivedAtMs);
    this.#itemTicks = durationTicks;
    return this.#hold(packet, position);
  }

  /**
   * What to play for the sound that is needed now. Undefined: nothing for the moment; silence of any
   * length will do until the next call.
   */
  pull(nowMs: number): Playout<T> | undefined {
    this.#queue.releasePayloads();
    this.#target.update(nowMs, this.#itemTicks / this.#ticksPerMs);
    const elapsedMs = nowMs - (this.#pulledAtMs ?? nowMs);
    this.#pulledAtMs = nowMs;
    if (this.#isFilling) return this.#start(nowMs);
    const delayMs = this.#arrivals.delayAt(this.#position.next, nowMs);
    this.#delayMs += (delayMs - this.#delayMs) * Math.min(1, elapsedMs / 1_000);
    const errorMs = this.#delayMs - this.#target.ms;
    this.#correction.update({ errorMs, elapsedMs, isUrgent: this.#delayMs > MAX_TARGET_MS });
    if (delayMs > Math.max(MAX_TARGET_MS, this.#waitMs) + EXCESS_MS) return this.#resync(nowMs);
    return this.#playNext(nowMs);
  }

  get #waitMs(): number {
    return Math.min(this.thresholds.interpolateMs, MAX_WAIT_MS);
  }

  #playNext(nowMs: number): Playout<T> | undefined {
    this.#dropOverlapped();
    const head = this.#queue.at(0);
    if (!head) return this.#bridgeUnderrun(nowMs);
    if (!this.#position.isNext(head.position)) return this.#bridgeGap(head, nowMs);
    if (this.#target.ms - this.#delayMs < STEP_MS) return this.#play(head, nowMs);
    return this.#insertSound(head);
  }

  /** Only a damaged packet stands in the middle of another one. */
  #dropOverlapped(): void {
    for (let head = this.#queue.at(0); head; head = this.#queue.at(0)) {
      if (!this.#position.isOver(head.position)) return;
      this.counters.late += this.#shiftParts();
    }
  }

  get #stepTicks(): number {
    return Math.round(STEP_MS * this.#ticksPerMs);
  }

  #start(nowMs: number): Playout<T> | undefined {
    const sinceMs = this.#fillingSinceMs;
    if (sinceMs === undefined) return undefined;
    if (!this.#arrivals.isSteady && nowMs - sinceMs < MAX_FILL_MS) return undefined;
    this.#arrivals.acceptShift(nowMs);
    while (this.#isDue(1, nowMs)) this.counters.skipped += this.#shiftParts();
    const head = this.#queue.at(0);
    if (!head || !this.#isDue(0, nowMs)) return undefined;
    this.#isFilling = false;
    this.#delayMs = this.#arrivals.delayAt(head.position, nowMs);
    return this.#play(head, nowMs, head.position === this.#position.next);
  }

  #isDue(index: number, nowMs: number): boolean {
    const item = this.#queue.at(index);
    return item !== undefined && this.#arrivals.delayAt(item.position, nowMs) >= this.#target.ms;
  }

  #play(head: QueueItem<T>, nowMs: number, isContinuous = true): Playout<T> {
    const { waited } = this.#position;
    if (waited > 0) {
      this.#target.noteLate(nowMs);
      this.counters.insertedMs += waited / this.#ticksPerMs;
    }
    this.counters.played += this.#shiftParts();
    this.#position.play(head);
    return { kind: 'packet', item: head, isContinuous };
  }

  /** What is next did not come, but a later one did. */
  #bridgeGap(head: QueueItem<T>, nowMs: number): Playout<T> | undefined {
    const position = this.#position;
    if (head.position - position.next > OUTAGE_MS * this.#ticksPerMs) return this.#resync(nowMs);
    while (!position.isNext(head.position)) {
      const ticks = this.#giveUpNext(head.position - position.next);
      if (ticks > 0) {
        return this.#conceal(ticks, position.isNext(head.position) ? head : undefined);
      }
    }
    return this.#play(head, nowMs);
  }

  /** Nothing is there. */
  #bridgeUnderrun(nowMs: number): Playout<T> | undefined {
    const outageMs = Math.max(OUTAGE_MS, this.#waitMs);
    if (this.#position.silent >= outageMs * this.#ticksPerMs) return this.#resync(nowMs);
    while (!this.#mayWait(nowMs)) {
      const ticks = this.#giveUpNext(this.#itemTicks);
      if (ticks > 0) return this.#conceal(ticks, undefined);
    }
    const stepTicks = this.#stepTicks;
    this.#position.waited += stepTicks;
    this.#delayMs += stepTicks / this.#ticksPerMs;
    return this.#conceal(stepTicks, undefined);
  }

  #mayWait(nowMs: number): boolean {
    const delayMs = this.#arrivals.delayAt(this.#position.next, nowMs);
    return delayMs < this.#waitMs && this.jitterMs < this.thresholds.interpolateMs;
  }

  /** Says how much of it is to be bridged yet. */
  #giveUpNext(gapTicks: number): number {
    const isLast = gapTicks < this.#itemTicks * 1.5;
    const missingTicks = isLast ? gapTicks : this.#itemTicks;
    const bridgedTicks = this.#position.giveUp(missingTicks);
    this.#delayMs -= bridgedTicks / this.#ticksPerMs;
    this.counters.concealed++;
    return missingTicks - bridgedTicks;
  }

  #conceal(durationTicks: number, following: QueueItem<T> | undefined): Playout<T> {
    this.#position.silent += durationTicks;
    return { kind: 'conceal', durationTicks, following };
  }

  /** The delay is to grow at once. */
  #insertSound(head: QueueItem<T>): Playout<T> {
    const stepTicks = this.#stepTicks;
    const stepMs = stepTicks / this.#ticksPerMs;
    this.#delayMs += stepMs;
    this.counters.insertedMs += stepMs;
    return this.#conceal(stepTicks, head);
  }

  #resync(nowMs: number): Playout<T> | undefined {
    this.counters.resyncs++;
    this.counters.concealed += Math.round(this.#position.waited / this.#itemTicks);
    this.#position.stop();
    this.#isFilling = true;
    if (this.#queue.length > 0) {
      // There is nothing to wait for.
      this.#fillingSinceMs = Number.NEGATIVE_INFINITY;
      return this.#start(nowMs);
    }
    this.#fillingSinceMs = undefined;
    this.#arrivals.watchPace();
    return undefined;
  }

  #hasCome(position: number, part: number): boolean {
    if (this.#queue.findHeld(position)?.hasPart(part)) return true;
    return this.#queue.hasPassed(position, part);
  }

  #countLate(nowMs: number): Fate {
    this.counters.late++;
    if (!this.#isFilling) this.#target.noteLate(nowMs);
    return 'late';
  }

  #hold(
    { timestamp, durationTicks, part, payload, arrivedAtMs }: BufferPacket<T>,
    position: number,
  ): Fate {
    this.#fillingSinceMs ??= arrivedAtMs;
    while (this.#isOverfull(position)) this.counters.overflow += this.#shiftParts();
    const queue = this.#queue;
    const item = queue.findHeld(position) ?? queue.insert({ timestamp, durationTicks, position });
    if (queue.addPart(item, part, payload)) return 'held';
    this.counters.overflow++;
    return 'overflow';
  }

  #isOverfull(position: number): boolean {
    const first = this.#queue.at(0);
    if (!first) return false;
    return this.#queue.isFull || position - first.position > MAX_SPAN_MS * this.#ticksPerMs;
  }

  #shiftParts(): number {
    return this.#queue.shift()?.parts.length ?? 0;
  }

  /** Not fit to be compared with what came before. If nothing else comes, it is that which was wrong. */
  #refuse(arrivedAtMs: number): Fate {
    this.counters.dropped++;
    this.#refusedSinceMs ??= arrivedAtMs;
    if (arrivedAtMs - this.#refusedSinceMs >= MAX_REFUSED_MS) this.#restart();
    return 'dropped';
  }

  #restart(): void {
    while (this.#queue.length > 0) this.counters.skipped += this.#shiftParts();
    this.#queue.forgetPassed();
    this.#arrivals = new ArrivalTiming(this.#clockRate);
    this.#position = new PlayingPosition();
    this.counters.resyncs++;
    this.#isFilling = true;
    this.#fillingSinceMs = undefined;
    this.#refusedSinceMs = undefined;
  }
}
