// The listeners: how they come, are found, get a port and are sent away. There are at most as many as
// one access point carries (PRODUCT 2.1).

import {
  CLOSE_KICKED,
  CLOSE_SESSION_ENDED,
  CLOSE_SHUTDOWN,
  type ListenerEvent,
} from '#contract/listening.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { ClosedError, NotFoundError, StateError, UnavailableError } from '#std/errors.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { deliver, withEnoughBits } from './delivery.ts';
import { Listener, type ListenerLink } from './listener.ts';
import { plainAddress } from './plain-address.ts';
import { shareRendition } from './shared-renditions.ts';

/** Clients leave by themselves when a session ends; whoever has not by then is sent away. */
const LEAVE_WITHIN_MS = 1_000;

interface ListenerListOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly setup: ConsoleSetup;
  readonly maxListeners: number;
  /** A word that nobody can guess. */
  readonly newId: () => string;
  /** 32 random bits. */
  readonly randomWord: () => number;
  /** Time has changed what is sent. */
  readonly onChange: () => void;
  readonly onGone: (listenerId: string) => void;
}

interface PortRequest {
  readonly udpPort: number;
  readonly clientId: string | undefined;
  readonly address: string;
}

export class ListenerList {
  readonly #options: ListenerListOptions;
  /** In the order in which they came. */
  readonly #listeners = new Map<string, Listener>();
  /** Those whose session has ended: never more than there are places, and only for a moment. */
  readonly #ended = new Map<string, Listener>();
  #sweep: Timer | undefined;
  /** Why the last sessions ended, for those who do not leave by themselves. */
  #endReason = '';
  #isClosed = false;

  constructor(options: ListenerListOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#listeners.size;
  }

  [Symbol.iterator](): Iterator<Listener> {
    return this.#listeners.values();
  }

  /** Throws `too_many_listeners`. */
  admit(link: ListenerLink): Listener {
    this.#checkPlace();
    const id = this.#options.newId();
    const listener = new Listener({
      ...this.#options,
      id,
      link,
      newSsrc: (taken) => this.#newSsrc(taken),
      share: (wanted) => shareRendition(wanted, this.#renditionsBeside(id)),
    });
    this.#listeners.set(id, listener);
    const { address, userAgent } = listener;
    this.#options.log.info('Listener joined', { listener: id, remote: address, userAgent });
    return listener;
  }

  find(id: string): Listener | undefined {
    return this.#listeners.get(id);
  }

  /** Throws `listener_not_found`. */
  get(id: string): Listener {
    const listener = this.#listeners.get(id);
    if (listener) return listener;
    throw new NotFoundError(
      `There is no listener "${id}". The hello on /audio-ws says an id; it lasts as long as that WebSocket.`,
      { code: 'listener_not_found' },
    );
  }

  /** Finds those too whose session has just ended: they ask what is new. */
  getEnded(id: string): Listener {
    return this.#ended.get(id) ?? this.get(id);
  }

  /** Throws `listener_not_found`, `foreign_listener`, and `invalid_input` for a port too high. */
  bind({ udpPort, clientId, address }: PortRequest): Listener {
    const plain = plainAddress(address);
    const listener =
      clientId === undefined ? this.#oldestWithoutPort(plain) : this.#own(clientId, plain);
    listener.bind(udpPort);
    for (const other of this.#listeners.values()) {
      // A client that lost its connection is back before we have noticed.
      const isSamePlace = other.address === plain && other.sound.udpPort === udpPort;
      if (isSamePlace && other !== listener) other.sound.unbind();
    }
    return listener;
  }

  /** All are told, get nothing any more, and shall connect again. */
  endAll(event: ListenerEvent & { readonly reason: string }): void {
    this.#dismissEnded();
    this.#endReason = event.reason;
    for (const [id, listener] of this.#listeners) this.#ended.set(id, listener);
    this.#listeners.clear();
    for (const listener of this.#ended.values()) {
      listener.tell(event);
      listener.end();
    }
    this.#sweep = this.#options.clock.after(LEAVE_WITHIN_MS, () => this.#dismissEnded());
  }

  /** Throws `listener_not_found`. */
  kick(id: string): void {
    const listener = this.get(id);
    const reason = 'sent away by the admin';
    listener.close(CLOSE_KICKED, reason);
    this.#remove(listener, reason);
  }

  /** Its socket is gone. Idempotent. */
  leave(listener: Listener): void {
    listener.leave();
    this.#remove(listener, 'left');
  }

  /** All are told why, and nobody comes any more. Idempotent. */
  close(event: ListenerEvent): void {
    this.#isClosed = true;
    this.#dismissEnded();
    const reason = 'the server is closing';
    for (const listener of this.#listeners.values()) {
      listener.tell(event);
      listener.close(CLOSE_SHUTDOWN, reason);
      this.#remove(listener, reason);
    }
  }

  #checkPlace(): void {
    if (this.#isClosed) throw new ClosedError('The server is closing. Try again in some seconds.');
    const { maxListeners } = this.#options;
    if (this.size < maxListeners) return;
    throw new UnavailableError(
      `All ${maxListeners} places for listeners are taken (console.max_listeners). Try again later.`,
      { code: 'too_many_listeners' },
    );
  }

  #own(id: string, address: string): Listener {
    const listener = this.get(id);
    if (listener.address === address) return listener;
    throw new StateError(
      `Listener "${id}" is at another address. Ask from the address that its WebSocket comes from.`,
      { code: 'foreign_listener' },
    );
  }

  #oldestWithoutPort(address: string): Listener {
    for (const listener of this.#listeners.values()) {
      if (listener.address === address && listener.sound.udpPort === null) return listener;
    }
    throw new NotFoundError(
      `No listener at ${address} waits for a port. Open the WebSocket /audio-ws from this address first.`,
      { code: 'listener_not_found' },
    );
  }

  #dismissEnded(): void {
    this.#sweep?.cancel();
    for (const listener of this.#ended.values()) {
      listener.close(CLOSE_SESSION_ENDED, this.#endReason);
      this.#remove(listener, this.#endReason);
    }
  }

  #remove({ id, ignoredHeartbeats }: Listener, reason: string): void {
    const wasThere = this.#listeners.delete(id) || this.#ended.delete(id);
    if (!wasThere) return;
    this.#options.onGone(id);
    this.#options.log.info('Listener left', { listener: id, reason, ignoredHeartbeats });
  }

  #renditionsBeside(id: string) {
    const others = [...this.#listeners.values()].filter(
      (other) => other.id !== id && other.state === 'listening',
    );
    const { base } = deliver(this.#options.setup, { compression: 'opus' });
    return { usual: withEnoughBits(base), inUse: others.map(({ sound }) => sound.rendition) };
  }

  /** Random, so that what a server before this one sent is not taken for ours. */
  #newSsrc(taken: ReadonlySet<number>): number {
    const inUse = new Set(
      [...this.#listeners.values()].flatMap(({ sound }) => sound.streams.map(({ ssrc }) => ssrc)),
    );
    let ssrc = this.#options.randomWord() >>> 0;
    while (inUse.has(ssrc) || taken.has(ssrc)) ssrc = (ssrc + 1) >>> 0;
    return ssrc;
  }
}
