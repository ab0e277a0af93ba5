// The wiring: the one place that knows every part, opens them in order and closes them in reverse.

import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Log } from '#core/ports/log.ts';
import { Outbox } from '#core/streams/outbox.ts';
import { Streams } from '#core/streams/streams.ts';
import { Viewers } from '#core/streams/viewers.ts';
import type { Clock } from '#std/clock.ts';
import { createMetrics, type Metrics } from '../adapters/prometheus/metrics.ts';
import { createMetricsServer } from '../adapters/prometheus/metrics-server.ts';
import { loadClip } from '../adapters/test-source/load-clip.ts';
import { createTestSource } from '../adapters/test-source/test-source.ts';
import { openWebrtcTransport, type WebrtcTransport } from '../adapters/webrtc/webrtc-transport.ts';
import { createApi } from '../api/server.ts';
import type { ApiServices } from '../api/services.ts';
import { addressesOf } from './addresses.ts';
import { Closers } from './closers.ts';
import type { Config, StreamConfig } from './config/config.ts';
import { viewHealth } from './health.ts';
import { toListenError } from './listen-error.ts';
import { createMetricFigures } from './metric-figures.ts';
import { newId, randomWord } from './random.ts';
import { version } from './version.ts';

const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url));

interface YeoulOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Yeoul {
  /** Where to open the page, best first. */
  readonly addresses: readonly string[];
  /** Idempotent. */
  close(): Promise<void>;
}

export async function startYeoul(options: YeoulOptions): Promise<Yeoul> {
  const closers = new Closers();
  try {
    const core = await openCore(options, closers);
    const metrics = createMetrics(createMetricFigures({ ...core, version }));
    await openMetricsPort(options, metrics, closers);
    const port = await openHttp(options, { ...core, metrics }, closers);
    const { host } = options.config.server;
    return {
      addresses: addressesOf(host, port, networkInterfaces()),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

interface Core {
  readonly transport: WebrtcTransport;
  readonly streams: Streams;
  readonly viewers: Viewers;
}

async function openCore({ config, log, clock }: YeoulOptions, closers: Closers): Promise<Core> {
  const transport = await openTransport({ config, log, clock });
  closers.add(() => transport.close());
  log.info('WebRTC media', { port: transport.port, tcp: config.webrtc.tcp });
  const outbox = new Outbox(transport);
  const streams = new Streams({ clock, outbox, log });
  closers.add(() => streams.close());
  const { maxPeers: maxViewers } = config.webrtc;
  const rules = { clock, streams, transport, outbox, log };
  const viewers = new Viewers({ ...rules, maxViewers, newId, randomWord });
  closers.add(() => viewers.close());
  await addStreams(config.streams, streams, clock);
  return { streams, viewers, transport };
}

async function openTransport({ config, log, clock }: YeoulOptions): Promise<WebrtcTransport> {
  const { host, port } = config.webrtc;
  try {
    return await openWebrtcTransport({ config: config.webrtc, clock, log });
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw toListenError(error, { host, port, hostKey: 'webrtc.host', portKey: 'webrtc.port' });
  }
}

async function addStreams(
  configs: readonly StreamConfig[],
  streams: Streams,
  clock: Clock,
): Promise<void> {
  if (configs.length === 0) return;
  const clip = await loadClip();
  for (const { id, name, origin, source: address } of configs) {
    streams.add({ id, name, origin, address }, createTestSource({ clock, clip }));
  }
}

async function openMetricsPort(
  { config, log }: YeoulOptions,
  metrics: Metrics,
  closers: Closers,
): Promise<void> {
  const { port } = config.metrics;
  if (port === null) return;
  const server = createMetricsServer(metrics);
  closers.add(() => server.close());
  const { host } = config.server;
  try {
    log.info('Metrics', { port: await server.listen(host, port) });
  } catch (error) {
    throw toListenError(error, { host, port, hostKey: 'server.host', portKey: 'metrics.port' });
  }
}

async function openHttp(
  options: YeoulOptions,
  parts: Core & { readonly metrics: Metrics },
  closers: Closers,
): Promise<number> {
  const { host, httpPort: port } = options.config.server;
  const api = createApi(createServices(options, parts));
  closers.add(() => api.close());
  try {
    await api.listen({ host, port });
  } catch (error) {
    throw toListenError(error, { host, port, hostKey: 'server.host', portKey: 'server.http_port' });
  }
  const address = api.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function createServices(
  { config, log, clock }: YeoulOptions,
  { streams, viewers, metrics }: Core & { readonly metrics: Metrics },
): ApiServices {
  const startedAtMs = clock.nowMs();
  const streamViews = () => streams.views((streamId) => viewers.count(streamId));
  return {
    streams: {
      views: streamViews,
      view: (streamId) => streams.get(streamId).view(viewers.count(streamId)),
    },
    viewers: {
      views: (streamId) => viewers.views(streams.get(streamId).config.id),
      join: (request) => viewers.join(request),
      trickle: (...request) => viewers.trickle(...request),
      leave: (...request) => viewers.leave(...request),
    },
    health: () =>
      viewHealth({
        version,
        uptimeMs: clock.nowMs() - startedAtMs,
        wallMs: clock.wallMs(),
        streams: streamViews(),
        viewers: viewers.size,
        maxViewers: config.webrtc.maxPeers,
      }),
    metrics: () => metrics.read(),
    onRequest: (request) => metrics.observeRequest(request),
    iceServers: config.webrtc.iceServers,
    webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : undefined,
    version,
    clock,
    log,
  };
}
