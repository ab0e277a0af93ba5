// A media element with its source buffer, as the feed of the client core wants them.

import type { MediaBuffer, TimeRange } from '#client/mse-feed.ts';

export class ElementBuffer implements MediaBuffer {
  readonly #video: HTMLVideoElement;
  readonly #source: SourceBuffer;

  constructor(video: HTMLVideoElement, source: SourceBuffer) {
    this.#video = video;
    this.#source = source;
  }

  get isUpdating(): boolean {
    return this.#source.updating;
  }

  /** Those of both tracks. */
  get ranges(): readonly TimeRange[] {
    const { buffered } = this.#source;
    return Array.from({ length: buffered.length }, (_, index) => ({
      startS: buffered.start(index),
      endS: buffered.end(index),
    }));
  }

  get positionS(): number {
    return this.#video.currentTime;
  }

  set positionS(positionS: number) {
    this.#video.currentTime = positionS;
  }

  get rate(): number {
    return this.#video.playbackRate;
  }

  set rate(rate: number) {
    this.#video.playbackRate = rate;
  }

  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.#source.appendBuffer(bytes);
  }

  remove(fromS: number, toS: number): void {
    this.#source.remove(fromS, toS);
  }

  changeType(mime: string): void {
    this.#source.changeType(mime);
  }
}
