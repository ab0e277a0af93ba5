// One viewer over one peer connection, alive while media arrives.

import type { DialContext } from '#client/connection.ts';
import type { Negotiation, QualityWish } from '#client/negotiation.ts';
import { readSnapshot, type StatsSnapshot } from '#client/stats-snapshot.ts';
import { hasProgressed } from '#client/stream-figures.ts';
import type { Timer } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import { browserClock } from './browser-clock.ts';
import type { PlayerLink } from './player-link.ts';
import type { Medium } from './video-stage.ts';

/** From the answer: what has no media by now will not have any. */
const MEDIA_TIMEOUT_MS = 5_000;

/** How often a heartbeat looks whether media has arrived. */
const PROGRESS_PERIOD_MS = 250;

/** Candidates that come within this time travel together. */
const TRICKLE_DELAY_MS = 50;

/** More local addresses than any device has; what follows is not announced. */
const MAX_CANDIDATES = 64;

/** Media that stands still for so long is lost. */
const SILENT_MS = 2_900;

interface PeerLinkOptions {
  /** `onEnd`: the session or its socket is over. */
  readonly negotiate: (onEnd: (reason: string) => void) => Negotiation;
  readonly onClosing: (medium: Medium) => void;
  /** Media stopped while the server was there and had something to send. */
  readonly onBreak: (livedMs: number) => void;
}

export class PeerLink implements PlayerLink {
  readonly #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #candidates: string[] = [];
  readonly #options: PeerLinkOptions;
  readonly #stream = new MediaStream();
  readonly medium: Medium = {
    attach: (video) => {
      video.srcObject = this.#stream;
    },
  };
  #negotiation: Negotiation | undefined;
  #mediaTimer: Timer | undefined;
  #trickling = false;
  #gathered = false;
  #closed = false;
  #connectedAtMs = 0;
  #progress: StatsSnapshot | null = null;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.#peer.addTransceiver('video', { direction: 'recvonly' });
    this.#peer.addTransceiver('audio', { direction: 'recvonly' });
    this.#preferH264();
    this.#peer.addEventListener('track', ({ track }) => this.#stream.addTrack(track));
    this.#peer.addEventListener('icecandidate', ({ candidate }) => {
      this.#handleCandidate(candidate?.candidate ?? '');
    });
  }

  async open(context: DialContext): Promise<this> {
    context.signal.addEventListener('abort', () => this.close(), { once: true });
    const connected = this.#connected(context);
    // The engine may fail while the offer is still under way; that is reported by the race below.
    connected.catch(() => undefined);
    try {
      await Promise.race([this.#negotiate(context), connected]);
      await connected;
      return this;
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** Media that arrives or is shown is the sign of life; where none is to be expected, an answer is. */
  async ping(signal: AbortSignal): Promise<void> {
    const untilMs = browserClock.nowMs() + SILENT_MS;
    let answered = false;
    this.#negotiation?.ping().then(() => {
      answered = true;
    });
    while (!signal.aborted) {
      const look = await this.snapshot();
      const progressed = hasProgressed(this.#progress, look);
      if (progressed) this.#progress = look;
      if (progressed || (answered && this.#negotiation?.isStreamAway)) return;
      if (browserClock.nowMs() >= untilMs) this.#break(answered);
      await new Promise<void>((resolve) => browserClock.after(PROGRESS_PERIOD_MS, resolve));
    }
  }

  async snapshot(): Promise<StatsSnapshot> {
    const report = await this.#peer.getStats();
    return readSnapshot(report.values(), browserClock.nowMs());
  }

  setQuality(wish: QualityWish): void {
    this.#negotiation?.setQuality(wish);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mediaTimer?.cancel();
    this.#options.onClosing(this.medium);
    this.#negotiation?.close();
    this.#peer.close();
  }

  async #negotiate(context: DialContext): Promise<void> {
    const negotiation = this.#options.negotiate((reason) => context.lost(reason));
    this.#negotiation = negotiation;
    const offer = await this.#peer.createOffer();
    const { answer, iceServers } = await negotiation.offer(offer.sdp ?? '');
    if (this.#closed) return;
    if (iceServers.length > 0) {
      // Before the local description, because gathering starts with it (RFC 9725 §4.6).
      this.#peer.setConfiguration({
        ...this.#peer.getConfiguration(),
        iceServers: [...iceServers],
      });
    }
    await this.#peer.setLocalDescription(offer);
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  #connected(context: DialContext): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#peer.addEventListener('signalingstatechange', () => {
        if (!this.#peer.remoteDescription || this.#closed) return;
        this.#mediaTimer = browserClock.after(MEDIA_TIMEOUT_MS, () => reject(noMediaPath()));
      });
      this.#peer.addEventListener('connectionstatechange', () => {
        const { connectionState } = this.#peer;
        if (connectionState === 'connected') {
          this.#connectedAtMs = browserClock.nowMs();
          this.#mediaTimer?.cancel();
          resolve();
        }
        if (connectionState !== 'failed') return;
        // Of the two, only the first that applies counts: an attempt that fails, a link that breaks.
        reject(noMediaPath());
        if (this.#connectedAtMs > 0) context.lost('The media path to the server broke.');
      });
    });
  }

  #break(answered: boolean): never {
    if (answered) this.#options.onBreak(browserClock.nowMs() - this.#connectedAtMs);
    throw new UnavailableError('No media for 3 s.', { code: 'silent' });
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
    browserClock.after(TRICKLE_DELAY_MS, () => this.#trickle());
  }

  /** Candidates only help: the server also learns our address from the checks we send. */
  #trickle(): void {
    this.#trickling = false;
    const sdp = this.#peer.localDescription?.sdp;
    if (this.#closed || sdp === undefined) return;
    const candidates = this.#candidates.splice(0);
    this.#negotiation?.trickle({ sdp, candidates, complete: this.#gathered });
  }
}

function noMediaPath(): UnavailableError {
  const message = 'No path for media to the server. Is its media port open?';
  return new UnavailableError(message, { code: 'no_media_path' });
}
