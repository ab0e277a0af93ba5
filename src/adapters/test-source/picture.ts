// The geometry of the test picture, for those who draw it and for tests that read it.

export const PICTURE_WIDTH = 1280;
export const PICTURE_HEIGHT = 720;
export const FRAMES_PER_SECOND = 30;
/** After this many frames, 10 s, picture and sound begin again. */
export const LOOP_FRAMES = 300;
/** The clock hand's only turn takes one loop; it starts upright and goes clockwise. */
export const CLOCK = { x: 872, y: 344, radius: 252 };
/**
 * The frame number as black and white squares along the bottom edge, most significant bit first;
 * white is 1.
 */
export const STRIP = { left: 0, top: 696, blockPixels: 24, blocks: 9 };

const WHITE_LUMA = 128;

/** The number of the frame, given the brightness (0 to 255) of any of its pixels. */
export function readFrameNumber(lumaAt: (x: number, y: number) => number): number {
  let frame = 0;
  for (let block = 0; block < STRIP.blocks; block++) {
    const x = STRIP.left + (block + 0.5) * STRIP.blockPixels;
    const isWhite = lumaAt(x, STRIP.top + STRIP.blockPixels / 2) >= WHITE_LUMA;
    frame = frame * 2 + (isWhite ? 1 : 0);
  }
  return frame;
}
