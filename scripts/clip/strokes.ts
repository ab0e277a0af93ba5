// Drawing with a round pen: lines, arcs and curves, and how far a point is from them.

export type Point = readonly [x: number, y: number];
/** A polyline that the pen follows. */
export type Stroke = readonly Point[];

const ARC_STEPS = 32;

/** Part of an ellipse; degrees, 0 to the right, 90 down. */
export function arc(
  [x, y]: Point,
  [radiusX, radiusY]: Point,
  degrees: { from: number; to: number },
): Stroke {
  return Array.from({ length: ARC_STEPS + 1 }, (_, step) => {
    const angle =
      ((degrees.from + ((degrees.to - degrees.from) * step) / ARC_STEPS) * Math.PI) / 180;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)];
  });
}

export function ellipse(centre: Point, radii: Point): Stroke {
  return arc(centre, radii, { from: 0, to: 360 });
}

/** A quadratic Bézier curve. */
export function curve(from: Point, control: Point, to: Point): Stroke {
  return Array.from({ length: ARC_STEPS + 1 }, (_, step) => {
    const t = step / ARC_STEPS;
    const along = (axis: 0 | 1): number =>
      (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * to[axis];
    return [along(0), along(1)];
  });
}

/** The same strokes, `scale` times as large, moved by `offset`. */
export function place(strokes: readonly Stroke[], scale: number, [x, y]: Point): Stroke[] {
  return strokes.map((stroke) => stroke.map(([px, py]) => [x + px * scale, y + py * scale]));
}

/** Pixels from a point to the nearest stroke's centre line. */
export function distanceTo(strokes: readonly Stroke[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const stroke of strokes) {
    for (let end = 1; end < stroke.length; end++) {
      const [a, b] = [stroke[end - 1], stroke[end]];
      if (a && b) nearest = Math.min(nearest, distanceToLine(a, b, x, y));
    }
  }
  return nearest;
}

/** How much of a pixel lies within `halfWidth` of a line at this distance: a soft edge of 1 px. */
export function coverage(distance: number, halfWidth: number): number {
  return Math.min(1, Math.max(0, halfWidth - distance + 0.5));
}

function distanceToLine([ax, ay]: Point, [bx, by]: Point, x: number, y: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const along =
    lengthSquared === 0
      ? 0
      : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / lengthSquared));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
