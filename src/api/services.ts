// What the HTTP API needs of the rest of the server. The wiring in src/app hands it over.

import type { HealthView } from '#contract/health.ts';
import type { IceServer } from '#contract/ice-server.ts';
import type { ProblemCode } from '#contract/problem.ts';
import type { ProfileView, StreamView, ViewerView } from '#contract/streams.ts';
import type { Access } from '#core/access/access.ts';
import type { AdminLogin } from '#core/access/admin-login.ts';
import type { Sessions } from '#core/access/sessions.ts';
import type { Log } from '#core/ports/log.ts';
import type { SettingsChanges } from '#core/settings/merge-settings.ts';
import type { GivenSettings } from '#core/settings/read-settings.ts';
import type { Clock } from '#std/clock.ts';
import type { SoundService } from './sound-service.ts';

export interface JoinRequest {
  readonly streamId: string;
  /** The SDP offer of the viewer or publisher. */
  readonly offer: string;
  readonly userAgent: string | undefined;
}

interface JoinResult {
  readonly sessionKey: string;
  readonly answer: string;
  /** Names the ICE session, for `ETag` and `If-Match` (RFC 9725 §4.3). */
  readonly etag: string;
}

/** Lookups throw `NotFoundError` with the codes `stream_not_found` and `viewer_not_found`. */
interface StreamsService {
  views(): StreamView[];
  view(streamId: string): StreamView;
  /** Throws `stream_exists`, `too_many_streams`, and `invalid_input` for settings without sense. */
  create(streamId: string, given: GivenSettings): Promise<void>;
  /** Null means the default again, what is absent stays. Throws `stream_in_file`. */
  update(streamId: string, changes: SettingsChanges): Promise<void>;
  /** Throws `stream_in_file`. */
  remove(streamId: string): Promise<void>;
  /**
   * Plays a camera for some seconds; nothing is kept of it. With an id, what is not among the changes
   * is that stream's, its password too. Throws `too_many_trials`.
   */
  try(streamId: string | undefined, changes: SettingsChanges): Promise<readonly ProfileView[]>;
  /** All streams as the `streams` section of a configuration file, without passwords. */
  toYaml(): string;
}

/** Sessions of viewers, or of publishers. */
export interface SdpSessionsService {
  open(request: JoinRequest): Promise<JoinResult>;
  /**
   * Takes a trickle-ice-sdpfrag (RFC 8840). `etag` is the client's `If-Match`, without quotes; none
   * is taken as the current one, because many players send none. Throws `stale_session` for another
   * one, `ice_restart_unsupported` for a fragment with other ICE credentials, `invalid_candidate`.
   */
  trickle(streamId: string, sessionKey: string, fragment: string, etag: string | undefined): void;
  end(streamId: string, sessionKey: string): void;
}

interface ViewersService extends Pick<SdpSessionsService, 'trickle'> {
  views(streamId: string): ViewerView[];
  join: SdpSessionsService['open'];
  leave: SdpSessionsService['end'];
  /** Ends a viewer by the id that is shown, which is not its session key. */
  kick(streamId: string, viewerId: string): void;
}

/** Throws `publisher_not_found`, `publisher_present` and `not_publishable` besides. */
interface PublishersService extends Pick<SdpSessionsService, 'trickle'> {
  publish: SdpSessionsService['open'];
  leave: SdpSessionsService['end'];
}

export interface FinishedRequest {
  /** The route's pattern, `/whep/:id`, or `unmatched`: few values, whatever is asked for. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  /** Why it was refused, if it was. */
  readonly problem: ProblemCode | undefined;
}

export interface ApiServices {
  readonly access: Pick<Access, 'readOpen' | 'mayPublishOpen' | 'check'>;
  readonly login: Pick<AdminLogin, 'isPasswordSet' | 'login' | 'changePassword'>;
  readonly sessions: Pick<Sessions, 'use' | 'end'>;
  readonly streams: StreamsService;
  readonly viewers: ViewersService;
  readonly publishers: PublishersService;
  /** Undefined where the console is turned off. */
  readonly sound: SoundService | undefined;
  health(): HealthView;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; text: string }>;
  /** Announced to viewers as `Link` headers (RFC 9725 §4.6). */
  readonly iceServers: readonly IceServer[];
  /** The built web UI, or undefined if there is none. */
  readonly webRoot: string | undefined;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once per finished request. */
  onRequest(request: FinishedRequest): void;
}
