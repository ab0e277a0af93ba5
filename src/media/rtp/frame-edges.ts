// Where frames of video begin and end. By RFC 6184 §5.1 the marker is on a frame's last packet, but
// cameras set it on parameter sets, on every slice, on every packet, or never.
//
//                 two frames wrongly marked
//   start ──► marker ─────────────────────────────► timestamp
//               ▲     trusted: no delay              a frame ends where the timestamp changes:
//               └───────────────────────────────     its last packet is held until the next comes
//                    250 frames rightly marked

/** One wrong frame may be an accident. */
const MAX_WRONG_FRAMES = 2;
/** A wrong frame is forgotten, and markers are trusted again, after so many right ones: about 10 s. */
const MIN_RIGHT_FRAMES = 250;

/** Bits of `place`. This packet is the first of a frame; one that is held is the last of its own. */
export const STARTS_FRAME = 1;
/** It is the last of its frame: it goes out with the marker set. */
export const ENDS_FRAME = 2;
/** Hold it until the next packet tells whether it is the last. At most one is held. */
export const HOLD = 4;

interface EdgeFaults {
  /** Frames that had a marker before their end. */
  early: number;
  /** Frames that ended without one. */
  missing: number;
}

export class FrameEdges {
  readonly faults: EdgeFaults = { early: 0, missing: 0 };
  #mode: 'marker' | 'timestamp' = 'marker';
  #hasBegun = false;
  #timestamp = 0;
  /** Of the frame that is being read: whether it holds slices, and what its markers were like. */
  #hasSlice = false;
  #isMarked = false;
  #isEarly = false;
  /** Packets are missing: nothing is learned from this frame. */
  #isBroken = false;
  #wrongFrames = 0;
  #rightFrames = 0;

  /** `marker`: frames end with their markers. `timestamp`: where the timestamp changes. */
  get mode(): 'marker' | 'timestamp' {
    return this.#mode;
  }

  /**
   * Places one packet. `isSlice`: it holds picture data, from a slice's start or further on.
   * `startsPicture`: a picture's first slice starts in it, which tells pictures apart whose
   * timestamps stand still.
   */
  place(timestamp: number, marker: boolean, isSlice: boolean, startsPicture = false): number {
    const begins = this.#begins(timestamp, startsPicture);
    if (begins) this.#begin(timestamp);
    // A marker that is followed by more of the same frame came too early.
    else if (this.#isMarked && (isSlice || marker)) this.#isEarly = true;
    if (isSlice) this.#hasSlice = true;
    // Parameter sets and other units before the picture don't end it, whatever their marker says.
    const ends = marker && this.#hasSlice;
    // Those behind a marked slice are the next picture's, whose timestamp has stood still.
    if (isSlice || marker || !this.#isMarked) this.#isMarked = ends;
    const start = begins ? STARTS_FRAME : 0;
    if (this.#mode === 'timestamp') return start | HOLD;
    return ends ? start | ENDS_FRAME : start;
  }

  /** Packets are missing before the next one: what they were marked is not known. */
  skip(): void {
    this.#isBroken = true;
  }

  #begins(timestamp: number, startsPicture: boolean): boolean {
    if (!this.#hasBegun || timestamp !== this.#timestamp) return true;
    return startsPicture && this.#isMarked;
  }

  #begin(timestamp: number): void {
    if (this.#hasBegun && this.#hasSlice && !this.#isBroken) this.#learn();
    this.#hasBegun = true;
    this.#timestamp = timestamp;
    this.#hasSlice = false;
    this.#isMarked = false;
    this.#isEarly = false;
    this.#isBroken = false;
  }

  /** From a whole frame. */
  #learn(): void {
    if (this.#isEarly) this.faults.early++;
    if (!this.#isMarked) this.faults.missing++;
    if (this.#isMarked && !this.#isEarly) this.#learnRight();
    else this.#learnWrong();
  }

  #learnRight(): void {
    if (++this.#rightFrames < MIN_RIGHT_FRAMES) return;
    this.#mode = 'marker';
    this.#wrongFrames = 0;
  }

  #learnWrong(): void {
    this.#rightFrames = 0;
    if (++this.#wrongFrames >= MAX_WRONG_FRAMES) this.#mode = 'timestamp';
  }
}
