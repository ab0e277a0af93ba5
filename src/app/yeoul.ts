// The wiring: the one place that knows every part, opens them in order and closes them in reverse.

import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findSessionToken } from '#core/access/session-cookie.ts';
import { Announcement } from '../adapters/mdns/announcement.ts';
import { createMetrics, type Metrics } from '../adapters/prometheus/metrics.ts';
import { createMetricsServer } from '../adapters/prometheus/metrics-server.ts';
import { createApi } from '../api/server.ts';
import type { ApiServices } from '../api/services.ts';
import { createConsoleLive } from '../signalling/console-live/console-live.ts';
import { createSignalling, type Signalling } from '../signalling/signalling.ts';
import { attachUpgrades, type UpgradeHandler } from '../signalling/upgrades.ts';
import { addressesOf, isOwnAddress } from './addresses.ts';
import { Closers } from './closers.ts';
import { formatStreams } from './config/format-streams.ts';
import { type Core, type CoreOptions, openCore } from './core.ts';
import { viewHealth } from './health.ts';
import { toListenError } from './listen-error.ts';
import { createMetricFigures } from './metric-figures.ts';
import { openRtsp } from './rtsp.ts';
import { openSound, type Sound } from './sound.ts';
import { version } from './version.ts';

const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url));

type Parts = Core & { readonly metrics: Metrics; readonly sound: Sound | undefined };

export interface Yeoul {
  /** Where to open the page, best first. */
  readonly addresses: readonly string[];
  /** Idempotent. */
  close(): Promise<void>;
}

export async function startYeoul(options: CoreOptions): Promise<Yeoul> {
  const closers = new Closers();
  try {
    const core = await openCore(options, closers);
    await core.registry.start();
    const rtsp = await openRtsp(options, core, closers);
    const sound = await openSound(options, core.consoleStore, closers);
    const signalling = openSignalling(options, core);
    const figures = createMetricFigures({ ...core, rtsp, signalling, sound, version });
    const metrics = createMetrics(figures);
    await openMetricsPort(options, metrics, closers);
    const port = await openHttp(options, { ...core, metrics, signalling, sound }, closers);
    const { host } = options.config.server;
    if (sound) announce(options, port, closers);
    return {
      addresses: addressesOf(host, port, networkInterfaces()),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Where only this machine can listen, nobody needs to find it. */
function announce({ config, clock, log }: CoreOptions, port: number, closers: Closers): void {
  const { mdnsName: name } = config.console;
  if (name === null || isOwnAddress(config.server.host)) return;
  const announcement = new Announcement({ name, port, clock, log });
  closers.add(() => announcement.close());
}

async function openMetricsPort(
  { config, log }: CoreOptions,
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

function openSignalling({ clock, log, config }: CoreOptions, core: Core): Signalling {
  const { viewers, streams, access } = core;
  const isAdmin = adminRule(core);
  const { iceServers, maxPeers } = config.webrtc;
  // A page that reconnects has two for a moment.
  const maxSockets = 2 * maxPeers;
  return createSignalling({
    clock,
    log,
    viewers,
    streams,
    access,
    isAdmin,
    iceServers,
    maxSockets,
  });
}

/** Whether a handshake has the cookie of a login. */
function adminRule({ login }: Core): (request: IncomingMessage) => boolean {
  return ({ headers }) => {
    const token = findSessionToken(headers.cookie);
    return token !== undefined && login.sessions.has(token);
  };
}

async function openHttp(
  options: CoreOptions,
  parts: Parts & { readonly signalling: Signalling },
  closers: Closers,
): Promise<number> {
  const { host, httpPort: port } = options.config.server;
  const api = createApi(createServices(options, parts));
  closers.add(() => api.close());
  const sockets = openSockets(options, parts);
  // After the API's, so that they close before: the API waits for its sockets.
  for (const each of sockets) closers.add(() => each.close());
  // Before its sockets: who listens is told that the server ends.
  closers.add(() => parts.sound?.console.close());
  attachUpgrades(api.server, sockets);
  try {
    await api.listen({ host, port });
  } catch (error) {
    throw toListenError(error, { host, port, hostKey: 'server.host', portKey: 'server.http_port' });
  }
  const address = api.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** All WebSockets of the HTTP port. */
function openSockets(
  { clock, log }: CoreOptions,
  { signalling, sound, ...core }: Parts & { readonly signalling: Signalling },
): (UpgradeHandler & { close(): void })[] {
  if (!sound) return [signalling];
  const { access } = core;
  const isAdmin = adminRule(core);
  const figures = sound.console;
  const live = createConsoleLive({ clock, log, access, isAdmin, figures });
  return [signalling, sound.listening, live];
}

function createServices({ config, log, clock }: CoreOptions, parts: Parts): ApiServices {
  const { streams, viewers, publishers, registry, trials, access, login, metrics } = parts;
  const startedAtMs = clock.nowMs();
  const streamViews = () => streams.views((streamId) => viewers.list.count(streamId));
  return {
    streams: {
      views: streamViews,
      view: (streamId) => streams.get(streamId).view(viewers.list.count(streamId)),
      create: (streamId, given) => registry.create(streamId, given),
      update: (streamId, changes) => registry.update(streamId, changes),
      remove: (streamId) => registry.remove(streamId),
      try: (streamId, changes) => trials.try(registry.preview(streamId, changes)),
      toYaml: () => formatStreams(registry.list()),
    },
    access,
    login,
    sessions: login.sessions,
    sound: parts.sound?.service,
    publishers: {
      publish: (request) => publishers.publish(request),
      trickle: (...request) => publishers.trickle(...request),
      leave: (...request) => publishers.leave(...request),
    },
    viewers: {
      views: (streamId) => viewers.list.views(streams.get(streamId).id),
      kick: (streamId, viewerId) => viewers.list.kick(streamId, viewerId),
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
        viewers: viewers.list.size,
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
