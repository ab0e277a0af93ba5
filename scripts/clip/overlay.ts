// What lies still over the water: the clock's face and the name.

import { CLOCK, PICTURE_HEIGHT, PICTURE_WIDTH } from '../../src/adapters/test-source/picture.ts';
import type { Box, Canvas, Colour } from './canvas.ts';
import { HANGUL, LATIN } from './glyphs.ts';
import { coverage, distanceTo, type Point, place, type Stroke } from './strokes.ts';

const INK: Colour = [236, 252, 248];
const FOAM: Colour = [150, 226, 214];
const NIGHT: Colour = [2, 18, 30];
const WHOLE: Box = { left: 0, top: 0, width: PICTURE_WIDTH, height: PICTURE_HEIGHT };
const SHADOW_PIXELS = 14;
const LETTER_GAP = 26;
const MINUTE_MARKS = 60;

/** Draws the overlay on a canvas that holds whatever lies under it. */
export function drawOverlay(canvas: Canvas): void {
  // Darker to the left, so that the name and the digits stand out.
  canvas.paint(WHOLE, NIGHT, (x) => 0.42 * Math.max(0, 1 - x / 760));
  drawFace(canvas);
  drawName(canvas);
}

/** Strokes with a soft shadow, in any colour. */
export function drawStrokes(
  canvas: Canvas,
  strokes: readonly Stroke[],
  pen: { halfWidth: number; colour: Colour },
): void {
  const box = boxAround(strokes, pen.halfWidth + SHADOW_PIXELS);
  canvas.paint(box, NIGHT, (x, y) => {
    const away = Math.max(0, distanceTo(strokes, x, y) - pen.halfWidth) / SHADOW_PIXELS;
    return 0.4 * Math.max(0, 1 - away) ** 2;
  });
  canvas.paint(box, pen.colour, (x, y) => coverage(distanceTo(strokes, x, y), pen.halfWidth));
}

/** The square of the clock's face and what shines around it. */
export function clockBox(margin: number): Box {
  const side = 2 * (CLOCK.radius + margin);
  return {
    left: CLOCK.x - side / 2,
    top: CLOCK.y - side / 2,
    width: side,
    height: side,
  };
}

/** A point on the clock, `turn` of a circle clockwise from the top. */
export function onClock(turn: number, radius: number): Point {
  const angle = turn * 2 * Math.PI;
  return [CLOCK.x + radius * Math.sin(angle), CLOCK.y - radius * Math.cos(angle)];
}

function drawFace(canvas: Canvas): void {
  const fromCentre = (x: number, y: number): number => Math.hypot(x - CLOCK.x, y - CLOCK.y);
  const box = clockBox(50);
  canvas.paint(box, NIGHT, (x, y) => {
    const distance = fromCentre(x, y);
    return 0.6 * coverage(distance, CLOCK.radius) + 0.3 * halo(distance - CLOCK.radius, 44);
  });
  canvas.paint(box, FOAM, (x, y) => 0.32 * halo(Math.abs(fromCentre(x, y) - CLOCK.radius), 18));
  canvas.paint(box, INK, (x, y) => coverage(Math.abs(fromCentre(x, y) - CLOCK.radius), 2.5));
  for (let mark = 0; mark < MINUTE_MARKS; mark++) drawMark(canvas, mark);
}

function drawMark(canvas: Canvas, mark: number): void {
  const isHour = mark % 5 === 0;
  const isQuarter = mark % 15 === 0;
  const length = isQuarter ? 34 : isHour ? 22 : 6;
  const halfWidth = isQuarter ? 4 : isHour ? 3 : 1.2;
  const turn = mark / MINUTE_MARKS;
  const line = [[onClock(turn, CLOCK.radius - 20), onClock(turn, CLOCK.radius - 20 - length)]];
  const box = boxAround(line, halfWidth + 1);
  canvas.paint(box, isHour ? INK : FOAM, (x, y) => {
    return (isHour ? 0.95 : 0.6) * coverage(distanceTo(line, x, y), halfWidth);
  });
}

function drawName(canvas: Canvas): void {
  const [yeo = [], ul = []] = HANGUL;
  drawStrokes(canvas, place(yeo, 1.4, [144, 124]), { halfWidth: 6.5, colour: INK });
  drawStrokes(canvas, place(ul, 1.4, [301, 124]), { halfWidth: 6.5, colour: INK });
  let x = 222;
  for (const letter of LATIN) {
    drawStrokes(canvas, place(letter.strokes, 0.46, [x, 314]), { halfWidth: 2.6, colour: FOAM });
    x += (letter.width + LETTER_GAP) * 0.46 + 10;
  }
}

/** 1 at the edge, fading to 0 in `width` pixels. */
function halo(distance: number, width: number): number {
  return distance < 0 ? 0 : Math.max(0, 1 - distance / width) ** 2;
}

function boxAround(strokes: readonly Stroke[], margin: number): Box {
  const xs = strokes.flat().map(([x]) => x);
  const ys = strokes.flat().map(([, y]) => y);
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return {
    left,
    top,
    width: Math.max(...xs) + margin - left,
    height: Math.max(...ys) + margin - top,
  };
}
