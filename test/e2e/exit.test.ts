// The end of the process while viewers watch: in order, soon, and without a crash.

import { afterEach, expect, test } from 'vitest';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { joinByWhep } from '../support/whep-peer.ts';

const ROUNDS = 8;
const EXIT_WITHIN_MS = 2_000;

let server: ServerProcess;

afterEach(async () => {
  await server?.dispose();
});

test('SIGTERM with viewers ends the server with code 0 within 2 s, eight times in a row', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    server = await ServerProcess.start();
    const viewers = await Promise.all(['one', 'two'].map((name) => joinByWhep(server.url, name)));
    await until(() => viewers.every(({ media }) => media.video.packets > 0), { what: 'a picture' });
    const startMs = performance.now();
    expect(await server.stop('SIGTERM'), server.output).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(EXIT_WITHIN_MS);
    expect(server.output).not.toMatch(/ERROR|terminate called|Segmentation|^\s+at /m);
    for (const { media } of viewers) media.close();
    await server.dispose();
  }
});
