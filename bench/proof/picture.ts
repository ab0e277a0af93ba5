// How soon a browser shows the picture, how smoothly, and how old what it shows is.

import { longestGapMs, watchPicture } from '../../test/support/picture-watch.ts';
import { measureJoin, noteFirstFrames, readFigure } from '../../test/support/viewer-page.ts';
import type { Figure } from './figure.ts';
import { watching } from './watching.ts';

const WINDOWS = 3;
const WINDOW_MS = 10_000;
const AGE_PERIOD_MS = 1_000;
const JOINS = 20;

export function measurePicture(): Promise<Figure[]> {
  return watching(async ({ page }) => {
    const rates: number[] = [];
    const gapsMs: number[] = [];
    const agesMs: number[] = [];
    const readAge = async () => agesMs.push(await readFigure(page, 'frame-age'));
    const ticker = setInterval(() => void readAge().catch(() => undefined), AGE_PERIOD_MS);
    for (let window = 0; window < WINDOWS; window++) {
      const watch = await watchPicture(page, WINDOW_MS);
      rates.push((watch.framesDecoded * 1_000) / watch.elapsedMs);
      gapsMs.push(longestGapMs(watch));
    }
    clearInterval(ticker);
    const slowest = { of: 'min', at: 'least', limit: 25 } as const;
    const oldest = { of: 'median', at: 'most', limit: 500 } as const;
    return [
      { name: 'frames a second over 10 s', unit: '', values: rates, bound: slowest },
      { name: 'longest time without a new frame', unit: 'ms', values: gapsMs },
      { name: 'age of the picture', unit: 'ms', values: agesMs, bound: oldest },
    ];
  });
}

export function measureJoins(): Promise<Figure[]> {
  return watching(async ({ server, page }) => {
    await noteFirstFrames(page);
    const navigationsMs: number[] = [];
    const ownsMs: number[] = [];
    for (let join = 0; join < JOINS; join++) {
      const { navigationMs, ownMs } = await measureJoin(page, server.url);
      navigationsMs.push(navigationMs);
      ownsMs.push(ownMs);
    }
    const bound = { of: 'median', at: 'most', limit: 1_000 } as const;
    return [
      { name: 'navigation to first frame', unit: 'ms', values: navigationsMs, bound },
      { name: 'connection to first frame, as the page says', unit: 'ms', values: ownsMs, bound },
    ];
  });
}
