// How many columns the wall has and how wide its pictures are: as large as the display carries all of
// them, and where that would be too small to watch, as many as fit beside each other in a wall that
// scrolls.

/** Narrower tiles show nothing worth watching. */
const MIN_TILE_REM = 16;
/** Name and details under each picture. */
const CAPTION_REM = 3.75;
const GAP_REM = 1.5;

/** All in rem. */
interface WallSpace {
  readonly width: number;
  readonly height: number;
}

interface WallLayout {
  readonly columns: number;
  readonly tileRem: number;
}

export function layOutWall(count: number, space: WallSpace): WallLayout {
  const most = Math.max(1, Math.floor((space.width + GAP_REM) / (MIN_TILE_REM + GAP_REM)));
  // A phone: one below the other, over the whole width.
  const scrolling = { columns: most, tileRem: tileByWidth(most, space) };
  if (most === 1 || count === 0) return scrolling;
  let best: WallLayout = { columns: 1, tileRem: 0 };
  for (let columns = 1; columns <= Math.min(most, count); columns++) {
    const rows = Math.ceil(count / columns);
    const tileRem = Math.min(tileByWidth(columns, space), tileByHeight(rows, space));
    if (tileRem > best.tileRem) best = { columns, tileRem };
  }
  return best.tileRem >= MIN_TILE_REM ? best : scrolling;
}

function tileByWidth(columns: number, { width }: WallSpace): number {
  return (width - GAP_REM * (columns - 1)) / columns;
}

function tileByHeight(rows: number, { height }: WallSpace): number {
  return (((height - GAP_REM * (rows - 1)) / rows - CAPTION_REM) * 16) / 9;
}
