// What the HTTP API needs of the server, as a fake with one live stream, `gate`, and its viewers.

import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import type { ApiServices, FinishedRequest, JoinRequest } from '../../src/api/services.ts';
import type { StreamView, TrackView, ViewerView } from '../../src/contract/streams.ts';
import type { SecretVerdict } from '../../src/core/access/access.ts';
import type { SessionVerdict } from '../../src/core/access/sessions.ts';
import type { Log, LogFields } from '../../src/core/ports/log.ts';
import type { SettingsChanges } from '../../src/core/settings/merge-settings.ts';
import type { GivenSettings } from '../../src/core/settings/read-settings.ts';
import { InputError, NotFoundError, StateError } from '../../src/std/errors.ts';
import { FakeSound } from './fake-sound.ts';
import { VirtualClock } from './virtual-clock.ts';

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export const ADMIN_SECRET = 'open-sesame-0123';
export const ADMIN = { authorization: `Bearer ${ADMIN_SECRET}` };

export class FakeServices implements ApiServices {
  readonly clock = new VirtualClock();
  readonly version = '0.1.0-test';
  iceServers: ApiServices['iceServers'] = [];
  webRoot: string | undefined = undefined;
  readonly streamList: StreamView[] = [makeStream('gate')];
  readonly finished: FinishedRequest[] = [];
  readonly joined: JoinRequest[] = [];
  readonly trickled: { fragment: string; etag: string | undefined }[] = [];
  readonly lines: LogLine[] = [];
  /** Thrown by the next call of any service. */
  failure: unknown;
  readonly #viewers = new Map<string, ViewerView>();

  /** Reading and publishing are open; changes need `ADMIN`. */
  readonly access = {
    readOpen: true,
    mayPublishOpen: true,
    /** Of the secrets that were looked at. */
    remotes: [] as string[],
    blocked: false,
    check: (secret: string, remote: string): SecretVerdict => {
      this.access.remotes.push(remote);
      if (this.access.blocked) return 'blocked';
      return secret === ADMIN_SECRET ? 'right' : 'wrong';
    },
  };

  /** Nobody is logged in, and no password is right. */
  readonly login = {
    isPasswordSet: false,
    login: (): Promise<string> =>
      Promise.reject(new InputError('The password is wrong.', { code: 'wrong_password' })),
    changePassword: (): Promise<string | undefined> => Promise.resolve(undefined),
  };

  readonly sessions = {
    use: (): SessionVerdict => 'unknown',
    end: () => {},
  };

  /** What was asked for, as it came in. Only new streams come to be. */
  readonly changes: unknown[][] = [];

  readonly streams = {
    views: () => this.#checked(this.streamList),
    view: (streamId: string) => this.#checked(this.#stream(streamId)),
    create: async (streamId: string, given: GivenSettings) => {
      this.#checked(undefined);
      if (this.streamList.some(({ id }) => id === streamId)) {
        throw new StateError(`There is a stream "${streamId}".`, { code: 'stream_exists' });
      }
      this.changes.push(['create', streamId, given]);
      this.streamList.push(makeStream(streamId));
    },
    update: async (streamId: string, changes: SettingsChanges) => {
      this.#checked(this.#stream(streamId));
      this.changes.push(['update', streamId, changes]);
    },
    remove: async (streamId: string) => {
      this.#checked(this.#stream(streamId));
      this.changes.push(['remove', streamId]);
    },
    try: async (streamId: string | undefined, changes: SettingsChanges) => {
      this.#checked(streamId === undefined ? undefined : this.#stream(streamId));
      this.changes.push(['try', streamId, changes]);
      return [makeProfile()];
    },
    toYaml: () => this.#checked('streams:\n  gate:\n    source: "test:"\n'),
  };

  /** Set to keep a join waiting. */
  beforeJoin: () => Promise<void> = () => Promise.resolve();

