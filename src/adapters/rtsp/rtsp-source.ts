// A camera as a stream's source: one attempt to play it, with its redirections, until it fails or
// is closed.

import { createHash, randomBytes } from 'node:crypto';
import type { Log } from '#core/ports/log.ts';
import type { Source, SourceFailure, SourceSink } from '#core/ports/source.ts';
import { type CameraAddress, parseCameraAddress } from '#media/rtsp/address.ts';
import type { HashAlgorithm } from '#media/rtsp/challenge.ts';
import type { SetUpTrack } from '#media/rtsp/client-tracks.ts';
import { reasonOf, retry } from '#media/rtsp/failure.ts';
import { followRedirect } from '#media/rtsp/redirect.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { assert, InputError } from '#std/errors.ts';
import { CameraConnection } from './camera-connection.ts';
import { connectionFailure } from './camera-error.ts';
import { openLink } from './camera-link.ts';

export interface RtspSettings {
  /** May hold user name and password; those below come first. */
  readonly address: string;
  readonly username: string | null;
  readonly password: string | null;
  /** How RTP comes. `http`: all of it inside HTTP. */
  readonly transport: 'tcp' | 'udp' | 'http';
  /** How long the camera may say nothing that counts: no answer, no whole frame. */
  readonly timeoutMs: number;
  /** SHA-256 of the only certificate to accept for rtsps://; null: one of a known authority. */
  readonly fingerprint: string | null;
}

interface RtspSourceOptions {
  readonly clock: Clock;
  /** With the stream's fields. */
  readonly log: Log;
  /** The stream's id, for messages. */
  readonly name: string;
  readonly settings: RtspSettings;
  /** Whether a camera may have this IP address. */
  readonly allowedAddress: (ip: string) => boolean;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A camera behind a recorder redirects once; more than this is a loop. */
const MAX_REDIRECTS = 5;
const HASHES: Readonly<Record<HashAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

export function createRtspSource(options: RtspSourceOptions): Source {
  return new RtspSource(options);
}

class RtspSource implements Source {
  readonly #options: RtspSourceOptions;
  readonly #abort = new AbortController();
  #sink: SourceSink | undefined;
  #connection: CameraConnection | undefined;
  #deadline: Timer | undefined;
  #redirects = 0;
  #hasPlayed = false;
  /** Failed or closed: nothing is told any more. */
  #over = false;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: RtspSourceOptions) {
    this.#options = options;
  }

  start(sink: SourceSink): void {
    assert(!this.#sink && !this.#over, 'an RTSP source starts once, before it is closed');
    this.#sink = sink;
    try {
      const { settings } = this.#options;
      const address = parseCameraAddress(settings.address, {
        isTunnel: settings.transport === 'http',
      });
      void this.#connect(address, credentialsOf(settings, address));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#fail({ reason: reasonOf(error), kind: 'refused' });
    }
  }

  async close(): Promise<void> {
    if (!this.#over) this.#end('closed');
    await this.#closing;
  }

  async #connect(address: CameraAddress, credentials: Credentials | undefined): Promise<void> {
    const { clock, settings, allowedAddress } = this.#options;
    const peer = `${address.host}:${address.port}`;
    this.#deadline = clock.after(settings.timeoutMs, () =>
      this.#fail(retry(`no answer from ${peer} within ${settings.timeoutMs / 1_000} s`)),
    );
    try {
      const link = await openLink(settings.transport, {
        address,
        allowedAddress,
        fingerprint: settings.fingerprint ?? undefined,
        signal: this.#abort.signal,
        credentials,
        hash,
        random,
      });
      this.#deadline.cancel();
      if (this.#over) await link.close(clock);
      else this.#open(link, address, credentials);
    } catch (error) {
      this.#deadline.cancel();
      const failure = connectionFailure(error, peer);
      if (failure) this.#fail(failure);
      else this.#fault(error);
    }
  }

  #open(
    link: Awaited<ReturnType<typeof openLink>>,
    address: CameraAddress,
    credentials: Credentials | undefined,
  ): void {
    const { clock, settings, allowedAddress } = this.#options;
    const sink = this.#sink;
    if (!sink) return;
    const connection = new CameraConnection({
      link,
      address,
      credentials,
      transport: settings.transport,
      timeoutMs: settings.timeoutMs,
      clock,
      hash,
      random,
      sink,
      allowedAddress,
      onConnected: (tracks) => this.#connected(tracks, address),
      onRedirect: (location) => void this.#redirect(location, address, credentials),
      onFailed: (failure) => this.#fail(failure),
      onFault: (error) => this.#fault(error),
    });
    this.#connection = connection;
    connection.start();
  }

  #connected(tracks: readonly SetUpTrack[], address: CameraAddress): void {
    this.#hasPlayed = true;
    this.#options.log.info('RTSP client connected', {
      remote: `${address.host}:${address.port}`,
      transport: tracks[0]?.transport.lower === 'UDP' ? 'udp' : this.#options.settings.transport,
      tracks: tracks.map(({ track }) => track.format.codec).join(' '),
    });
  }

  async #redirect(
    location: string,
    from: CameraAddress,
    credentials: Credentials | undefined,
  ): Promise<void> {
    if (this.#hasPlayed) {
      this.#fail(retry('it sends its viewers elsewhere'));
      return;
    }
    this.#closing = this.#connection?.close() ?? Promise.resolve();
    try {
      if (++this.#redirects > MAX_REDIRECTS) {
        throw new InputError(`the camera redirects more than ${MAX_REDIRECTS} times`);
      }
      const { address, keepsCredentials } = followRedirect(from, location);
      const own = credentialsOf({ username: null, password: null }, address);
      // A camera that takes one connection only has to see the end of the first.
      await this.#closing;
      if (this.#over) return;
      await this.#connect(address, own ?? (keepsCredentials ? credentials : undefined));
    } catch (error) {
      if (error instanceof InputError) this.#fail({ reason: reasonOf(error), kind: 'refused' });
      else this.#fault(error);
    }
  }

  #fail({ reason, kind }: SourceFailure): void {
    if (this.#over) return;
    const begin = this.#hasPlayed ? 'Lost' : 'Cannot open';
    this.#end(reason);
    const end = /[.?]$/.test(reason) ? '' : '.';
    this.#sink?.failed({
      reason: `${begin} camera "${this.#options.name}": ${reason}${end}`,
      kind,
    });
  }

  #fault(error: unknown): void {
    const { stack } = error instanceof Error ? error : { stack: String(error) };
    this.#options.log.error('RTSP client ended by an unexpected error', { error: stack });
    this.#fail(retry('an unexpected error in this server; its log says more'));
  }

  #end(reason: string): void {
    this.#over = true;
    this.#deadline?.cancel();
    this.#abort.abort();
    const closed = this.#connection?.close();
    this.#closing = Promise.all([this.#closing, closed]).then(() => {});
    if (!this.#hasPlayed) return;
    this.#options.log.info('RTSP client closed', { reason, ...this.#connection?.counters });
  }
}

/** Those that are set; else those in the address. */
function credentialsOf(
  settings: Pick<RtspSettings, 'username' | 'password'>,
  address: CameraAddress,
): Credentials | undefined {
  const username = settings.username ?? address.username;
  if (username === undefined) return undefined;
  return { username, password: settings.password ?? address.password ?? '' };
}

function hash(algorithm: HashAlgorithm, text: string): string {
  return createHash(HASHES[algorithm]).update(text).digest('hex');
}

function random(): string {
  return randomBytes(16).toString('hex');
}
