// One peer: a connection of the engine with a single track, used as a pump.

import { randomBytes } from 'node:crypto';
import { PeerConnection, type RtcConfig, type Track, Video } from 'node-datachannel';
import type {
  LocalTransport,
  Peer,
  PeerEvents,
  PeerPath,
  PeerState,
  RemoteTransport,
} from '#core/ports/peer-transport.ts';
import { formatCandidate, parseCandidate } from '#media/sdp/candidate.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { RateLimit } from '#std/rate-limit.ts';
import { PUMP_MID, PUMP_PAYLOAD_TYPE, readPumpAnswer, writePumpOffer } from './pump-description.ts';
import { isWorthChecking } from './remote-candidates.ts';

/** A browser sends some ten RTCP packets a second, with losses some fifty; this many are a flood. */
const MAX_PACKETS_PER_SECOND = 250;
/** 96 Mb/s of packets of 1,200 bytes, which no publisher's camera reaches; beyond that it is a flood. */
const MAX_PUBLISHED_PACKETS_PER_SECOND = 10_000;
/** A browser has a handful of addresses; each costs connectivity checks. */
const MAX_REMOTE_CANDIDATES = 8;
/**
 * A viewer checks our addresses as soon as it has the answer. Our own checks are needed only where
 * that fails, to open the way through a NAT of ours; so they wait. Those that arrive before the
 * answer does now and then end a libdatachannel that offers, and so OBS.
 */
const OWN_CHECKS_AFTER_MS = 1_000;

export interface PumpPeerOptions {
  readonly id: string;
  readonly config: RtcConfig;
  readonly events: PeerEvents;
  readonly clock: Clock;
  readonly pathOf: (pair: { local: string; remote: string; remotePort: number }) => PeerPath;
  /** Whether the media port is bound to loopback. */
  readonly fromLoopback: boolean;
  /** Adds to the engine's own candidates what the viewers are told besides. */
  readonly completeCandidates: (own: readonly string[]) => readonly string[];
  readonly onClose: (peer: PumpPeer) => void;
  /** Our bug: this session dies of it, not the server. */
  readonly onFault: (peer: PumpPeer, error: unknown) => void;
}

export class PumpPeer implements Peer {
  readonly id: string;
  /** Who sends more floods us. */
  readonly packetsPerSecond: number;
  readonly #options: PumpPeerOptions;
  // Held as long as the peer lives: a track whose object is collected closes itself.
  readonly #connection: PeerConnection;
  readonly #track: Track;
  readonly #gathered: Promise<void>;
  #local: LocalTransport | undefined;
  #closed = false;
  #candidates: string[] = [];
  #remoteCandidates = 0;
  #checks: Timer | undefined;
  readonly #packets: RateLimit;
  sendFailures = 0;

  constructor(options: PumpPeerOptions) {
    this.id = options.id;
    this.#options = options;
    this.packetsPerSecond = options.events.onRtp
      ? MAX_PUBLISHED_PACKETS_PER_SECOND
      : MAX_PACKETS_PER_SECOND;
    this.#packets = new RateLimit(this.packetsPerSecond);
    this.#connection = new PeerConnection(options.id, options.config);
    const video = new Video(PUMP_MID, 'SendRecv');
    video.addH264Codec(PUMP_PAYLOAD_TYPE);
    this.#track = this.#connection.addTrack(video);
    this.#track.onOpen(() => this.#guard(() => this.#handleOpen()));
    this.#track.onMessage((message) => this.#guard(() => this.#handleMessage(message)));
    this.#connection.onStateChange((state) => this.#guard(() => this.#handleState(state)));
    this.#gathered = new Promise((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
  }

  get local(): LocalTransport {
    this.#local ??= this.#readLocal();
    return this.#local;
  }

