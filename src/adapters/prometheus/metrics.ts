// All metrics of the server: the process and HTTP by prom-client, the rest from figures at scrape.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { rtspFamilies, signallingFamilies } from './door-families.ts';
import type { MetricFigures, RequestFigures } from './figures.ts';
import { profileFamilies } from './profile-families.ts';
import { soundFamilies } from './sound-families.ts';
import { streamFamilies } from './stream-families.ts';
import { formatFamilies } from './text-format.ts';
import { viewerFamilies } from './viewer-families.ts';

export interface Metrics {
  read(): Promise<{ contentType: string; text: string }>;
  /** Takes routes as patterns: each different one costs memory for good. */
  observeRequest(request: RequestFigures): void;
}

/** Seconds. The target for the list of streams is a p99 under 10 ms; joining takes up to seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10];

const STREAMS_ROUTE = '/api/v1/streams';

export function createMetrics(figures: MetricFigures): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry, figures.version);
  const observeRequest = addHttp(registry);
  return {
    observeRequest,
    read: async () => ({
      contentType: registry.contentType,
      text: `${await registry.metrics()}\n${formatOwn(figures)}`,
    }),
  };
}

function formatOwn(figures: MetricFigures): string {
  const streams = figures.streams();
  return formatFamilies([
    ...streamFamilies(streams),
    ...profileFamilies(streams),
    ...rtspFamilies(figures.rtsp()),
    ...signallingFamilies(figures.signalling()),
    ...soundFamilies(figures.sound()),
    ...viewerFamilies(figures.viewers(), figures.transport()),
  ]);
}

function addBuildInfo(registry: Registry, version: string): void {
  const info = new Gauge({
    name: 'yeoul_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version, node: process.versions.node }, 1);
}

function addHttp(registry: Registry): (request: RequestFigures) => void {
  const duration = new Histogram({
    name: 'yeoul_http_request_duration_seconds',
    help: 'From the header lines of a request to the end of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const streamsGet = new Histogram({
    name: 'api_streams_get',
    help: 'Seconds that GET /api/v1/streams took.',
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const rejected = new Counter({
    name: 'yeoul_http_rejected_total',
    help: 'Requests refused with a problem, by its code.',
    labelNames: ['code'],
    registers: [registry],
  });
  return ({ route, method, status, durationMs, problem }) => {
    const seconds = durationMs / 1000;
    duration.observe({ route, method, status: String(status) }, seconds);
    if (route === STREAMS_ROUTE && method === 'GET') streamsGet.observe(seconds);
    if (problem !== undefined && status < 500) rejected.inc({ code: problem });
  };
}
