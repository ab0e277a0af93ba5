// Which way the medium takes to a viewer: WebRTC, and where that does not get through, MP4 over the
// WebSocket. WebRTC itself finds out whether it goes by UDP or TCP.
//
//            no medium in time, no codec in common; or it broke twice soon after it began
//   WebRTC ────────────────────────────────────────────────────────────────────────────▶ MSE
//      ▲ negotiated over the WebSocket; by WHEP, where WebSockets do not get through       │
//      └──────────────── tried beside it after 1, 2, 4, 8, 10, 10 … minutes ──────────────┘
//
// What worked is remembered for the next page, for 10 minutes.

import type { Clock, Timer } from '#std/clock.ts';
import type { DialContext, Link } from './connection.ts';
import { describeFailure } from './connection-state.ts';

/** The failures that another way may not have. The others, such as `stream_not_found`, are the same on each. */
const WAY_FAILURES = new Set(['no_media_path', 'codec_refused']);
/** Broke so often, so soon after it began: it will again. */
const MAX_BREAKS = 2;
const SOON_MS = 30_000;
/** A proxy that swallows handshakes is no better than one that refuses them. */
const MAX_SILENT_SOCKETS = 2;
const FIRST_PROBE_MS = 60_000;
const LONGEST_PROBE_MS = 10 * 60_000;
const REMEMBERED_MS = 10 * 60_000;

/** Text that outlives the page. */
export interface ChainMemory {
  read(): string | null;
  write(text: string): void;
}

interface Ways<L extends Link> {
  /** Rejects with `no_socket` where WebSockets do not get through. */
  webrtcBySocket(context: DialContext): Promise<L>;
  webrtcByWhep(context: DialContext): Promise<L>;
  /** Undefined where the browser has no Media Source Extensions. */
  readonly mse: ((context: DialContext) => Promise<L>) | undefined;
}

interface PathChainOptions<L extends Link> {
  readonly clock: Clock;
  readonly ways: Ways<L>;
  readonly memory: ChainMemory;
  /** WebRTC works again, while the medium comes by MSE: the next dial has it at once. */
  readonly onBetter: () => void;
}

/** A link that was made beside the one in use. */
interface Spare<L> {
  readonly link: L;
  readonly attempt: AbortController;
  /** Who is to be told of its end. */
  owner: DialContext | undefined;
}

export class PathChain<L extends Link> {
  readonly #options: PathChainOptions<L>;
  #avoidUntilMs = Number.NEGATIVE_INFINITY;
  #breaks = 0;
  #silentSockets = 0;
  #probeTimer: Timer | undefined;
  #probeDelayMs = FIRST_PROBE_MS;
  #probing: AbortController | undefined;
  #spare: Spare<L> | undefined;

  constructor(options: PathChainOptions<L>) {
    this.#options = options;
    this.#avoidUntilMs = this.#recall();
  }

  /** The first link that works. Rejects with what the better way failed by. */
  async dial(context: DialContext): Promise<L> {
    const spare = this.#takeSpare(context);
    this.rest();
    if (spare) return spare;
    const { clock, ways } = this.#options;
    if (ways.mse && clock.nowMs() < this.#avoidUntilMs) {
      const link = await this.#tryMse(context).catch(() => undefined);
      if (link) return link;
      context.signal.throwIfAborted();
    }
    try {
      return await this.#dialWebrtc(context);
    } catch (failure) {
      context.signal.throwIfAborted();
      if (!ways.mse || !WAY_FAILURES.has(describeFailure(failure).code ?? '')) throw failure;
      return this.#tryMse(context).catch(() => Promise.reject(failure));
    }
  }

  /** A link by WebRTC lost its medium, so long after it began. */
  noteBreak(livedMs: number): void {
    this.#breaks = livedMs < SOON_MS ? this.#breaks + 1 : 1;
    if (this.#breaks >= MAX_BREAKS) this.#avoid();
  }

  /** The stream itself has nothing to send: then no way was to blame. */
  noteStreamAway(): void {
    this.#breaks = 0;
  }

  /** Nothing is tried beside the link any more, until the next `dial`. Idempotent. */
  rest(): void {
    this.#probeTimer?.cancel();
    this.#probing?.abort();
    this.#probing = undefined;
    if (!this.#spare || this.#spare.owner) return;
    this.#spare.link.close('not needed any more');
    this.#spare = undefined;
  }

  async #dialWebrtc(context: DialContext): Promise<L> {
    const { ways } = this.#options;
    if (this.#silentSockets >= MAX_SILENT_SOCKETS) return ways.webrtcByWhep(context);
    try {
      const link = await ways.webrtcBySocket(context);
      this.#silentSockets = 0;
      return link;
    } catch (failure) {
      const { code } = describeFailure(failure);
      this.#silentSockets = code === 'connect_timeout' ? this.#silentSockets + 1 : 0;
      context.signal.throwIfAborted();
      if (code === 'no_socket') return ways.webrtcByWhep(context);
      throw failure;
    }
  }

  async #tryMse(context: DialContext): Promise<L> {
    const { mse } = this.#options.ways;
    if (!mse) throw new TypeError('there is no MSE');
    const link = await mse(context);
    this.#avoid();
    this.#scheduleProbe();
    return link;
  }

  #scheduleProbe(): void {
    this.#probeTimer = this.#options.clock.after(this.#probeDelayMs, () => void this.#probe());
    this.#probeDelayMs = Math.min(LONGEST_PROBE_MS, this.#probeDelayMs * 2);
  }

  /** Never rejects. */
  async #probe(): Promise<void> {
    const attempt = new AbortController();
    this.#probing = attempt;
    const context: DialContext = {
      signal: attempt.signal,
      lost: (reason) => this.#handleSpareLost(attempt, reason),
    };
    const link = await this.#dialWebrtc(context).catch(() => undefined);
    if (this.#probing !== attempt) {
      link?.close('not needed any more');
      return;
    }
    this.#probing = undefined;
    if (!link) {
      this.#scheduleProbe();
      return;
    }
    this.#spare = { link, attempt, owner: undefined };
    this.#forgetAvoidance();
    this.#options.onBetter();
  }

  #takeSpare(context: DialContext): L | undefined {
    const spare = this.#spare;
    if (!spare || spare.owner) return undefined;
    spare.owner = context;
    context.signal.addEventListener('abort', () => spare.attempt.abort(), { once: true });
    return spare.link;
  }

  #handleSpareLost(attempt: AbortController, reason: string): void {
    const spare = this.#spare;
    if (spare?.attempt !== attempt) return;
    this.#spare = undefined;
    if (spare.owner) spare.owner.lost(reason);
    else spare.link.close(reason);
  }

  #avoid(): void {
    const { clock, memory } = this.#options;
    this.#breaks = 0;
    this.#avoidUntilMs = clock.nowMs() + REMEMBERED_MS;
    memory.write(String(clock.wallMs() + REMEMBERED_MS));
  }

  #forgetAvoidance(): void {
    this.#avoidUntilMs = Number.NEGATIVE_INFINITY;
    this.#probeDelayMs = FIRST_PROBE_MS;
    this.#options.memory.write('');
  }

  /** Until when WebRTC is to be avoided, as an earlier page found. */
  #recall(): number {
    const { clock, memory } = this.#options;
    const leftMs = Number(memory.read() ?? '') - clock.wallMs();
    const isSensible = leftMs > 0 && leftMs <= REMEMBERED_MS;
    return isSensible ? clock.nowMs() + leftMs : Number.NEGATIVE_INFINITY;
  }
}