  /** Resolves when all local candidates are known. */
  answer(remote: RemoteTransport): Promise<void> {
    this.#connection.setRemoteDescription(writePumpOffer(remote), 'offer');
    this.#connection.setLocalDescription('answer', { iceUfrag: iceWord(12), icePwd: iceWord(24) });
    this.#checks = this.#options.clock.after(OWN_CHECKS_AFTER_MS, () => this.#startChecks());
    for (const candidate of remote.candidates) this.addCandidate(candidate);
    // It may have completed before anybody could listen.
    return this.#connection.gatheringState() === 'complete' ? Promise.resolve() : this.#gathered;
  }

  addCandidate(candidate: string): void {
    const parsed = parseCandidate(candidate);
    if (this.#closed || !isWorthChecking(parsed, this.#options.fromLoopback)) return;
    if (++this.#remoteCandidates > MAX_REMOTE_CANDIDATES) return;
    // Formatted anew: the engine never sees a viewer's own words.
    this.#candidates.push(formatCandidate(parsed));
    if (!this.#checks) this.#startChecks();
  }

  sendRtcp(packet: Uint8Array): void {
    this.send(packet);
  }

  /** The engine copies the bytes. */
  send(packet: Uint8Array): void {
    if (this.#closed) return;
    try {
      // The engine takes any byte array; its types name only Buffer.
      if (!this.#track.sendMessageBinary(packet as Buffer)) this.sendFailures++;
    } catch {
      // Closed, or about to be: the engine's threads know before we hear of it.
      this.sendFailures++;
    }
  }

  path(): PeerPath | undefined {
    const pair = this.#ask(() => this.#connection.getSelectedCandidatePair());
    if (!pair) return undefined;
    const { local, remote } = pair;
    return this.#options.pathOf({
      local: `${local.address}:${local.port}`,
      remote: remote.address,
      remotePort: remote.port,
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#options.onClose(this);
    this.#ask(() => this.#track.close());
    this.#ask(() => this.#connection.close());
    this.#closed = true;
    this.#checks?.cancel();
  }

  /** A connection may have ended in the engine before we hear of it; then it throws at every word. */
  #ask<T>(call: () => T): T | undefined {
    if (this.#closed) return undefined;
    try {
      return call();
    } catch {
      return undefined;
    }
  }

  #readLocal(): LocalTransport {
    const local = readPumpAnswer(this.#ask(() => this.#connection.localDescription())?.sdp ?? '');
    return { ...local, candidates: this.#options.completeCandidates(local.candidates) };
  }

  /** An exception that reached the engine from a callback would end the process, without a word. */
  #guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#options.onFault(this, error);
    }
  }

  #handleOpen(): void {
    this.#checks?.cancel();
    this.#emitState('connected');
  }

  #startChecks(): void {
    this.#checks = undefined;
    if (this.#closed) return;
    for (const candidate of this.#candidates.splice(0)) {
      this.#ask(() => this.#connection.addRemoteCandidate(candidate, PUMP_MID));
    }
  }

  #handleState(state: string): void {
    // `connected` is told when the track is open: earlier nothing can be sent.
    if (state === 'connected' && !this.#track.isOpen()) return;
    if (state !== 'new') this.#emitState(state as PeerState);
  }

  #emitState(state: PeerState): void {
    if (!this.#closed) this.#options.events.onState(state);
  }

  #handleMessage(message: string | Buffer | ArrayBuffer): void {
    if (this.#closed || typeof message === 'string') return;
    if (!this.#packets.admits(this.#options.clock.nowMs())) {
      this.#emitState('failed');
      return;
    }
    const packet = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
    if (isRtcp(packet)) this.#options.events.onRtcp(packet);
    else this.#options.events.onRtp?.(packet);
  }
}

/**
 * 6 random bits a character, in the alphabet of ICE (RFC 8839 §5.4): the engine ends the process at
 * any other. Its own ufrag has 4 characters; among thousands of viewers on one port two would meet.
 */
function iceWord(characters: number): string {
  return randomBytes((characters * 3) / 4).toString('base64');
}

/** RFC 5761 §4: what tells RTCP from RTP on one port. */
function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}
