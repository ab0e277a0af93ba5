// The packets of a camera's tracks on their way into the stream: in order, dated, reported on.

import type { TrackSink } from '#core/ports/source.ts';
import { CaptureClocks } from '#media/rtp/capture-clock.ts';
import { RtpReceiver } from '#media/rtp/receiver.ts';
import type { DescribedFormat } from '#media/sdp/described-format.ts';

interface MediaOptions {
  readonly formats: readonly DescribedFormat[];
  readonly sinks: readonly TrackSink[];
  /** Over UDP packets come in any order. */
  readonly reorder: boolean;
  readonly localSsrc: number;
}

interface MediaTrack {
  readonly receiver: RtpReceiver;
  readonly emit: (packet: Uint8Array, capturedAtMs: number) => void;
}

export class CameraMedia {
  readonly #tracks: readonly MediaTrack[];

  constructor({ formats, sinks, reorder, localSsrc }: MediaOptions) {
    const clocks = new CaptureClocks();
    this.#tracks = formats.map(({ clockRate }, index) => {
      const sink = sinks[index];
      const captureClock = clocks.add(clockRate);
      return {
        receiver: new RtpReceiver({ clockRate, reorder, localSsrc, captureClock }),
        emit: (packet, capturedAtMs) => sink?.write(packet, capturedAtMs),
      };
    });
  }

  take(track: number, packet: Uint8Array, nowMs: number): void {
    const taker = this.#tracks[track];
    taker?.receiver.take(packet, nowMs, taker.emit);
  }

  takeReport(track: number, packet: Uint8Array, nowMs: number): void {
    this.#tracks[track]?.receiver.takeRtcp(packet, nowMs);
  }

  /** When packets that wait for others have waited enough; undefined if none wait. */
  get dueAtMs(): number | undefined {
    let due: number | undefined;
    for (const { receiver } of this.#tracks) {
      const { dueAtMs } = receiver;
      if (dueAtMs !== undefined && (due === undefined || dueAtMs < due)) due = dueAtMs;
    }
    return due;
  }

  poll(nowMs: number): void {
    for (const { receiver, emit } of this.#tracks) receiver.poll(nowMs, emit);
  }

  forEachReport(nowMs: number, send: (track: number, packet: Uint8Array) => void): void {
    for (const [index, { receiver }] of this.#tracks.entries()) {
      const packet = receiver.formatReport(nowMs);
      if (packet) send(index, packet);
    }
  }

  /** Packets missing, over all tracks. */
  get lost(): number {
    return this.#tracks.reduce((sum, { receiver }) => sum + receiver.counters.lost, 0);
  }
}
