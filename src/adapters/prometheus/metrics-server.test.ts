// Asks the metrics' own port over real sockets.

import { afterEach, expect, test } from 'vitest';
import { createMetricsServer, type MetricsServer } from './metrics-server.ts';

const open: MetricsServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(read: () => Promise<{ contentType: string; text: string }>): Promise<string> {
  const server = createMetricsServer({ read, observeRequest: () => {} });
  open.push(server);
  return `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
}

const some = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'yeoul_up 1\n' });

test('the metrics port answers GET /metrics', async () => {
  const answer = await fetch(`${await start(some)}/metrics?x=1`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  expect(await answer.text()).toBe('yeoul_up 1\n');
});

test('the metrics port has nothing else and says so', async () => {
  const url = await start(some);
  const other = await fetch(`${url}/api/v1/streams`);
  expect(other.status).toBe(404);
  expect(await other.text()).toContain('GET /metrics');
  const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
  expect(post.status).toBe(405);
  expect(post.headers.get('allow')).toBe('GET, HEAD');
});

test('a failing collector is a 500 without details, and the port goes on', async () => {
  let failing = true;
  const url = await start(async () => {
    if (failing) throw new Error('secret');
    return some();
  });
  const failed = await fetch(`${url}/metrics`);
  expect(failed.status).toBe(500);
  expect(await failed.text()).not.toContain('secret');
  failing = false;
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
});

test('a port that is taken is the system’s error, which the wiring explains', async () => {
  const port = Number(new URL(await start(some)).port);
  const second = createMetricsServer({ read: some, observeRequest: () => {} });
  await expect(second.listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('closing twice is fine, and so is closing what never listened', async () => {
  const server = createMetricsServer({ read: some, observeRequest: () => {} });
  await server.close();
  await server.listen('127.0.0.1', 0);
  await server.close();
  await expect(server.close()).resolves.toBeUndefined();
});
