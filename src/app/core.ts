// The rules put together with the world they need: streams, viewers, publishers and what feeds them.

import { type StreamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
import type { Access } from '#core/access/access.ts';
import type { AdminLogin } from '#core/access/admin-login.ts';
import { createCameraAddressRule } from '#core/access/camera-addresses.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';
import type { Log } from '#core/ports/log.ts';
import { type StreamApplier, StreamRegistry } from '#core/settings/stream-registry.ts';
import { StreamTrials } from '#core/settings/stream-trials.ts';
import { Outbox } from '#core/streams/outbox.ts';
import { PublishPoints } from '#core/streams/publish-points.ts';
import { Publishers } from '#core/streams/publishers.ts';
import { Streams } from '#core/streams/streams.ts';
import { Viewers } from '#core/streams/viewers.ts';
import type { Clock } from '#std/clock.ts';
import { createFfmpegConverter } from '../adapters/ffmpeg/ffmpeg-converter.ts';
import { createSoundConverter } from '../adapters/sound/sound-converter.ts';
import { openSqliteStores } from '../adapters/sqlite/sqlite-stores.ts';
import { loadClip } from '../adapters/test-source/load-clip.ts';
import { openWebrtcTransport, type WebrtcTransport } from '../adapters/webrtc/webrtc-transport.ts';
import { createAccess, createAdminLogin } from './admin-access.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config/config.ts';
import { joinConverters } from './converters.ts';
import { toListenError } from './listen-error.ts';
import { newId, randomWord } from './random.ts';
import { createStreamSpec, type SpecParts } from './stream-specs.ts';

/** How often streams that publishers made are looked after. */
const DESERTED_EVERY_MS = 5_000;

export interface CoreOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** To the console and nowhere else: what only who starts the server may see. */
  readonly show: (message: string) => void;
}

export interface Core {
  readonly transport: WebrtcTransport;
  readonly streams: Streams;
  readonly viewers: Viewers;
  readonly publishers: Publishers;
  readonly points: PublishPoints;
  readonly access: Access;
  /** The admin at a browser. */
  readonly login: AdminLogin;
  /** Which streams there are, and what is set about them. */
  readonly registry: StreamRegistry;
  readonly trials: StreamTrials;
  readonly consoleStore: ConsoleStore;
}

export async function openCore(options: CoreOptions, closers: Closers): Promise<Core> {
  const { config, log, clock } = options;
  const transport = await openTransport(options);
  closers.add(() => transport.close());
  log.info('WebRTC media', { port: transport.port, tcp: config.webrtc.tcp });
  const outbox = new Outbox(transport);
  const converter = await createConverter(options);
  const flush = () => outbox.flush();
  const streams = new Streams({ clock, log, converter, flush, random: Math.random });
  closers.add(() => streams.close());
  const common = { clock, streams, transport, outbox, log, newId, randomWord };
  const viewers = new Viewers({ ...common, maxViewers: config.webrtc.maxPeers });
  closers.add(() => viewers.close());
  return openSettings(options, { transport, streams, viewers }, closers);
}

async function openSettings(
  { config, log, clock, show }: CoreOptions,
  parts: Pick<Core, 'transport' | 'streams' | 'viewers'>,
  closers: Closers,
): Promise<Core> {
  const { streams, viewers, transport } = parts;
  const stores = openSqliteStores({ path: config.data.path, clock, log });
  const store = stores.settings;
  closers.add(() => store.close());
  const access = createAccess({ config: config.access, store, clock, show });
  const login = createAdminLogin({ access, store, clock, log });
  const allowedAddress = createCameraAddressRule(config.cameras.allow);
  const openStream = (id: string) =>
    void applier.apply({ id, settings: PUBLISHED, origin: BY_PUBLISHER });
  const mayOpen = config.access.publish === 'open';
  const points = new PublishPoints({ streams, openStream: mayOpen ? openStream : undefined });
  const specParts = { clock, log, clip: await loadClip(), points, allowedAddress };
  const applier = createApplier(streams, specParts);
  const pointOf = (streamId: string) => points.find(streamId);
  const publishers = new Publishers({ clock, transport, log, pointOf, newId, randomWord });
  closers.add(() => publishers.close());
  const sweep = clock.every(DESERTED_EVERY_MS, () => {
    const watchers = (id: string) => viewers.list.count(id);
    for (const id of points.takeDeserted(watchers)) void applier.remove(id);
  });
  closers.add(() => sweep.cancel());
  const registry = new StreamRegistry({ configured: config.streams, store, applier, log });
  const createSpec = (settings: StreamSettings) =>
    createStreamSpec({ id: 'trial', settings, origin: BY_API }, specParts);
  const trials = new StreamTrials({ clock, random: Math.random, createSpec });
  closers.add(() => trials.close());
  return {
    ...parts,
    publishers,
    points,
    access,
    login,
    registry,
    trials,
    consoleStore: stores.console,
  };
}

/** What a change does to the streams that run. */
function createApplier(streams: Streams, parts: SpecParts): StreamApplier {
  const { points } = parts;
  return {
    apply: async (stream) => {
      const { id, settings, origin } = stream;
      if (origin.kind !== 'publisher') points.keep(id);
      if (settings.source !== 'publish:') points.drop(id, 'the stream has another source now');
      else if (!settings.enabled) points.drop(id, 'the stream was disabled');
      await streams.apply(createStreamSpec(stream, parts));
    },
    remove: async (id) => {
      // First, because the id may be taken again while the old stream closes.
      points.drop(id, 'the stream was removed');
      await streams.remove(id);
    },
  };
}

const PUBLISHED = { ...streamSettingsDefaults, source: 'publish:' } as const;
const BY_API = { kind: 'api', file: null, line: null } as const;
const BY_PUBLISHER = { kind: 'publisher', file: null, line: null } as const;

async function createConverter({ config, clock, log }: CoreOptions) {
  const { ffmpeg: path, max: maxConversions } = config.transcoding;
  return joinConverters({
    audio: createSoundConverter({ log }),
    video: await createFfmpegConverter({ path, clock, log, maxConversions }),
  });
}

async function openTransport({ config, log, clock }: CoreOptions): Promise<WebrtcTransport> {
  const { host, port } = config.webrtc;
  try {
    return await openWebrtcTransport({ config: config.webrtc, clock, log });
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw toListenError(error, { host, port, hostKey: 'webrtc.host', portKey: 'webrtc.port' });
  }
}
