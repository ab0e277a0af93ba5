// The web UI: built files, and the one page that stands behind every address of the UI.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { InputError } from '#std/errors.ts';
import { PAGE_POLICY } from './common-headers.ts';
import type { ApiInstance } from './instance.ts';

const pagePaths = ['/', '/view/:id', '/docs'];

/** Icons and manifests beside index.html; anything more belongs in assets/. */
const MAX_ROOT_FILES = 32;

const noUi = `Yeoul is running, but its web UI has not been built.

Build it with "npm run build" in Yeoul's folder and start the server again.
The API works without it: /api/v1/streams, described in /api/v1/openapi.json.
`;

const hidden = { hide: true };

export function addPages(app: ApiInstance, webRoot: string | undefined): void {
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    for (const url of pagePaths) app.get(url, { schema: hidden }, sendNoUi);
    return;
  }
  // Names of assets hold a hash of their content, so they never change.
  app.register(fastifyStatic, {
    root: join(webRoot, 'assets'),
    prefix: '/assets/',
    index: false,
    maxAge: '1y',
    immutable: true,
  });
  for (const url of pagePaths) {
    app.get(url, { schema: hidden }, (_request, reply) => sendPage(reply, webRoot));
  }
  for (const name of rootFiles(webRoot)) {
    app.get(`/${name}`, { schema: hidden }, (_request, reply) =>
      reply.sendFile(name, webRoot, { maxAge: '1h', immutable: false }),
    );
  }
}

function sendPage(reply: FastifyReply, webRoot: string): FastifyReply {
  return reply
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-cache')
    .sendFile('index.html', webRoot, { cacheControl: false });
}

function sendNoUi(_request: unknown, reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/plain; charset=utf-8').send(noUi);
}

/** Only names that stand for themselves in a route's pattern. */
function rootFiles(webRoot: string): string[] {
  const names = readdirSync(webRoot, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[A-Za-z0-9][\w.-]*$/.test(entry.name))
    .map((entry) => entry.name)
    .filter((name) => name !== 'index.html');
  if (names.length <= MAX_ROOT_FILES) return names;
  throw new InputError(
    `"${webRoot}" has ${names.length} files beside index.html, more than ${MAX_ROOT_FILES}. Is it the built web UI?`,
  );
}
