// What the routes of the console's sound need of the rules.

import type {
  AudioMeta,
  JitterThresholds,
  QosReport,
  RequestAudioAnswer,
  ServerMetrics,
} from '#contract/audio-meta.ts';
import type {
  CaptureDevice,
  ConsoleChannel,
  ConsoleImport,
  ConsoleSettings,
  ConsoleView,
  JoinCode,
  ListenerView,
} from '#contract/console.ts';

import { NotFoundError } from '#std/errors.ts';

export interface AudioRequest {
  readonly udpPort: number;
  /** Undefined: the oldest listener of that address that has no port yet. */
  readonly clientId: string | undefined;
  /** Where the request came from, without the port. */
  readonly address: string;
}

export interface SoundService {
  /** Throws `listener_not_found`. */
  meta(clientId: string | undefined): AudioMeta;
  /** Throws `listener_not_found`, and `foreign_listener` for one of another address. */
  requestAudio(request: AudioRequest): RequestAudioAnswer;
  /** SDP of a plain listener, for players. Throws `listener_not_found`, `not_plain`. */
  description(clientId: string): string;
  jitterThresholds(): JitterThresholds;
  setJitterThresholds(thresholds: JitterThresholds): void;
  /** A report for an unknown id, or from another address than the listener's, steers nothing. */
  report(report: QosReport, address: string): ServerMetrics;

  console(): ConsoleView;
  /** Throws `set_in_file` for a device that the configuration file sets. */
  changeSettings(changes: Partial<ConsoleSettings>): void;
  changeChannels(channels: readonly ConsoleChannel[]): void;
  listeners(): ListenerView[];
  /** Throws `listener_not_found`. */
  listener(id: string): ListenerView;
  /** Throws `listener_not_found`. */
  kick(id: string): void;
  /** To one listener, or to all; how many were told. Throws `listener_not_found`. */
  sendMessage(message: string, id: string | undefined): number;
  devices(): Promise<CaptureDevice[]>;
  /** Reads names, colours and routing from the console. Throws `console_unreachable`. */
  importFrom(address: string): Promise<ConsoleImport>;
  /** Addresses that phones can reach, best first. */
  joinCodes(): JoinCode[];
}

/** Throws `not_found` where the console is turned off. */
export function soundOf({ sound }: { readonly sound: SoundService | undefined }): SoundService {
  if (sound) return sound;
  throw new NotFoundError(
    'The console is turned off. Set console.enabled to true in the configuration file and restart.',
  );
}
