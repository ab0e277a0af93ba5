// A viewer whose medium comes over the WebSocket itself, as fragmented MP4: where nothing else gets through.

import type { ClientMessage } from '#contract/signalling.ts';
import type { ViewerView } from '#contract/streams.ts';
import type { QualityWish } from '#core/streams/quality.ts';
import type { Viewer } from '#core/streams/viewer.ts';
import type { Watch } from '#core/streams/watching.ts';
import { isCarried } from './carriage.ts';
import { Mp4Stream } from './mp4-stream.ts';
import type { Session, SessionLink, SessionRequest } from './session.ts';

/** Up to this height a camera's usual sub stream looks no worse than its main one. */
const SMALL_PIXELS = 576;

type Codecs = Extract<ClientMessage, { type: 'mse' }>['codecs'];

/** Rejects if the stream can't be watched so. */
export async function openMseSession(
  codecs: Codecs,
  { quality, onEnd }: SessionRequest,
  link: SessionLink,
): Promise<Session> {
  const { streamId, remote, userAgent, options } = link;
  const profile = profileFor(quality);
  const watch = await options.viewers.watch({
    streamId,
    protocol: 'mse',
    remote,
    userAgent,
    accepts: (format) => isCarried(format, codecs),
    ...(profile && { profile }),
    onEnd,
  });
  return new MseSession(watch, { profile, onEnd }, link);
}

interface MseRequest {
  readonly profile: ReturnType<typeof profileFor>;
  readonly onEnd: (reason: string) => void;
}

class MseSession implements Session {
  readonly #watch: Watch;
  readonly #request: MseRequest;
  readonly #link: SessionLink;
  readonly #mp4: Mp4Stream;
  readonly #viewer: Viewer | undefined;
  #droppedFrames = 0;
  #isClosed = false;

  constructor(watch: Watch, request: MseRequest, link: SessionLink) {
    this.#watch = watch;
    this.#request = request;
    this.#link = link;
    this.#viewer = findViewer(link.options.viewers.list.all, watch.id);
    const { tracks } = watch;
    this.#mp4 = new Mp4Stream({
      formats: tracks.map(({ track }) => track.format),
      reorders: () => tracks.some(({ track }) => track.reorders),
      sink: {
        onInit: (mime, segment) => this.#sendInit(mime, segment),
        onFragment: (fragment) => this.#sendFragment(fragment),
        onFailed: (error) => this.#fail(error),
      },
    });
    link.wire.onFreed = () => this.#restart();
  }

  get mediaStartMs(): number | null {
    return this.#mp4.startMs ?? null;
  }

  get droppedFrames(): number {
    return this.#droppedFrames + this.#mp4.damagedFrames;
  }

  begin(): void {
    this.#watch.start(this.#mp4.outlets);
  }

  /** There is no ICE here; those of an offer before may still come. */
  addCandidate(): void {}

  setQuality(wish: QualityWish): boolean {
    return profileFor(wish) === this.#request.profile;
  }

  view(): ViewerView | undefined {
    return this.#viewer?.view();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#link.wire.onFreed = () => {};
    this.#watch.close();
  }

  #sendInit(mime: string, segment: Uint8Array): void {
    const { wire } = this.#link;
    wire.send({ type: 'mse', mime, viewer: this.#watch.id });
    wire.sendBytes(segment);
  }

  #sendFragment(fragment: Uint8Array): void {
    if (this.#link.wire.sendBytes(fragment)) return;
    this.#droppedFrames++;
    this.#link.counters.dropped++;
  }

  /** What came while there was no room is lost: go on with the newest key frame. */
  #restart(): void {
    this.#watch.pause();
    this.#mp4.restart();
    this.#watch.start(this.#mp4.outlets);
  }

  #fail(error: unknown): void {
    this.close();
    this.#request.onEnd(error instanceof Error ? error.message : String(error));
  }
}

/** Undefined: the best that fits. */
function profileFor({ mode, heightPixels }: QualityWish): 'main' | 'sub' | undefined {
  if (mode !== 'auto') return mode;
  return heightPixels !== undefined && heightPixels <= SMALL_PIXELS ? 'sub' : undefined;
}

/** Once a session: a list has them by their keys, which a watch does not tell. */
function findViewer(viewers: Iterable<Viewer>, id: string): Viewer | undefined {
  for (const viewer of viewers) if (viewer.id === id) return viewer;
  return undefined;
}
