// How soon all is well again after reloads, restarts, a standstill and a browser that vanished.

import { setTimeout as pause } from 'node:timers/promises';
import { untilFlowing } from '../../test/support/picture-watch.ts';
import { until } from '../../test/support/until.ts';
import { untilViewers } from '../../test/support/viewer-count.ts';
import { readState } from '../../test/support/viewer-page.ts';
import type { Figure } from './figure.ts';
import { watching } from './watching.ts';

const RELOADS = 20;
const RESTARTS = 5;
const STOPPED_FOR_MS = 10_000;
/** Far above every bound here, so that a failure is measured before it is given up. */
const GIVE_UP_MS = 30_000;

export function measureReloads(): Promise<Figure[]> {
  return watching(async ({ server, page }) => {
    const settledMs: number[] = [];
    for (let reload = 0; reload < RELOADS; reload++) {
      await page.reload();
      await page.getByTestId('video').waitFor();
      settledMs.push(await untilViewers(server.url, 1, GIVE_UP_MS));
    }
    const bound = { of: 'max', at: 'most', limit: 2_000 } as const;
    return [{ name: 'reload to exactly one viewer', unit: 'ms', values: settledMs, bound }];
  });
}

export function measureRestarts(): Promise<Figure[]> {
  return watching(async ({ server, page }) => {
    const healedMs: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      await server.stop('SIGKILL');
      await until(async () => (await readState(page)) !== 'connected', {
        what: 'the page to miss the server',
      });
      await server.start();
      healedMs.push(await untilFlowing(page, GIVE_UP_MS));
    }
    const bound = { of: 'max', at: 'most', limit: 5_000 } as const;
    return [{ name: 'restarted server to flowing picture', unit: 'ms', values: healedMs, bound }];
  });
}

export function measureStandstill(): Promise<Figure[]> {
  return watching(async ({ server, page }) => {
    process.kill(server.pid, 'SIGSTOP');
    await pause(STOPPED_FOR_MS);
    process.kill(server.pid, 'SIGCONT');
    const values = [await untilFlowing(page, GIVE_UP_MS)];
    const bound = { of: 'max', at: 'most', limit: 5_000 } as const;
    return [{ name: 'server stopped for 10 s to flowing picture', unit: 'ms', values, bound }];
  });
}

export function measureReaper(): Promise<Figure[]> {
  return watching(async ({ server, browser }) => {
    await browser.kill();
    const values = [await untilViewers(server.url, 0, GIVE_UP_MS)];
    const bound = { of: 'max', at: 'most', limit: 20_000 } as const;
    return [{ name: 'killed browser to no viewer', unit: 'ms', values, bound }];
  });
}
