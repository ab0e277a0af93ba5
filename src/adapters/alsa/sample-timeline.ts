// Which sample was captured when: the card's samples count the time, the times of the reads date it.
//
// A read comes after the capture of its last frame, by a delay that changes and is never negative:
//
//   offsetMs = readAtMs − endFrame / rate      when frame 0 was captured, plus that read's delay
//
// The least offset of a second is taken for the true one. What the fastest read took, some 1 ms of USB
// and scheduling, is not known and counts as nothing. The card's clock drifts against ours, by up to
// 100 ppm; the offset follows it second by second, spread over the blocks of the next, so that no jitter
// of reads shows in the times of blocks.

const WINDOW_MS = 1_000;
/** In each second: ten times the drift of a bad quartz. */
const MAX_SLEW_MS = 1;
/** Further off than any drift: the machine slept, or frames went missing unseen. Taken at once. */
const MAX_ERROR_MS = 20;

export class SampleTimeline {
  readonly sampleRate: number;
  readonly #framesPerMs: number;
  /** When frame 0 was captured, if nothing had ever been lost. */
  #offsetMs: number | undefined;
  #nextFrame = 0;
  #hasGap = false;
  #lostAtLeast = 0;
  /** Of the window that is being filled. */
  #leastMs = Infinity;
  #windowEndMs = -Infinity;
  #slewMsPerFrame = 0;
  /** In the first second after the start or a gap, a faster read is believed at once. */
  #isLearning = true;

  /** With the origin of another timeline, the frames are counted on from there at a new rate. */
  constructor(sampleRate: number, originMs?: number) {
    this.sampleRate = sampleRate;
    this.#framesPerMs = sampleRate / 1_000;
    this.#offsetMs = originMs;
    this.#hasGap = originMs !== undefined;
  }

  get originMs(): number | undefined {
    return this.#offsetMs;
  }

  /** Frames are missing before the next read: how many, the clock will tell, but at least these. */
  break(lostAtLeast = 0): void {
    this.#hasGap = true;
    this.#lostAtLeast += lostAtLeast;
  }

  /** Frames that were read: gives how many were lost just before them. */
  read(frames: number, nowMs: number): number {
    this.#offsetMs ??= nowMs - frames / this.#framesPerMs;
    const lost = this.#hasGap ? this.#closeGap(frames, nowMs) : 0;
    this.#nextFrame += lost + frames;
    this.#follow(frames, nowMs);
    return lost;
  }

  /** The number after the last frame that was read. */
  get nextFrame(): number {
    return this.#nextFrame;
  }

  /** On the clock of the reads. */
  captureMs(frame: number): number {
    return (this.#offsetMs ?? 0) + frame / this.#framesPerMs;
  }

  #closeGap(frames: number, nowMs: number): number {
    const endFrame = Math.round((nowMs - this.captureMs(0)) * this.#framesPerMs);
    const lost = Math.max(this.#lostAtLeast, endFrame - frames - this.#nextFrame, 0);
    this.#hasGap = false;
    this.#lostAtLeast = 0;
    this.#isLearning = true;
    this.#slewMsPerFrame = 0;
    this.#openWindow(nowMs);
    return lost;
  }

  #follow(frames: number, nowMs: number): void {
    if (this.#windowEndMs === -Infinity) this.#openWindow(nowMs);
    let offsetMs = (this.#offsetMs ?? 0) + this.#slewMsPerFrame * frames;
    const readMs = nowMs - this.#nextFrame / this.#framesPerMs;
    this.#leastMs = Math.min(this.#leastMs, readMs);
    if (this.#isLearning) offsetMs = Math.min(offsetMs, readMs);
    if (nowMs >= this.#windowEndMs) offsetMs = this.#closeWindow(offsetMs, nowMs);
    this.#offsetMs = offsetMs;
  }

  #closeWindow(offsetMs: number, nowMs: number): number {
    const errorMs = this.#leastMs - offsetMs;
    const isFarOff = Math.abs(errorMs) > MAX_ERROR_MS;
    const slewMs = isFarOff ? 0 : Math.max(-MAX_SLEW_MS, Math.min(MAX_SLEW_MS, errorMs));
    this.#slewMsPerFrame = slewMs / (WINDOW_MS * this.#framesPerMs);
    this.#isLearning = false;
    this.#openWindow(nowMs);
    return isFarOff ? offsetMs + errorMs : offsetMs;
  }

  #openWindow(nowMs: number): void {
    this.#windowEndMs = nowMs + WINDOW_MS;
    this.#leastMs = Infinity;
  }
}
