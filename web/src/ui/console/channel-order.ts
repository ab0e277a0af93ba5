// The order of the channels while it is changed: rows that go up, down, or where they are dropped.

/** The list with the entry at `from` at `to`, which is kept within the list. */
export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const moved = list[from];
  if (moved === undefined) return [...list];
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(clamp(to, rest.length), 0, moved);
}

interface Drag {
  /** The row that is held. */
  readonly from: number;
  /** How far it was pulled, downwards. */
  readonly distancePx: number;
  readonly rowPx: number;
  readonly rows: number;
}

/** Where a row would lie if it were let go: where most of it is. */
export function dropPlace({ from, distancePx, rowPx, rows }: Drag): number {
  const passed = rowPx > 0 ? Math.round(distancePx / rowPx) : 0;
  return clamp(from + passed, rows - 1);
}

/** By how many rows the row at `index` gives way, while the one at `from` is held over `to`. */
export function shiftOf(index: number, from: number, to: number): -1 | 0 | 1 {
  if (index > from && index <= to) return -1;
  return index < from && index >= to ? 1 : 0;
}

/** Where the arrow keys, Home and End take the row at `from`; undefined for other keys. */
export function placeByKey(key: string, from: number, rows: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return clamp(from - 1, rows - 1);
    case 'ArrowDown':
      return clamp(from + 1, rows - 1);
    case 'Home':
      return 0;
    case 'End':
      return rows - 1;
    default:
      return undefined;
  }
}

function clamp(place: number, last: number): number {
  return Math.max(0, Math.min(last, place));
}
