// A port of its own for GET /metrics, for those who do not want the scraper on the public one.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  /** Resolves with the port, another one if 0 was asked for; rejects with the system's error. */
  listen(host: string, port: number): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A scraper sends a few hundred bytes and asks every 15 s or so. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 64;

export function createMetricsServer(metrics: Metrics): MetricsServer {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => void answer(metrics, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  return { listen: (host, port) => listen(server, host, port), close: () => close(server) };
}

async function answer(
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url?.split('?', 1)[0] !== '/metrics') return refuse(response, 404);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  try {
    const { contentType, text } = await metrics.read();
    response.writeHead(200, { 'content-type': contentType, 'x-content-type-options': 'nosniff' });
    response.end(text);
  } catch {
    refuse(response, 500);
  }
}

function refuse(response: ServerResponse, status: 404 | 405 | 500): void {
  const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
  response.writeHead(status, { 'content-type': 'text/plain', ...allow });
  response.end('This port has only GET /metrics.\n');
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
