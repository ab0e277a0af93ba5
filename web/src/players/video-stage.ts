// Where a player's picture is: a video element, a second one behind it while a new link warms up, and
// between the two the last picture, held on a canvas because browsers blacken a medium that has ended.

/** What can be shown by a video element. */
export interface Medium {
  attach(video: HTMLVideoElement): void;
}

interface StageEvents {
  /** The first frame of the medium given to `prepare` is on screen. */
  onFirstFrame(): void;
}

/** Swapped in front when its first frame is decoded. */
interface Take {
  readonly medium: Medium;
  readonly video: HTMLVideoElement;
  readonly events: StageEvents;
}

export class VideoStage {
  readonly element = document.createElement('div');
  readonly #still = document.createElement('canvas');
  #shown: Take | undefined;
  #coming: Take | undefined;
  #muted = true;
  #captureTimeMs: number | null = null;

  constructor() {
    this.element.className = 'stage';
  }

  /** The element that plays, if there is one. */
  get video(): HTMLVideoElement | undefined {
    return this.#shown?.video;
  }

  /** Something is to be seen, live or not. */
  get hasPicture(): boolean {
    return this.#shown !== undefined || this.#still.isConnected;
  }

  /** When the frame on screen was captured, on our clock, if the browser knows. */
  get captureTimeMs(): number | null {
    return this.#captureTimeMs;
  }

  /** Whether a frame of it is on screen. */
  shows(medium: Medium): boolean {
    return this.#shown?.medium === medium;
  }

  /** Shows it as soon as it has a frame; until then what is on screen stays. */
  prepare(medium: Medium, events: StageEvents): void {
    this.#discard();
    const video = document.createElement('video');
    video.autoplay = true;
    video.playsInline = true;
    // Sound starts with the picture: two elements must not sound at once.
    video.muted = true;
    medium.attach(video);
    this.#coming = { medium, video, events };
    this.element.prepend(video);
    this.#follow(this.#coming);
    video.play().catch(() => undefined);
  }

  /** It is about to end: its last picture is kept until the next medium has one. */
  release(medium: Medium): void {
    if (this.#coming?.medium === medium) this.#discard();
    if (this.#shown?.medium !== medium) return;
    const { video } = this.#shown;
    this.#still.width = video.videoWidth;
    this.#still.height = video.videoHeight;
    this.#still.getContext('2d')?.drawImage(video, 0, 0);
    this.element.append(this.#still);
    this.#shown = undefined;
    remove(video);
  }

  /** Removes the picture. */
  clear(): void {
    this.#discard();
    if (this.#shown) remove(this.#shown.video);
    this.#shown = undefined;
    this.#still.remove();
    this.#captureTimeMs = null;
  }

  /** Browsers allow sound only after the page was touched; otherwise the picture stays silent. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    const video = this.#shown?.video;
    if (!video) return;
    video.muted = muted;
    if (!muted) video.play().catch(() => this.setMuted(true));
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Forgets a medium that has not shown a frame yet. */
  #discard(): void {
    if (this.#coming) remove(this.#coming.video);
    this.#coming = undefined;
  }

  #follow(take: Take): void {
    const { video } = take;
    if (!('requestVideoFrameCallback' in video)) {
      (video as HTMLVideoElement).addEventListener('loadeddata', () => this.#show(take));
      return;
    }
    const handleFrame = (_now: number, frame: VideoFrameCallbackMetadata): void => {
      if (take !== this.#coming && take !== this.#shown) return;
      this.#show(take);
      this.#captureTimeMs = frame.captureTime ?? null;
      video.requestVideoFrameCallback(handleFrame);
    };
    video.requestVideoFrameCallback(handleFrame);
  }

  #show(take: Take): void {
    if (take !== this.#coming) return;
    if (this.#shown) remove(this.#shown.video);
    this.#still.remove();
    this.#shown = take;
    this.#coming = undefined;
    take.video.dataset['testid'] = 'video';
    this.setMuted(this.#muted);
    take.events.onFirstFrame();
  }
}

function remove(video: HTMLVideoElement): void {
  video.srcObject = null;
  // Lets go of a media source.
  video.removeAttribute('src');
  video.load();
  video.remove();
}
