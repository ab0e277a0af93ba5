// Ten viewers for a minute: whether each gets every packet.

import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../../test/support/server-process.ts';
import { joinByWhep } from '../../test/support/whep-peer.ts';
import type { Figure } from './figure.ts';

const VIEWERS = 10;
const WATCH_MS = 60_000;
/** Picture and sound are about 270 packets a second. */
const LEAST_PACKETS = 12_000;
/** The server takes viewers that say nothing for 15 s for gone. */
const REPORT_PERIOD_MS = 1_000;

export async function measureLoss(): Promise<Figure[]> {
  const server = await ServerProcess.start();
  try {
    const names = Array.from({ length: VIEWERS }, (_, at) => `viewer-${at}`);
    const viewers = await Promise.all(names.map((name) => joinByWhep(server.url, name)));
    const ticker = setInterval(() => {
      for (const { media } of viewers) media.report();
    }, REPORT_PERIOD_MS);
    await pause(WATCH_MS);
    clearInterval(ticker);
    const lost = viewers.map(({ media }) => media.video.lost + media.audio.lost);
    const received = viewers.map(({ media }) => media.video.packets + media.audio.packets);
    for (const viewer of viewers) await viewer.leave();
    return [
      {
        name: `packets lost by each of ${VIEWERS} viewers in ${WATCH_MS / 1_000} s`,
        unit: '',
        values: lost,
        bound: { of: 'max', at: 'most', limit: 0 },
      },
      {
        name: 'packets that each received',
        unit: '',
        values: received,
        bound: { of: 'min', at: 'least', limit: LEAST_PACKETS },
      },
    ];
  } finally {
    await server.dispose();
  }
}
