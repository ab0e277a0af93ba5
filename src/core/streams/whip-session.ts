// One publisher by WebRTC: hands its packets on, reports about them, knows when it has vanished.

import type { Peer, PeerEvents, PeerState } from '#core/ports/peer-transport.ts';
import { formatEstimate } from '#media/rtcp/feedback.ts';
import { RTP_HEADER_BYTES, readPayloadType } from '#media/rtp/header.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { Liveness } from './liveness.ts';
import type { PublishedTrack } from './published-track.ts';
import type { Publication, Publisher } from './publishing.ts';

/** An encoder never stops for so long, not even for silence or a covered lens. */
const SILENT_AFTER_MS = 10_000;
/** A page that is loaded again does not say goodbye; its next self need not wait for the end of its last. */
const YIELDS_AFTER_MS = 3_000;
/** Finer than a frame lasts, so that what is missing is asked for before the next one comes. */
const POLL_MS = 20;
/**
 * What a browser may send: good 1080p at 30 frames. It starts with 300 kb/s and without this
 * estimate climbs by 8 % a second; with it, it sends what its camera needs from the first second.
 */
const MAX_PUBLISHED_BPS = 8_000_000;

interface WhipSessionOptions {
  readonly id: string;
  readonly key: string;
  readonly streamId: string;
  readonly tracks: readonly PublishedTrack[];
  /** What is offered besides and not taken, in words. */
  readonly ignored: readonly string[];
  /** Whom our reports come from. */
  readonly localSsrc: number;
  readonly clock: Clock;
  readonly onState: (session: WhipSession) => void;
  /** The stream sends it away. */
  readonly onEnd: (session: WhipSession, reason: string) => void;
}

export class WhipSession implements PeerEvents, Publisher {
  readonly protocol = 'whip';
  readonly id: string;
  /** Who has it may end the session: it is neither logged nor shown. */
  readonly key: string;
  readonly streamId: string;
  readonly #options: WhipSessionOptions;
  readonly #tracks: readonly PublishedTrack[];
  readonly #liveness: Liveness;
  readonly #send = (packet: Uint8Array): void => this.#peer?.sendRtcp(packet);
  #peer: Peer | undefined;
  #publication: Publication | undefined;
  #poll: Timer | undefined;
  #estimated = false;
  #heardAtMs: number;
  /** Packets of a payload type that was not agreed on, or without a whole header. */
  unexpected = 0;
  /** Why it was sent away, if it was. */
  ended: string | undefined;

  constructor(options: WhipSessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.key = options.key;
    this.streamId = options.streamId;
    this.#tracks = options.tracks;
    this.#heardAtMs = options.clock.nowMs();
    this.#liveness = new Liveness(this.#heardAtMs, SILENT_AFTER_MS);
  }

  get state(): PeerState {
    return this.#liveness.state;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  get remote(): string {
    return this.#peer?.path()?.remote ?? 'an unknown address';
  }

  /** Joins it with its place and its peer. From now on the session owns both. */
  seat(publication: Publication, peer: Peer): void {
    this.#publication = publication;
    this.#peer = peer;
    if (this.state === 'connected') this.#begin();
  }

  onState(state: PeerState): void {
    const nowMs = this.#options.clock.nowMs();
    if (!this.#liveness.enter(state, nowMs)) return;
    if (state === 'connected') {
      this.#hear(nowMs);
      this.#begin();
    }
    this.#options.onState(this);
  }

  onRtp(packet: Uint8Array): void {
    const nowMs = this.#options.clock.nowMs();
    const track = this.#trackOf(packet);
    if (!track) {
      this.unexpected++;
      return;
    }
    this.#hear(nowMs);
    track.take(packet, nowMs);
    if (track.takeWritten()) this.#publication?.flush();
    if (!this.#estimated) this.#sendEstimate();
    track.sendFeedback(nowMs, this.#send);
  }

  onRtcp(packet: Uint8Array): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { receiver } of this.#tracks) receiver.takeRtcp(packet, nowMs);
  }

  requestKeyFrame(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const track of this.#tracks) {
      track.requestKeyFrame();
      track.sendFeedback(nowMs, this.#send);
    }
  }

  end(reason: string): void {
    this.ended = reason;
    this.#options.onEnd(this, reason);
  }

  /** Whether its place may be given to somebody who comes: it never connected, or fell silent. */
  yieldsPlace(nowMs: number): boolean {
    if (this.state === 'connecting') return this.#liveness.yieldsPlace(nowMs);
    return nowMs - this.#heardAtMs >= YIELDS_AFTER_MS;
  }

  /** Called once a second. Says why this publisher is to be sent away, if it is. */
  tick(nowMs: number): string | undefined {
    if (this.state === 'connected') {
      for (const { receiver } of this.#tracks) {
        const report = receiver.formatReport(nowMs);
        if (report) this.#peer?.sendRtcp(report);
      }
      this.#sendEstimate();
    }
    return this.#liveness.look(nowMs);
  }

  /** Idempotent. */
  close(reason: string): void {
    this.#poll?.cancel();
    this.#peer?.close();
    this.#liveness.enter('closed', this.#options.clock.nowMs());
    this.#publication?.close(reason);
  }

  #hear(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#liveness.heard(nowMs);
  }

  #trackOf(packet: Uint8Array): PublishedTrack | undefined {
    if (packet.length < RTP_HEADER_BYTES) return undefined;
    const payloadType = readPayloadType(packet);
    for (const track of this.#tracks) if (track.payloadType === payloadType) return track;
    return undefined;
  }

  #begin(): void {
    const publication = this.#publication;
    if (!publication || this.#poll) return;
    this.#poll = this.#options.clock.every(POLL_MS, () => this.#pollTracks());
    const formats = this.#tracks.map(({ format }) => format);
    const sinks = publication.ready({ formats, ignored: this.#options.ignored });
    for (const [at, track] of this.#tracks.entries()) track.sink = sinks[at];
  }

  /** What waits may have waited long enough, and what is missing may be due. */
  #pollTracks(): void {
    const nowMs = this.#options.clock.nowMs();
    let written = false;
    for (const track of this.#tracks) {
      track.poll(nowMs);
      track.sendFeedback(nowMs, this.#send);
      written = track.takeWritten() || written;
    }
    if (written) this.#publication?.flush();
  }

  #sendEstimate(): void {
    const ssrcs = this.#tracks.map(({ ssrc }) => ssrc).filter((ssrc) => ssrc !== undefined);
    if (ssrcs.length === 0) return;
    this.#estimated = true;
    this.#peer?.sendRtcp(formatEstimate(this.#options.localSsrc, MAX_PUBLISHED_BPS, ssrcs));
  }
}
