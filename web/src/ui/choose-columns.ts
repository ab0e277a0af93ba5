// How many columns the wall has, so that its pictures are as large as the display allows.

/** Narrower tiles show nothing worth watching; beyond that the wall scrolls. */
const MIN_TILE_WIDTH_REM = 18;

/** Name and details under each picture, with the gap to the next row. */
const CAPTION_REM = 5;

const GAP_REM = 1.5;

/** The styles know this many. */
export const MAX_COLUMNS = 12;

interface WallSpace {
  /** All in rem. */
  readonly width: number;
  readonly height: number;
}

export function chooseColumns(count: number, space: WallSpace): number {
  const widest = Math.floor((space.width + GAP_REM) / (MIN_TILE_WIDTH_REM + GAP_REM));
  const most = Math.max(1, Math.min(widest, MAX_COLUMNS));
  for (let columns = 1; columns < most; columns++) {
    if (wallHeight(count, { columns, width: space.width }) <= space.height) return columns;
  }
  return most;
}

function wallHeight(count: number, wall: { columns: number; width: number }): number {
  const tileWidth = (wall.width - GAP_REM * (wall.columns - 1)) / wall.columns;
  return Math.ceil(count / wall.columns) * ((tileWidth * 9) / 16 + CAPTION_REM);
}
