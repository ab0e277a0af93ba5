// The levels of all channels on one canvas, a bar in each row: average as a bar, peak as a line.

import { useEffect, useRef } from 'preact/hooks';
import type { Levels } from '../../players/console-feed.ts';
import { text } from '../settings.ts';
import { HOT_DB, LOUD_DB, meterShare, PeakHold } from './meter-scale.ts';
import type { LevelFeed } from './use-console.ts';

/** Share of a row that its bar is high. */
const BAR_SHARE = 0.3;
const PEAK_WIDTH_PX = 2;
/** Levels come each 50 ms. Without new ones the old are no longer true. */
const STALE_MS = 500;

interface ChannelMetersProperties {
  readonly feed: LevelFeed;
  /** Channel numbers in the order of the rows. */
  readonly order: readonly number[];
}

export function ChannelMeters({ feed, order }: ChannelMetersProperties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = useRef(order);
  rows.current = order;
  useEffect(() => {
    const element = canvas.current;
    return element ? showLevels(element, feed, () => rows.current) : undefined;
  }, [feed]);
  return (
    <canvas
      class="meters"
      ref={canvas}
      role="img"
      aria-label={text.value.console.channels.levels}
      data-testid="meters"
    />
  );
}

/** Draws what comes, and silence when nothing comes, until the returned function is called. */
function showLevels(
  canvas: HTMLCanvasElement,
  feed: LevelFeed,
  order: () => readonly number[],
): () => void {
  const meters = new Meters(canvas);
  let frame = 0;
  let stale: ReturnType<typeof setTimeout> | undefined;
  const draw = (levels: Levels | undefined): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame((nowMs) => meters.draw(order(), levels, nowMs));
  };
  const resized = new ResizeObserver(() => draw(undefined));
  resized.observe(canvas);
  feed.onLevels = (levels) => {
    draw(levels);
    clearTimeout(stale);
    stale = setTimeout(() => draw(undefined), STALE_MS);
  };
  return () => {
    feed.onLevels = undefined;
    resized.disconnect();
    clearTimeout(stale);
    cancelAnimationFrame(frame);
  };
}

class Meters {
  readonly #canvas: HTMLCanvasElement;
  readonly #peaks = new Map<number, PeakHold>();

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  draw(order: readonly number[], levels: Levels | undefined, nowMs: number): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { width, height } = this.#fit();
    const colors = readColors(this.#canvas);
    context.clearRect(0, 0, width, height);
    if (!levels) this.#peaks.clear();
    const rowHeight = height / order.length;
    const barHeight = Math.max(1, Math.round(rowHeight * BAR_SHARE));
    for (const [row, id] of order.entries()) {
      const top = Math.round((row + 0.5) * rowHeight - barHeight / 2);
      const place = { top, width, barHeight };
      fill(context, colors.track, { ...place, left: 0 });
      if (levels) this.#drawChannel(context, { id, levels, nowMs, place, colors });
    }
  }

  #drawChannel(context: CanvasRenderingContext2D, channel: DrawnChannel): void {
    const { id, levels, nowMs, place, colors } = channel;
    const { width } = place;
    const rmsDb = levels.rmsDb[id - 1] ?? Number.NEGATIVE_INFINITY;
    const peak = this.#peakOf(id);
    peak.take(levels.peakDb[id - 1] ?? Number.NEGATIVE_INFINITY, nowMs);
    const end = meterShare(rmsDb) * width;
    for (const { fromDb, color } of zones(colors)) {
      const left = meterShare(fromDb) * width;
      if (end > left) fill(context, color, { ...place, left, width: end - left });
    }
    const peakDb = peak.db(nowMs);
    const left = meterShare(peakDb) * width - PEAK_WIDTH_PX * devicePixelRatio;
    const line = { ...place, left, width: PEAK_WIDTH_PX * devicePixelRatio };
    if (left > 0) fill(context, colorAt(peakDb, colors), line);
    if (peak.isClipped(nowMs)) fill(context, colors.hot, { ...line, left: width - 2 * line.width });
  }

  #peakOf(id: number): PeakHold {
    const peak = this.#peaks.get(id) ?? new PeakHold();
    this.#peaks.set(id, peak);
    return peak;
  }

  #fit(): { width: number; height: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.round(clientWidth * devicePixelRatio);
    const height = Math.round(clientHeight * devicePixelRatio);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    return { width, height };
  }
}

interface Bar {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly barHeight: number;
}

interface MeterColors {
  readonly track: string;
  readonly calm: string;
  readonly loud: string;
  readonly hot: string;
}

interface DrawnChannel {
  readonly id: number;
  readonly levels: Levels;
  readonly nowMs: number;
  readonly place: Omit<Bar, 'left'>;
  readonly colors: MeterColors;
}

function fill(context: CanvasRenderingContext2D, color: string, bar: Bar): void {
  context.fillStyle = color;
  context.fillRect(bar.left, bar.top, bar.width, bar.barHeight);
}

function zones({ calm, loud, hot }: MeterColors) {
  return [
    { fromDb: Number.NEGATIVE_INFINITY, color: calm },
    { fromDb: LOUD_DB, color: loud },
    { fromDb: HOT_DB, color: hot },
  ];
}

function colorAt(db: number, { calm, loud, hot }: MeterColors): string {
  if (db < LOUD_DB) return calm;
  return db < HOT_DB ? loud : hot;
}

/** Of properties that compute to colours, whatever the appearance is. */
function readColors(canvas: HTMLCanvasElement): MeterColors {
  const style = getComputedStyle(canvas);
  return {
    track: style.caretColor,
    calm: style.color,
    loud: style.borderTopColor,
    hot: style.outlineColor,
  };
}
