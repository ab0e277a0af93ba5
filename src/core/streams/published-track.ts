// One track that a WebRTC publisher sends: puts its packets in order, asks for those that are missing,
// and hands them on as they are.

import type { TrackSink } from '#core/ports/source.ts';
import { formatNack, formatPli } from '#media/rtcp/feedback.ts';
import type { CaptureClock } from '#media/rtp/capture-clock.ts';
import { readSequence } from '#media/rtp/header.ts';
import { MissingPackets, REPAIR_WITHIN_MS } from '#media/rtp/missing-packets.ts';
import { RtpReceiver } from '#media/rtp/receiver.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import { KeyFrameWish } from './key-frame-wish.ts';
import type { TrackFormat } from './track-format.ts';

/** Without NACK what is missing never comes; three packets of sound are waited for, and that is all. */
const OVERTAKEN_WITHIN_MS = 60;

interface PublishedTrackOptions {
  readonly codec: OfferedCodec;
  readonly localSsrc: number;
  readonly captureClock: CaptureClock;
}

export class PublishedTrack {
  readonly format: TrackFormat;
  readonly payloadType: number;
  readonly receiver: RtpReceiver;
  readonly missing = new MissingPackets();
  readonly #localSsrc: number;
  readonly #repairs: boolean;
  /** Undefined for sound. */
  readonly #keyFrames: KeyFrameWish | undefined;
  readonly #emit = (packet: Uint8Array, capturedAtMs: number): void => {
    this.#written = true;
    this.#keyFrames?.see(packet, capturedAtMs);
    this.sink?.write(packet, capturedAtMs);
  };
  #written = false;
  #abandoned = 0;
  /** Undefined until the publisher is connected. */
  sink: TrackSink | undefined;

  constructor({ codec, localSsrc, captureClock }: PublishedTrackOptions) {
    this.format = formatOf(codec);
    this.payloadType = codec.payloadType;
    if (this.format.kind === 'video') this.#keyFrames = new KeyFrameWish(this.format.codec);
    this.#localSsrc = localSsrc;
    this.#repairs = codec.feedback.includes('nack');
    this.receiver = new RtpReceiver({
      clockRate: codec.clockRate,
      reorder: true,
      localSsrc,
      captureClock,
      maxWaitMs: this.#repairs ? REPAIR_WITHIN_MS : OVERTAKEN_WITHIN_MS,
    });
  }

  /** Undefined until the first packet. */
  get ssrc(): number | undefined {
    return this.receiver.ssrc;
  }

  /** The packet has a whole header. */
  take(packet: Uint8Array, nowMs: number): void {
    const { ssrc } = this.receiver;
    this.receiver.take(packet, nowMs, this.#emit);
    if (!this.#repairs) return;
    if (ssrc !== this.receiver.ssrc) this.missing.restart();
    this.missing.take(readSequence(packet), nowMs);
  }

  poll(nowMs: number): void {
    this.receiver.poll(nowMs, this.#emit);
  }

  /** Whether something was handed on since the last call. */
  takeWritten(): boolean {
    const written = this.#written;
    this.#written = false;
    return written;
  }

  requestKeyFrame(): void {
    this.#keyFrames?.wish();
  }

  /** Says what is missing, and that a key frame is wanted, when it is time to. */
  sendFeedback(nowMs: number, send: (packet: Uint8Array) => void): void {
    const { ssrc } = this;
    if (ssrc === undefined) return;
    const due = this.missing.due(nowMs);
    if (due.length > 0) send(formatNack(this.#localSsrc, ssrc, due));
    if (this.missing.abandoned > this.#abandoned) this.requestKeyFrame();
    this.#abandoned = this.missing.abandoned;
    if (this.#keyFrames?.takeDue(nowMs)) send(formatPli(this.#localSsrc, ssrc));
  }
}

function formatOf({ name, clockRate, channels }: OfferedCodec): TrackFormat {
  const codec = name.toUpperCase();
  if (codec === 'H264' || codec === 'H265') {
    // They come before every key frame.
    return { kind: 'video', codec, clockRate: 90_000, parameterSets: [] };
  }
  if (codec === 'PCMU' || codec === 'PCMA') return { kind: 'audio', codec, clockRate, channels };
  return { kind: 'audio', codec: 'opus', clockRate, channels };
}
