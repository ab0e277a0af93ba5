// A reader's packets over its own RTSP connection, and what happens when it doesn't take them.
//
//   flowing ──more than 2 MiB wait──▶ choked ──all taken──▶ flowing, from the newest key frame
//                                       └──10 s without an end──▶ the connection is closed

import type { Socket } from 'node:net';
import type { Outlet } from '#core/ports/outlet.ts';
import type { Clock } from '#std/clock.ts';
import type { FrameBuffer } from './frame-buffer.ts';
import type { RtspCounters } from './options.ts';

/** Above the largest key frame of a 4K camera, and 4 s of 4 Mb/s. */
const MAX_WAITING_BYTES = 2 * 1024 * 1024;
/** Who takes nothing for so long is not there. */
const MAX_CHOKED_MS = 10_000;

interface TcpPathOptions {
  readonly socket: Socket;
  readonly frames: FrameBuffer;
  readonly counters: RtspCounters;
  readonly clock: Clock;
  /** All that waited has been taken, and packets were dropped since: start from a key frame. */
  readonly onFreed: () => void;
}

export class TcpPath {
  readonly #options: TcpPathOptions;
  #chokedAtMs: number | undefined;

  constructor(options: TcpPathOptions) {
    this.#options = options;
    options.socket.on('drain', () => this.#free());
  }

  /** The outlet of one track; reports go on the channel behind it. */
  createOutlet([rtp, rtcp]: readonly [rtp: number, rtcp: number]): Outlet {
    const { socket, frames } = this.#options;
    return {
      add: (packet, first, timestamp, ssrc) => {
        const at = this.#chokedAtMs === undefined ? frames.add(socket, rtp, packet) : -1;
        if (at >= 0) frames.writeHeader(at, first, timestamp, ssrc);
        else this.#options.counters.dropped++;
      },
      addReport: (packet) => {
        if (this.#chokedAtMs !== undefined) return;
        frames.add(socket, rtcp, packet);
        frames.flush();
      },
      flush: () => this.#flush(),
    };
  }

  isTooSlow(nowMs: number): boolean {
    return this.#chokedAtMs !== undefined && nowMs - this.#chokedAtMs >= MAX_CHOKED_MS;
  }

  #flush(): void {
    const { socket, frames, clock } = this.#options;
    frames.flush();
    if (socket.writableLength > MAX_WAITING_BYTES) this.#chokedAtMs ??= clock.nowMs();
  }

  #free(): void {
    if (this.#chokedAtMs === undefined) return;
    this.#chokedAtMs = undefined;
    this.#options.onFreed();
  }
}
