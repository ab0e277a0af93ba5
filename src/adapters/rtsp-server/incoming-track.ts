// One track of a publisher: packets in, receiver reports and requests for key frames out.

import type { TrackSink } from '#core/ports/source.ts';
import type { TrackFormat } from '#core/streams/track-format.ts';
import { formatPli } from '#media/rtcp/feedback.ts';
import type { CaptureClock } from '#media/rtp/capture-clock.ts';
import { RtpReceiver } from '#media/rtp/receiver.ts';
import type { Clock, Timer } from '#std/clock.ts';

interface IncomingTrackOptions {
  readonly format: TrackFormat;
  readonly captureClock: CaptureClock;
  readonly clock: Clock;
  /** Undefined before RECORD: what comes then is dropped. */
  readonly sink: () => TrackSink | undefined;
  /** Passes on what was written outside of a read. */
  readonly flush: () => void;
}

interface IncomingPath {
  readonly onRtp: (packet: Uint8Array, nowMs: number) => void;
  readonly onRtcp: (packet: Uint8Array, nowMs: number) => void;
}

type SendRtcp = (packet: Uint8Array) => void;

/** Our SSRC in reports to publishers; there is one receiver in each session. */
const LOCAL_SSRC = 0x79_65_6f_75;
/** An encoder that follows each request would send nothing but key frames. */
const MIN_REQUEST_GAP_MS = 1_000;

export class IncomingTrack {
  readonly #options: IncomingTrackOptions;
  readonly #emit = (packet: Uint8Array, capturedAtMs: number): void => {
    this.#options.sink()?.write(packet, capturedAtMs);
  };
  #receiver: RtpReceiver | undefined;
  #sendRtcp: SendRtcp | undefined;
  #timer: Timer | undefined;
  #requestedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: IncomingTrackOptions) {
    this.#options = options;
  }

  get isSetUp(): boolean {
    return this.#receiver !== undefined;
  }

  openTcp(sendRtcp: SendRtcp): IncomingPath {
    return this.#open(sendRtcp, false);
  }

  openUdp(sendRtcp: SendRtcp): IncomingPath {
    return this.#open(sendRtcp, true);
  }

  sendReport(): void {
    const report = this.#receiver?.formatReport(this.#options.clock.nowMs());
    if (report) this.#sendRtcp?.(report);
  }

  requestKeyFrame(): void {
    const { format, clock } = this.#options;
    const ssrc = this.#receiver?.ssrc;
    const nowMs = clock.nowMs();
    const isTooSoon = nowMs - this.#requestedAtMs < MIN_REQUEST_GAP_MS;
    if (format.kind === 'audio' || ssrc === undefined || isTooSoon) return;
    this.#requestedAtMs = nowMs;
    this.#sendRtcp?.(formatPli(LOCAL_SSRC, ssrc));
  }

  close(): void {
    this.#timer?.cancel();
    this.#sendRtcp = undefined;
  }

  #open(sendRtcp: SendRtcp, reorder: boolean): IncomingPath {
    const { format, captureClock } = this.#options;
    const { clockRate } = format;
    const receiver = new RtpReceiver({ clockRate, reorder, localSsrc: LOCAL_SSRC, captureClock });
    this.#receiver = receiver;
    this.#sendRtcp = sendRtcp;
    return {
      onRtp: (packet, nowMs) => {
        receiver.take(packet, nowMs, this.#emit);
        if (reorder) this.#wake(receiver, nowMs);
      },
      onRtcp: (packet, nowMs) => receiver.takeRtcp(packet, nowMs),
    };
  }

  /** By UDP a packet may wait for a missing one: not longer than the receiver wants. */
  #wake(receiver: RtpReceiver, nowMs: number): void {
    const { dueAtMs } = receiver;
    if (dueAtMs === undefined || this.#timer) return;
    this.#timer = this.#options.clock.after(Math.max(1, Math.ceil(dueAtMs - nowMs)), () => {
      this.#timer = undefined;
      const laterMs = this.#options.clock.nowMs();
      receiver.poll(laterMs, this.#emit);
      this.#options.flush();
      this.#wake(receiver, laterMs);
    });
  }
}
