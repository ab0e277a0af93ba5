// The web UI: built files, and the one page that stands behind every address of the UI.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { InputError } from '#std/errors.ts';
import { EMBED_POLICY, PAGE_POLICY } from './common-headers.ts';
import type { ApiInstance } from './instance.ts';

const pagePaths = ['/', '/view/:id', '/mix', '/admin', '/docs'];
/** Stands within other people's pages. */
const embedPath = '/embed/:id';
/** Loaded by other people's pages; its name stays, so it is asked for anew each time. */
const elementFile = 'player.js';

/** Icons and manifests beside index.html; anything more belongs in assets/. */
const MAX_ROOT_FILES = 32;

const noUi = `Yeoul is running, but its web UI has not been built.

Build it with "npm run build" in Yeoul's folder and start the server again.
The API works without it: /api/v1/streams, described in /api/v1/openapi.json.
`;

const hidden = { hide: true };

export function addPages(app: ApiInstance, webRoot: string | undefined): void {
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    for (const url of [...pagePaths, embedPath]) app.get(url, { schema: hidden }, sendNoUi);
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
  app.get(embedPath, { schema: hidden }, (_request, reply) => sendEmbed(reply, webRoot));
  for (const name of rootFiles(webRoot)) {
    if (name === elementFile) continue;
    app.get(`/${name}`, { schema: hidden }, (_request, reply) =>
      reply.sendFile(name, webRoot, { maxAge: '1h', immutable: false }),
    );
  }
  if (!existsSync(join(webRoot, elementFile))) return;
  app.get(`/${elementFile}`, { schema: hidden }, (_request, reply) => sendElement(reply, webRoot));
}

function sendPage(reply: FastifyReply, webRoot: string, policy = PAGE_POLICY): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('cache-control', 'no-cache')
    .sendFile('index.html', webRoot, { cacheControl: false });
}

/** `X-Frame-Options` knows no "everybody", so it has to go. */
function sendEmbed(reply: FastifyReply, webRoot: string): FastifyReply {
  reply.removeHeader('x-frame-options');
  reply.header('cross-origin-resource-policy', 'cross-origin');
  return sendPage(reply, webRoot, EMBED_POLICY);
}

function sendElement(reply: FastifyReply, webRoot: string): FastifyReply {
  return reply
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('cache-control', 'no-cache')
    .sendFile(elementFile, webRoot, { cacheControl: false });
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
