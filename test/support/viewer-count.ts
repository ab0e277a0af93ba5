// How many viewers the server says a stream has.

import type { ViewerView } from '#contract/streams.ts';
import { until } from './until.ts';

export async function listViewers(url: string, streamId = 'test'): Promise<ViewerView[]> {
  const response = await fetch(`${url}/api/v1/streams/${streamId}/viewers`);
  const { viewers } = (await response.json()) as { viewers: ViewerView[] };
  return viewers;
}

/** Waits until there are exactly so many. Returns how long that took. */
export async function untilViewers(url: string, count: number, withinMs: number): Promise<number> {
  const startMs = performance.now();
  let found = -1;
  const settled = async () => {
    found = (await listViewers(url)).length;
    return found === count;
  };
  await until(settled, { what: `exactly ${count} viewers`, withinMs }).catch((cause: unknown) => {
    throw new Error(`there are ${found} viewers instead of ${count} after ${withinMs} ms`, {
      cause,
    });
  });
  return performance.now() - startMs;
}
