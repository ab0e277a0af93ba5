// How the wall is cut: how many pictures on a page, how many columns, how wide each is. The chosen
// layouts always fit; `auto` shows all streams as large as the display carries them, and scrolls where
// that would be too small to watch.

/** Narrower tiles show nothing worth watching. */
const MIN_TILE_REM = 16;
/** In a wall full of tiles one looks for movement, not for faces. */
const MIN_DENSE_TILE_REM = 11;
/** On a phone, where even a small picture is near the eye. */
const MIN_COLUMN_REM = 9;
/** From so many columns on tiles are dense. */
const DENSE_COLUMNS = 4;

interface Frame {
  /** Name and details under each picture. */
  readonly captionRem: number;
  readonly gapRem: number;
}

const ROOMY: Frame = { captionRem: 3.75, gapRem: 1.5 };
/** One line under each picture. */
const DENSE: Frame = { captionRem: 1.75, gapRem: 0.625 };

export const wallLayouts = ['auto', '1', '4', '9', '16', '25', 'focus'] as const;
export type WallLayout = (typeof wallLayouts)[number];

/** All in rem. */
interface WallSpace {
  readonly width: number;
  readonly height: number;
}

interface WallPlan {
  readonly columns: number;
  readonly tileRem: number;
  readonly gapRem: number;
  /** One line under each picture instead of two. */
  readonly dense: boolean;
  /** How many columns and rows the first tile takes. */
  readonly largeSpan: number;
}

/** The large one of `focus` takes 2 × 2 of 3 × 3 places. */
const FOCUS_TILES = 6;

export function tilesPerPage(layout: WallLayout): number {
  if (layout === 'auto') return Number.POSITIVE_INFINITY;
  return layout === 'focus' ? FOCUS_TILES : Number(layout);
}

/** At least one, so that an empty wall has a page too. */
export function countPages(layout: WallLayout, count: number): number {
  return Math.max(1, Math.ceil(count / tilesPerPage(layout)));
}

/** What stands on `page`, from 0; a page that is no more is the last one. */
export function pageOf<T>(items: readonly T[], layout: WallLayout, page: number): readonly T[] {
  const size = tilesPerPage(layout);
  if (!Number.isFinite(size)) return items;
  const start = Math.min(page, countPages(layout, items.length) - 1) * size;
  return items.slice(start, start + size);
}

/** `count` is that of the tiles on the page. */
export function planWall(layout: WallLayout, count: number, space: WallSpace): WallPlan {
  return layout === 'auto' ? planAll(count, space) : planFixed(layout, space);
}

function planAll(count: number, space: WallSpace): WallPlan {
  const most = fittingColumns(space, MIN_TILE_REM, ROOMY);
  // A phone: one below the other, over the whole width.
  const scrolling = plan(most, tileByWidth(most, space, ROOMY), ROOMY);
  if (most === 1 || count === 0) return scrolling;
  const roomy = largest(count, space, ROOMY);
  if (roomy.tileRem >= MIN_TILE_REM) return roomy;
  const dense = largest(count, space, DENSE);
  return dense.tileRem >= MIN_DENSE_TILE_REM ? dense : scrolling;
}

/** The widest tiles that all fit without scrolling. */
function largest(count: number, space: WallSpace, frame: Frame): WallPlan {
  let best = plan(1, 0, frame);
  const most = fittingColumns(space, MIN_DENSE_TILE_REM, frame);
  for (let columns = 1; columns <= Math.min(most, count); columns++) {
    const tileRem = fittingTile(columns, Math.ceil(count / columns), { space, frame });
    if (tileRem > best.tileRem) best = plan(columns, tileRem, frame);
  }
  return best;
}

function planFixed(layout: Exclude<WallLayout, 'auto'>, space: WallSpace): WallPlan {
  const wanted = layout === 'focus' ? 3 : Math.sqrt(Number(layout));
  const frame = wanted >= DENSE_COLUMNS ? DENSE : ROOMY;
  const columns = Math.min(wanted, fittingColumns(space, MIN_COLUMN_REM, frame));
  const largeSpan = layout === 'focus' ? Math.min(2, columns) : 1;
  // A display that is too narrow for the layout scrolls down instead.
  if (columns < wanted) return plan(columns, tileByWidth(columns, space, frame), frame, largeSpan);
  return plan(columns, fittingTile(columns, columns, { space, frame }), frame, largeSpan);
}

function plan(columns: number, tileRem: number, frame: Frame, largeSpan = 1): WallPlan {
  return { columns, tileRem, gapRem: frame.gapRem, dense: frame === DENSE, largeSpan };
}

function fittingColumns({ width }: WallSpace, minTileRem: number, { gapRem }: Frame): number {
  return Math.max(1, Math.floor((width + gapRem) / (minTileRem + gapRem)));
}

function fittingTile(
  columns: number,
  rows: number,
  { space, frame }: { space: WallSpace; frame: Frame },
): number {
  const byWidth = tileByWidth(columns, space, frame);
  return Math.max(0, Math.min(byWidth, tileByHeight(rows, space, frame)));
}

function tileByWidth(columns: number, { width }: WallSpace, { gapRem }: Frame): number {
  return (width - gapRem * (columns - 1)) / columns;
}

function tileByHeight(rows: number, { height }: WallSpace, { gapRem, captionRem }: Frame): number {
  return (((height - gapRem * (rows - 1)) / rows - captionRem) * 16) / 9;
}
