// One viewer over one peer connection: offered by WHEP, alive while media arrives.

import type { DialContext, Link } from '#client/connection.ts';
import { readSnapshot, type StatsSnapshot } from '#client/stats-snapshot.ts';
import { hasProgressed } from '#client/stream-figures.ts';
import { closeWhep, openWhep, trickleWhep, type WhepSession } from '#client/whep.ts';
import type { Timer } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import { browserClock } from './browser-clock.ts';
import { browserFetch } from './browser-fetch.ts';

/**
 * An offer is never cut off half-way, because the server may have opened a viewer whose address we
 * would not learn; it is waited for and then ended. A server that is silent for longer has gone.
 */
const OFFER_TIMEOUT_MS = 20_000;

/**
 * From the start of the offer: what is answered but has no media by now will not have any. Shorter than
 * the player's timeout for the whole attempt, which could not tell this from a server that is silent.
 */
const MEDIA_TIMEOUT_MS = 5_500;

/** How often a heartbeat looks whether media has arrived. */
const PROGRESS_PERIOD_MS = 250;

/** Candidates that come within this time travel in one request. */
const TRICKLE_DELAY_MS = 50;

/** More local addresses than any device has; what follows is not announced. */
const MAX_CANDIDATES = 64;

interface WhepLinkOptions {
  readonly url: string;
  /** The stream still has its picture, for the last time. */
  readonly onClosing: (stream: MediaStream) => void;
}

export class WhepLink implements Link {
  readonly #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #candidates: string[] = [];
  readonly #options: WhepLinkOptions;
  readonly stream = new MediaStream();
  #session: WhepSession | undefined;
  #mediaTimer: Timer | undefined;
  #trickling = false;
  #gathered = false;
  #closed = false;
  #progress: StatsSnapshot | null = null;

  constructor(options: WhepLinkOptions) {
    this.#options = options;
    this.#peer.addTransceiver('video', { direction: 'recvonly' });
    this.#peer.addTransceiver('audio', { direction: 'recvonly' });
    this.#preferH264();
    this.#peer.addEventListener('track', ({ track }) => this.stream.addTrack(track));
    this.#peer.addEventListener('icecandidate', ({ candidate }) => {
      this.#handleCandidate(candidate?.candidate ?? '');
    });
  }

  /** Resolves when media can flow. */
  async open(context: DialContext): Promise<this> {
    context.signal.addEventListener('abort', () => this.close(), { once: true });
    const connected = this.#connected(context);
    // The engine may fail while the offer is still under way; that is reported by the race below.
    connected.catch(() => undefined);
    try {
      await Promise.race([this.#negotiate(), connected]);
      await connected;
      return this;
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** Media that arrives or is shown is the sign of life. */
  async ping(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const look = await this.snapshot();
      if (hasProgressed(this.#progress, look)) {
        this.#progress = look;
        return;
      }
      await new Promise<void>((resolve) => browserClock.after(PROGRESS_PERIOD_MS, resolve));
    }
  }

  async snapshot(): Promise<StatsSnapshot> {
    const report = await this.#peer.getStats();
    return readSnapshot(report.values(), browserClock.nowMs());
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mediaTimer?.cancel();
    this.#options.onClosing(this.stream);
    if (this.#session) closeWhep(browserFetch, this.#session.location);
    this.#peer.close();
  }

  async #negotiate(): Promise<void> {
    const offer = await this.#peer.createOffer();
    const session = await openWhep(browserFetch, {
      url: this.#options.url,
      sdp: offer.sdp ?? '',
      signal: AbortSignal.timeout(OFFER_TIMEOUT_MS),
    });
    if (this.#closed) {
      closeWhep(browserFetch, session.location);
      return;
    }
    this.#session = session;
    if (session.iceServers.length > 0) {
      // Before the local description, because gathering starts with it (RFC 9725 §4.6).
      this.#peer.setConfiguration({
        ...this.#peer.getConfiguration(),
        iceServers: [...session.iceServers],
      });
    }
    await this.#peer.setLocalDescription(offer);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: session.answer });
  }

  #connected(context: DialContext): Promise<void> {
    let connected = false;
    return new Promise((resolve, reject) => {
      const rejectPath = (): void => {
        const message = 'No path for media to the server. Is its media port open?';
        reject(new UnavailableError(message, { code: 'no_media_path' }));
      };
      this.#mediaTimer = browserClock.after(MEDIA_TIMEOUT_MS, () => {
        if (this.#peer.remoteDescription) rejectPath();
      });
      this.#peer.addEventListener('connectionstatechange', () => {
        const { connectionState } = this.#peer;
        if (connectionState === 'connected') {
          connected = true;
          this.#mediaTimer?.cancel();
          resolve();
        }
        if (connectionState !== 'failed') return;
        // Of the two, only the first that applies counts: an attempt that fails, a link that breaks.
        rejectPath();
        if (connected) context.lost('The media path to the server broke.');
      });
    });
  }

  #preferH264(): void {
    const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs;
    const [video] = this.#peer.getTransceivers();
    if (!codecs || !video || !('setCodecPreferences' in video)) return;
    const isH264 = (codec: { mimeType: string }) => codec.mimeType.toLowerCase() === 'video/h264';
    video.setCodecPreferences([
      ...codecs.filter(isH264),
      ...codecs.filter((codec) => !isH264(codec)),
    ]);
  }

  #handleCandidate(candidate: string): void {
    if (candidate === '') this.#gathered = true;
    else if (this.#candidates.length < MAX_CANDIDATES) this.#candidates.push(candidate);
    if (this.#trickling) return;
    this.#trickling = true;
    browserClock.after(TRICKLE_DELAY_MS, () => void this.#trickle());
  }

  /** Candidates only help: the server also learns our address from the checks we send. */
  async #trickle(): Promise<void> {
    this.#trickling = false;
    const sdp = this.#peer.localDescription?.sdp;
    if (this.#closed || !this.#session || sdp === undefined) return;
    const candidates = this.#candidates.splice(0);
    const fragment = { sdp, candidates, complete: this.#gathered };
    await trickleWhep(browserFetch, this.#session, fragment).catch(() => undefined);
  }
}
