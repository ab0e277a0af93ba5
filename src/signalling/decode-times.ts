// When frames are decoded, out of when they are shown, which is all that RTP tells.
//
//   sent, and decoded   I0  P3  B1  B2  P6  B4  B5      (the number: when it is shown)
//   decode times         0   1   2   3   4   5   6      the same numbers, sorted
//
// So a frame's decode time is known once as many later frames are there as can be shown before it.

export class DecodeTimes {
  /** In rising order, and no decode times yet. */
  readonly #shown: number[] = [];

  /** Takes the next frame; gives the decode times of the oldest frames that had none, if they are known. */
  push(shownAt: number, reorderedFrames: number): readonly number[] {
    const after = this.#shown.findIndex((each) => each > shownAt);
    this.#shown.splice(after === -1 ? this.#shown.length : after, 0, shownAt);
    return this.#shown.splice(0, this.#shown.length - reorderedFrames);
  }
}
