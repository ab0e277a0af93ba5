// A web site of somebody else: one page, on a port of its own, so that browsers see another origin.

import { once } from 'node:events';
import { createServer } from 'node:http';

interface OtherSite extends AsyncDisposable {
  readonly url: string;
}

export async function openOtherSite(body: string): Promise<OtherSite> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>News</title>${body}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
