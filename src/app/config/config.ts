// The server's configuration as the rest of the program reads it: complete, checked and read-only.

import type { IceServer } from '#contract/ice-server.ts';
import type { ConfigValues } from './schema.ts';

export interface StreamConfig {
  readonly id: string;
  readonly name: string;
  readonly source: 'test:';
  /** `builtin`: there because the configuration names no stream. */
  readonly origin: 'file' | 'builtin';
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
  readonly streams: readonly StreamConfig[];
  readonly logging: LoggingConfig;
}

export function toConfig(values: ConfigValues): Config {
  const { server, metrics, webrtc, logging } = values;
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
    streams: toStreams(values.streams),
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
function toStreams(streams: ConfigValues['streams']): StreamConfig[] {
  const configured = Object.entries(streams).map(([id, { source, name }]) => ({
    id,
    name: name ?? id,
    source,
    origin: 'file' as const,
  }));
  if (configured.length > 0) return configured;
  return [{ id: 'test', name: 'test', source: 'test:', origin: 'builtin' }];
}
