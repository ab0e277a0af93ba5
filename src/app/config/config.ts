// The server's configuration as the rest of the program reads it: complete, checked and read-only.

import type { IceServer } from '#contract/ice-server.ts';
import type { StreamOrigin } from '#contract/streams.ts';
import { readSettings } from '#core/settings/read-settings.ts';
import type { ConfiguredStream } from '#core/settings/stream-registry.ts';
import type { ConfigValues } from './schema.ts';

export interface AccessConfig {
  readonly read: 'open' | 'admin';
  readonly publish: 'admin' | 'open';
  /** Null: the one that was made at the first start. */
  readonly adminSecret: string | null;
}

export interface ConsoleConfig {
  /** False: there is no sound at all, and no port for it. */
  readonly enabled: boolean;
  /** Null: the admin chooses it. */
  readonly device: string | null;
  /** A name to be found in `PATH`, or a path. */
  readonly arecord: string;
  /** RTP leaves from it; 0: any free one. */
  readonly rtpPort: number;
  readonly maxListeners: number;
  /** Announced as `<name>.local`; null: nothing is announced. */
  readonly mdnsName: string | null;
}

export interface LoggingConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly output: 'console' | 'file' | 'both';
  /** `logs/yeoul.log` stands for `logs/yeoul-YYYY-MM-DD.log`. */
  readonly filePath: string;
  readonly maxSizeMb: number;
  /** Older files to keep besides the current one; 0 keeps all. */
  readonly maxBackups: number;
  /** 0 keeps files of any age. */
  readonly maxAgeDays: number;
}

export interface Config {
  readonly server: {
    readonly host: string;
    readonly httpPort: number;
    readonly production: boolean;
  };
  /** Null: metrics are on the HTTP port only. */
  readonly metrics: { readonly port: number | null };
  readonly webrtc: {
    /** The address that the media sockets bind to. */
    readonly host: string;
    readonly port: number;
    readonly tcp: boolean;
    /** Announced as candidates besides the machine's own addresses. */
    readonly hosts: readonly string[];
    readonly iceServers: readonly IceServer[];
    readonly maxPeers: number;
  };
  readonly rtsp: {
    readonly host: string;
    /** Null: there is no RTSP server. */
    readonly port: number | null;
    /** RTP by UDP leaves from it, RTCP from the next one; 0: any pair. */
    readonly rtpPort: number;
  };
  readonly console: ConsoleConfig;
  readonly cameras: {
    /** Addresses and ranges, though they are loopback, link-local or a metadata service. */
    readonly allow: readonly string[];
  };
  /** Of the file, or the built-in one if the file names none. */
  readonly streams: readonly ConfiguredStream[];
  readonly transcoding: {
    /** A name to be found in `PATH`, or a path. */
    readonly ffmpeg: string;
    /** Conversions of video at once. */
    readonly max: number;
  };
  readonly access: AccessConfig;
  /** The database file. */
  readonly data: { readonly path: string };
  readonly logging: LoggingConfig;
}

type OriginOf = (streamId: string) => StreamOrigin;

export function toConfig(values: ConfigValues, originOf: OriginOf): Config {
  const { server, metrics, webrtc, rtsp, cameras, transcoding, access, data, logging } = values;
  return {
    server: { host: server.host, httpPort: server.http_port, production: server.production },
    metrics,
    webrtc: {
      host: webrtc.host,
      port: webrtc.port,
      tcp: webrtc.tcp,
      hosts: webrtc.hosts,
      iceServers: webrtc.ice_servers,
      maxPeers: webrtc.max_peers,
    },
    rtsp: { host: rtsp.host, port: rtsp.port, rtpPort: rtsp.rtp_port },
    console: {
      enabled: values.console.enabled,
      device: values.console.device,
      arecord: values.console.arecord,
      rtpPort: values.console.rtp_port,
      maxListeners: values.console.max_listeners,
      mdnsName: values.console.mdns_name,
    },
    cameras,
    streams: toStreams(values.streams, originOf),
    transcoding,
    access: { read: access.read, publish: access.publish, adminSecret: access.admin_secret },
    data,
    logging: {
      level: logging.level,
      output: logging.output,
      filePath: logging.file_path,
      maxSizeMb: logging.max_size,
      maxBackups: logging.max_backups,
      maxAgeDays: logging.max_age,
    },
  };
}

/** A new installation shows the test picture. */
function toStreams(streams: ConfigValues['streams'], originOf: OriginOf): ConfiguredStream[] {
  const configured = Object.entries(streams).map(([id, given]) => ({
    id,
    settings: readSettings(given).settings,
    origin: originOf(id),
  }));
  if (configured.length > 0) return configured;
  const { settings } = readSettings({ source: 'test:' });
  return [{ id: 'test', settings, origin: { kind: 'builtin', file: null, line: null } }];
}
