// One whole frame of the test picture: water, overlay, hand, counter and strip.

import { CLOCK, LOOP_FRAMES, STRIP } from '../../src/adapters/test-source/picture.ts';
import { Canvas, type Colour, type Film } from './canvas.ts';
import { DIGITS } from './glyphs.ts';
import { clockBox, drawStrokes, onClock } from './overlay.ts';
import { coverage, distanceTo, place } from './strokes.ts';
import { drawWater } from './water.ts';

const AMBER: Colour = [255, 190, 84];
const NIGHT: Colour = [2, 18, 30];
const INK: Colour = [236, 252, 248];
const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
/** How much of a turn the hand's wake lasts. */
const WAKE_TURNS = 0.22;
const HAND_REACH = 0.87;
const HAND_TAIL = 0.16;
const COUNTER = { left: 151, top: 448, scale: 1.2, step: 104, halfWidth: 7.5 };

/** RGB, 8 bits each, row by row; `overlay` is what lies still. */
export function drawFrame(frame: number, overlay: Film): Uint8Array {
  const canvas = new Canvas();
  drawWater(canvas, frame / LOOP_FRAMES);
  canvas.cover(overlay);
  drawHand(canvas, frame / LOOP_FRAMES);
  drawCounter(canvas, frame);
  drawStrip(canvas, frame);
  return canvas.toBytes();
}

function drawHand(canvas: Canvas, turn: number): void {
  canvas.paint(clockBox(0), AMBER, (x, y) => wake(x, y, turn));
  const tip = onClock(turn, CLOCK.radius * HAND_REACH);
  const tail = onClock(turn + 0.5, CLOCK.radius * HAND_TAIL);
  const hand = [[tail, tip]];
  canvas.paint(clockBox(0), NIGHT, (x, y) => {
    return 0.5 * Math.max(0, 1 - distanceTo(hand, x, y) / 16) ** 2;
  });
  canvas.paint(clockBox(0), AMBER, (x, y) => coverage(distanceTo(hand, x, y), 5));
  const hub = (x: number, y: number): number => Math.hypot(x - CLOCK.x, y - CLOCK.y);
  canvas.paint(clockBox(0), AMBER, (x, y) => coverage(hub(x, y), 15));
  canvas.paint(clockBox(0), NIGHT, (x, y) => coverage(hub(x, y), 6));
}

/** Light that trails behind the hand and fades. */
function wake(x: number, y: number, turn: number): number {
  const [dx, dy] = [x - CLOCK.x, y - CLOCK.y];
  const radius = Math.hypot(dx, dy);
  const reach = CLOCK.radius * HAND_REACH;
  if (radius > reach + 1) return 0;
  const at = Math.atan2(dx, -dy) / (2 * Math.PI);
  const behind = (((turn - at) % 1) + 1) % 1;
  const fade = Math.max(0, 1 - behind / WAKE_TURNS) ** 2;
  return 0.42 * fade * coverage(radius, reach) * Math.min(1, radius / 60);
}

function drawCounter(canvas: Canvas, frame: number): void {
  const digits = String(frame).padStart(3, '0');
  for (let position = 0; position < digits.length; position++) {
    const strokes = DIGITS[Number(digits[position])] ?? [];
    const left = COUNTER.left + position * COUNTER.step;
    drawStrokes(canvas, place(strokes, COUNTER.scale, [left, COUNTER.top]), {
      halfWidth: COUNTER.halfWidth,
      colour: INK,
    });
  }
}

function drawStrip(canvas: Canvas, frame: number): void {
  for (let block = 0; block < STRIP.blocks; block++) {
    const bit = (frame >>> (STRIP.blocks - 1 - block)) & 1;
    const box = {
      left: STRIP.left + block * STRIP.blockPixels,
      top: STRIP.top,
      width: STRIP.blockPixels,
      height: STRIP.blockPixels,
    };
    canvas.paint(box, bit ? WHITE : BLACK, () => 1);
  }
}
