// A listener as the engine has it: its RTP streams, its counters, and the rendition that it is in.
//
// It moves from one rendition to another where the ticks of both begin, and when the new one has had a
// tick to warm up. So RTP time has neither a gap nor an overlap:
//
//   5 ms    ├────┼────┼────┼────┼────┤ leaves at 40 ms
//   20 ms                       (├── warms up ──┤)├── first packet ──┤
//                              20              40                   60

import type { ListenerCounters, ListenerPlan, RtpStreamPlan } from '../../ports/sound-engine.ts';
import { RtpStream, type StreamOwner } from './rtp-stream.ts';
import type { RunningRendition } from './running-rendition.ts';
import type { SoundOutput } from './sound-output.ts';
import { Stay } from './stay.ts';

interface ActiveListenerOptions {
  readonly output: SoundOutput;
  /** 32 random bits. */
  readonly randomWord: () => number;
}

interface Place {
  readonly rendition: RunningRendition;
  /** There is sound already: it moves at a tick, not at once. */
  readonly isLive: boolean;
}

export class ActiveListener implements StreamOwner {
  readonly id: string;
  address = '';
  stateVersion = 0;
  isEventPending = false;
  announcedVersion: number | undefined;
  packets = 0;
  bytes = 0;
  sendErrors = 0;
  readonly #options: ActiveListenerOptions;
  /** RTP time at the engine's start, by clock rate. */
  readonly #timestampOffsets = new Map<number, number>();
  /** The one that it is in, and the one that it goes to. */
  #stays: readonly Stay[] = [];

  constructor(id: string, options: ActiveListenerOptions) {
    this.id = id;
    this.#options = options;
  }

  get counters(): ListenerCounters {
    const { id, packets, bytes, sendErrors } = this;
    return { id, packets, bytes, sendErrors };
  }

  follow(plan: ListenerPlan, { rendition, isLive }: Place): void {
    this.address = plan.address;
    this.stateVersion = plan.stateVersion;
    this.isEventPending = plan.isEventPending;
    const streams = plan.rtpStreams.map((wanted) => ({
      stream: this.#streamFor(wanted, rendition.clockRate),
      channels: wanted.channels,
    }));
    const isBundle = plan.layout === 'bundle' && plan.rendition.codec === 'opus';
    this.#stays = this.#stays.filter(({ isOver }) => !isOver);
    const [, next] = this.#stays;
    if (next && next.rendition !== rendition) this.#drop(next);
    const last = this.#stays.at(-1);
    let fromMs = Number.NEGATIVE_INFINITY;
    if (last?.rendition === rendition) {
      fromMs = last.fromMs;
      this.#drop(last);
    } else if (last && isLive) {
      fromMs = meetingOf(last.rendition, rendition);
      last.untilMs = fromMs;
    } else if (last) this.#drop(last);
    this.#enter(new Stay(rendition, { streams, isBundle, fromMs }));
  }

  /** Gets nothing any more. */
  leave(): void {
    for (const stay of this.#stays) this.#drop(stay);
  }

  #enter(stay: Stay): void {
    stay.rendition.add(stay);
    this.#stays = [...this.#stays, stay];
  }

  #drop(stay: Stay): void {
    stay.rendition.delete(stay);
    this.#stays = this.#stays.filter((other) => other !== stay);
  }

  /** One that it has already goes on with its numbers. */
  #streamFor(wanted: RtpStreamPlan, clockRate: number): RtpStream {
    const known = this.#stays
      .flatMap(({ streams }) => streams)
      .find(({ stream }) => stream.isSame(wanted, clockRate))?.stream;
    if (!known) return this.#openStream(wanted, clockRate);
    known.port = wanted.port;
    return known;
  }

  #openStream(wanted: RtpStreamPlan, clockRate: number): RtpStream {
    const { output, randomWord } = this.#options;
    const timestampOffset = this.#timestampOffsets.get(clockRate) ?? randomWord();
    this.#timestampOffsets.set(clockRate, timestampOffset);
    const numbers = { clockRate, timestampOffset, sequence: randomWord() };
    return new RtpStream(wanted, { owner: this, output, ...numbers });
  }
}

/** Where a listener can go from one rendition to the other, on the engine's time. */
function meetingOf(from: RunningRendition, to: RunningRendition): number {
  const gridMs = Math.max(from.rendition.packetMs, to.rendition.packetMs);
  const warmMs = to.nextStartMs + to.rendition.packetMs;
  return Math.ceil(Math.max(warmMs, from.nextStartMs) / gridMs) * gridMs;
}
