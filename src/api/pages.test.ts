// The web UI's files: which address gets which, and how long browsers may keep it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeServices } from '../../test/support/fake-services.ts';
import { createApi } from './server.ts';

let webRoot: string;
const services = new FakeServices();

beforeEach(() => {
  webRoot = mkdtempSync(join(tmpdir(), 'yeoul-pages-'));
  mkdirSync(join(webRoot, 'assets'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Yeoul</title>');
  writeFileSync(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(webRoot, 'player.js'), 'customElements;');
  writeFileSync(join(webRoot, '.build'), 'stamp');
  writeFileSync(join(webRoot, 'assets', 'main-abc123.js'), 'export {};');
  services.webRoot = webRoot;
});

afterEach(() => rmSync(webRoot, { recursive: true }));

describe('with a built web UI', () => {
  test.each(['/', '/docs', '/mix', '/admin', '/view/gate', '/?lang=ko'])(
    '%s is the page, with a policy of its own and asked for anew each time',
    async (url) => {
      const answer = await createApi(services).inject(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('<title>Yeoul</title>');
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.headers['content-security-policy']).toMatch(
        /^default-src 'self';.*frame-ancestors 'none'$/,
      );
      expect(answer.headers['x-frame-options']).toBe('DENY');
    },
  );

  test('the page to embed may be framed by every other page, and is the same file', async () => {
    const { headers, body } = await createApi(services).inject('/embed/gate');
    expect(body).toContain('<title>Yeoul</title>');
    expect(headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors \*$/);
    expect(headers).not.toHaveProperty('x-frame-options');
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
    expect(headers['cache-control']).toBe('no-cache');
  });

  test('the element may be loaded by every other page, and is asked for anew each time', async () => {
    const { headers, body } = await createApi(services).inject('/player.js');
    expect(body).toBe('customElements;');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
    expect(headers['cache-control']).toBe('no-cache');
  });

  test('a build without the element has none', async () => {
    rmSync(join(webRoot, 'player.js'));
    expect((await createApi(services).inject('/player.js')).statusCode).toBe(404);
  });

  test('an asset may be kept for a year, because its name changes with it', async () => {
    const answer = await createApi(services).inject('/assets/main-abc123.js');
    expect(answer.body).toBe('export {};');
    expect(answer.headers['content-type']).toMatch(/javascript/);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('a file beside the page is there under its name', async () => {
    const answer = await createApi(services).inject('/favicon.svg');
    expect(answer.headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(answer.headers['cache-control']).toBe('public, max-age=3600');
  });

  test.each([
    '/assets/none.js',
    '/assets/',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/..%2findex.html',
    '/.build',
    '/index.html',
    '/view',
    '/view/a/b',
  ])('%s is a problem, not a page', async (url) => {
    const answer = await createApi(services).inject(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('not_found');
  });

  test('what is asked for under an asset counts as one route', async () => {
    await createApi(services).inject('/assets/main-abc123.js');
    expect(services.finished.at(-1)?.route).toBe('/assets/*');
  });

  test('a folder that cannot be the built UI is refused at the start', () => {
    for (let n = 0; n < 33; n++) writeFileSync(join(webRoot, `file-${n}.txt`), '');
    return expect(createApi(services).ready()).rejects.toThrow(/Is it the built web UI\?/);
  });
});

test.each([
  [undefined, '/'],
  ['/nowhere', '/'],
  ['/nowhere', '/embed/gate'],
])('without a built UI (%s) %s says what to do', async (root, url) => {
  services.webRoot = root;
  const answer = await createApi(services).inject(url);
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toContain('npm run build');
});
