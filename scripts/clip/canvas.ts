// A picture in the making: floating-point RGB, and what is blended over it.

import { PICTURE_HEIGHT, PICTURE_WIDTH } from '../../src/adapters/test-source/picture.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Canvas {
  readonly rgb = new Float32Array(PICTURE_WIDTH * PICTURE_HEIGHT * 3);

  /** Blends `colour` over one pixel; `alpha` is 0 to 1. */
  blend(x: number, y: number, colour: Colour, alpha: number): void {
    if (alpha <= 0 || x < 0 || y < 0 || x >= PICTURE_WIDTH || y >= PICTURE_HEIGHT) return;
    const at = (y * PICTURE_WIDTH + x) * 3;
    const opacity = Math.min(1, alpha);
    for (let part = 0; part < 3; part++) {
      const under = this.rgb[at + part] ?? 0;
      this.rgb[at + part] = under + ((colour[part] ?? 0) - under) * opacity;
    }
  }

  /** Blends `colour` over every pixel of `box`, as far as `alphaAt` its centre says. */
  paint(box: Box, colour: Colour, alphaAt: (x: number, y: number) => number): void {
    for (let y = Math.floor(box.top); y < box.top + box.height; y++) {
      for (let x = Math.floor(box.left); x < box.left + box.width; x++) {
        this.blend(x, y, colour, alphaAt(x + 0.5, y + 0.5));
      }
    }
  }

  /** Lays a film over everything. */
  cover(film: Film): void {
    for (let at = 0; at < this.rgb.length; at++) {
      this.rgb[at] = (this.rgb[at] ?? 0) * (film.passed[at] ?? 0) + (film.added[at] ?? 0);
    }
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(new Uint8ClampedArray(this.rgb));
  }
}

/** Something drawn once and laid over many frames: what it lets through and what it adds. */
export interface Film {
  readonly passed: Float32Array;
  readonly added: Float32Array;
}

/** Blending is linear, so how a drawing changes black and white tells all about it. */
export function createFilm(draw: (canvas: Canvas) => void): Film {
  const [onBlack, onWhite] = [new Canvas(), new Canvas()];
  onWhite.rgb.fill(255);
  draw(onBlack);
  draw(onWhite);
  const passed = onWhite.rgb.map((white, at) => (white - (onBlack.rgb[at] ?? 0)) / 255);
  return { passed, added: onBlack.rgb };
}
