// All clients at once, measured minute by minute.

import type { LinkQuality } from '../links/link.ts';
import { pause } from './pause.ts';
import type { Point } from './point.ts';
import { tellPoint } from './progress.ts';
import type { ScenarioOptions } from './scenario-options.ts';
import { Stage } from './stage.ts';

const CLIENTS = 20;
const SETTLE_MINUTES = 1;

interface MinutesOptions extends ScenarioOptions {
  readonly minutes: number;
  /** Between server and clients; undefined: nothing. */
  readonly link?: LinkQuality;
}

export async function measureMinutes(options: MinutesOptions): Promise<Point[]> {
  const { clients = CLIENTS, minutes, minuteMs, seed, fault, link } = options;
  const stage = await Stage.open({ maxClients: clients, seed, fault, hasLink: !!link });
  const points: Point[] = [];
  try {
    if (link) await stage.change(link);
    await stage.crowd.growTo(clients);
    await pause(SETTLE_MINUTES * minuteMs);
    for (let minute = 1; minute <= minutes; minute++) {
      const point = await stage.measure(`minute ${minute}`, minuteMs);
      tellPoint(point);
      points.push(point);
    }
  } finally {
    await stage.close();
  }
  return points;
}
