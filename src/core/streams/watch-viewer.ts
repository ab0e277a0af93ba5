// A viewer by something other than WebRTC: its transport is elsewhere, and so is knowing whether it is there.

import type { ViewerView } from '#contract/streams.ts';
import type { Outlet } from '#core/ports/outlet.ts';
import type { Clock } from '#std/clock.ts';
import type { Choice } from './choice.ts';
import type { Pacer } from './pacer.ts';
import { Seat } from './seat.ts';
import { Subscriber } from './subscriber.ts';
import type { Track } from './track.ts';
import type { Viewer } from './viewer.ts';
import type { Watch, WatchedTrack, WatchRequest } from './watching.ts';

const PAYLOAD_TYPES = { video: 96, audio: 97 } as const;

interface WatchViewerOptions {
  readonly id: string;
  readonly key: string;
  readonly request: WatchRequest;
  readonly choice: Choice;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly randomWord: () => number;
  /** It is gone by its own will. */
  readonly onClosed: (viewer: WatchViewer) => void;
}

interface WatchedSeat {
  readonly seat: Seat;
  readonly valve: Valve;
}

export class WatchViewer implements Viewer, Watch {
  readonly malformed = 0;
  readonly sendFailures = 0;
  readonly #options: WatchViewerOptions;
  readonly #joinedWallMs: number;
  readonly #seats: readonly WatchedSeat[];
  #started = false;
  #closed = false;

  constructor(options: WatchViewerOptions) {
    this.#options = options;
    this.#joinedWallMs = options.clock.wallMs();
    const { video, audio } = options.choice;
    this.#seats = [video, audio]
      .filter((track) => track !== undefined)
      .map((track) => this.#seat(track));
  }

  get id(): string {
    return this.#options.id;
  }

  get key(): string {
    return this.#options.key;
  }

  get streamId(): string {
    return this.#options.request.streamId;
  }

  get subscribers(): readonly Subscriber[] {
    return this.#seats.map(({ seat }) => seat.subscriber);
  }

  get tracks(): readonly WatchedTrack[] {
    return this.subscribers.map(({ track, lane, sequence }) => ({
      track,
      payloadType: lane.payloadType,
      ssrc: lane.ssrc,
      sequence,
    }));
  }

  start(outlets: readonly (Outlet | undefined)[]): void {
    if (this.#closed) return;
    this.#started = true;
    for (const [index, { seat, valve }] of this.#seats.entries()) {
      const outlet = outlets[index];
      valve.outlet = outlet;
      if (outlet) seat.subscriber.start();
    }
    this.#sendReports();
  }

  pause(): void {
    this.#started = false;
    for (const { subscriber } of this.#seats.map(({ seat }) => seat)) subscriber.stop();
  }

  /** Its transport knows when it is gone. */
  yieldsPlace(): boolean {
    return false;
  }

  tick(): string | undefined {
    if (this.#started) this.#sendReports();
    return undefined;
  }

  /** By the viewer's own will, without a reason; or by ours, with one that it is told. */
  close(reason?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pause();
    for (const demand of this.#options.choice.demands) demand.release();
    if (reason === undefined) this.#options.onClosed(this);
    else this.#options.request.onEnd(reason);
  }

  view(): ViewerView {
    const { request, choice } = this.#options;
    return {
      id: this.id,
      stream: this.streamId,
      protocol: request.protocol,
      profile: choice.profile,
      choice: choice.words,
      quality: request.profile ?? 'auto',
      state: this.#started ? 'connected' : 'connecting',
      since: new Date(this.#joinedWallMs).toISOString(),
      remote: request.remote,
      path: null,
      rttMs: null,
      estimateKbps: null,
      userAgent: request.userAgent ?? null,
      tracks: this.#seats.map(({ seat }) => seat.view()),
    };
  }

  #seat(track: Track): WatchedSeat {
    const { pacer, randomWord } = this.#options;
    const valve = new Valve();
    const ssrc = randomWord();
    const lane = { ssrc, payloadType: PAYLOAD_TYPES[track.format.kind], rtx: undefined };
    const subscriber = new Subscriber(track, { outlet: valve, pacer, lane, randomWord });
    return { seat: new Seat(subscriber), valve };
  }

  #sendReports(): void {
    const { clock } = this.#options;
    const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
    for (const { seat, valve } of this.#seats) {
      if (valve.outlet && seat.hasClock) valve.addReport(seat.formatReport(moment, this.id));
    }
  }
}

/** Where packets go is known only when the viewer starts. */
class Valve implements Outlet {
  outlet: Outlet | undefined;

  add(packet: Uint8Array, first: number, timestamp: number, ssrc: number): void {
    this.outlet?.add(packet, first, timestamp, ssrc);
  }

  addReport(packet: Uint8Array): void {
    this.outlet?.addReport(packet);
  }

  flush(): void {
    this.outlet?.flush();
  }
}