  readonly viewers = {
    views: (streamId: string) => {
      this.#checked(this.#stream(streamId));
      return [...this.#viewers.values()];
    },
    join: async (request: JoinRequest) => {
      this.#checked(this.#stream(request.streamId));
      if (!request.offer.startsWith('v=0')) {
        throw new InputError('The offer does not start with v=0.', { code: 'invalid_sdp' });
      }
      await this.beforeJoin();
      this.joined.push(request);
      const sessionKey = `viewer-${this.joined.length}`;
      this.#viewers.set(sessionKey, makeViewer(sessionKey, request));
      return { sessionKey, answer: 'v=0\r\ns=-\r\n', etag: 'ice-1' };
    },
    trickle: (streamId: string, sessionKey: string, fragment: string, etag: string | undefined) => {
      this.#viewer(streamId, sessionKey);
      if (etag !== undefined && etag !== 'ice-1') {
        throw new StateError(`The session is "ice-1", not "${etag}".`, { code: 'stale_session' });
      }
      if (!fragment.startsWith('a=')) {
        throw new InputError('The fragment has no attributes.', { code: 'invalid_candidate' });
      }
      this.trickled.push({ fragment, etag });
    },
    leave: (streamId: string, sessionKey: string) => {
      this.#viewer(streamId, sessionKey);
      this.#viewers.delete(sessionKey);
    },
    kick: (streamId: string, viewerId: string) => {
      this.#viewer(streamId, viewerId);
      this.#viewers.delete(viewerId);
    },
  };

  readonly published: JoinRequest[] = [];
  readonly #publishers = new Set<string>();

  /** One place: whoever comes second is refused. */
  readonly publishers = {
    publish: async (request: JoinRequest) => {
      this.#checked(this.#stream(request.streamId));
      if (this.#publishers.size > 0) {
        throw new StateError('Somebody is here.', { code: 'publisher_present' });
      }
      this.published.push(request);
      const sessionKey = `publisher-${this.published.length}`;
      this.#publishers.add(sessionKey);
      return { sessionKey, answer: 'v=0\r\ns=-\r\n', etag: 'ice-1' };
    },
    trickle: (streamId: string, sessionKey: string, fragment: string, etag: string | undefined) => {
      this.#publisher(streamId, sessionKey);
      this.trickled.push({ fragment, etag });
    },
    leave: (streamId: string, sessionKey: string) => {
      this.#publisher(streamId, sessionKey);
      this.#publishers.delete(sessionKey);
    },
  };

  /** Undefined, and the console is turned off. */
  sound: FakeSound | undefined = new FakeSound();

  readonly log: Log = recordingLog(this.lines, {});

  health() {
    return this.#checked({
      status: 'ok' as const,
      version: this.version,
      uptimeSeconds: this.clock.nowMs() / 1000,
      time: new Date(this.clock.wallMs()).toISOString(),
      parts: [{ name: 'http', status: 'ok' as const, detail: null }],
    });
  }

  async metrics() {
    return this.#checked({ contentType: 'text/plain; version=0.0.4', text: 'yeoul_up 1\n' });
  }

  onRequest(request: FinishedRequest): void {
    this.finished.push(request);
  }

  #checked<T>(value: T): T {
    const failure = this.failure;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    return value;
  }

  #stream(id: string): StreamView {
    const stream = this.streamList.find((each) => each.id === id);
    if (stream) return stream;
    throw new NotFoundError(`There is no stream "${id}".`, { code: 'stream_not_found' });
  }

  #publisher(streamId: string, sessionKey: string): void {
    this.#checked(this.#stream(streamId));
    if (this.#publishers.has(sessionKey)) return;
    throw new NotFoundError(`Stream "${streamId}" has no publisher "${sessionKey}".`, {
      code: 'publisher_not_found',
    });
  }

  #viewer(streamId: string, sessionKey: string): void {
    this.#checked(this.#stream(streamId));
    if (this.#viewers.has(sessionKey)) return;
    throw new NotFoundError(`Stream "${streamId}" has no viewer "${sessionKey}".`, {
      code: 'viewer_not_found',
    });
  }
}

export function makeStream(id: string, changes: Partial<StreamView> = {}): StreamView {
  const tracks = changes.tracks ?? [
    makeTrack(),
    { ...makeTrack(), kind: 'audio', codec: 'opus', frameRate: null },
  ];
  return {
    id,
    name: `Camera ${id}`,
    origin: { kind: 'file', file: 'yeoul.yaml', line: 3 },
    settings: makeSettings(),
    source: 'test:',
    state: 'live',
    reason: null,
    stateSince: '2026-01-01T00:00:00.000Z',
    tracks,
    profiles: [{ ...makeProfile(), tracks }],
    conversions: [],
    viewers: 2,
    ...changes,
  };
}

function makeSettings(): StreamView['settings'] {
  const { password: _, ...shown } = streamSettingsDefaults;
  return { ...shown, source: 'test:', hasPassword: false };
}

function makeProfile(): StreamView['profiles'][number] {
  return {
    name: 'main',
    source: 'test:',
    state: 'live',
    reason: null,
    stateSince: '2026-01-01T00:00:00.000Z',
    failures: 0,
    nextAttemptAt: null,
    tracks: [makeTrack()],
    ignored: [],
    warnings: [],
  };
}

function makeTrack(): TrackView {
  return {
    kind: 'video',
    codec: 'H264',
    clockRate: 90_000,
    profile: 'High',
    level: '3.1',
    width: 1280,
    height: 720,
    channels: null,
    frameRate: 25,
    gopFrames: 50,
    reorders: false,
    faults: {},
    bitrateKbps: 2000.5,
    packets: 1000,
    bytes: 1_100_000,
    frames: 250,
    keyFrames: 5,
    lostPackets: 3,
    droppedPackets: 2,
    malformedPackets: 1,
  };
}

function makeViewer(id: string, request: JoinRequest): ViewerView {
  return {
    id,
    stream: request.streamId,
    protocol: 'whep',
    profile: 'main',
    choice: 'main: H264 is sent',
    quality: 'auto',
    state: 'connecting',
    since: '2026-01-01T00:00:00.000Z',
    remote: null,
    path: null,
    rttMs: null,
    estimateKbps: null,
    userAgent: request.userAgent ?? null,
    tracks: [],
  };
}

function recordingLog(lines: LogLine[], context: LogFields): Log {
  const record =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields: { ...context, ...fields } });
    };
  return {
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    with: (fields) => recordingLog(lines, { ...context, ...fields }),
  };
}
