// Whether a viewer or publisher is still there, from its connection's state and what was heard of it.

import type { PeerState } from '#core/ports/peer-transport.ts';

/** ICE and DTLS take well under a second; a browser behind a slow TURN server some seconds. */
const CONNECT_WITHIN_MS = 10_000;
/** Who has not connected by then probably never will, and must not keep others out. */
const CONNECT_USUALLY_MS = 2_000;
/** Browsers report at least every 5 s (RFC 3550 §6.2); three reports missed and they are gone. */
const SILENT_AFTER_MS = 15_000;
/** Time for a phone to change from Wi-Fi to mobile before its place is taken away. */
const DISCONNECTED_FOR_MS = 10_000;
/** Looks come each second; after such a gap the process was stopped or the machine asleep. */
const STOOD_STILL_MS = 5_000;

export class Liveness {
  readonly #silentAfterMs: number;
  #state: PeerState = 'connecting';
  #stateSinceMs: number;
  #heardAtMs: number;
  #lookedAtMs: number;

  constructor(nowMs: number, silentAfterMs = SILENT_AFTER_MS) {
    this.#silentAfterMs = silentAfterMs;
    this.#stateSinceMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#lookedAtMs = nowMs;
  }

  get state(): PeerState {
    return this.#state;
  }

  /** Takes the connection's new state; false if it is none, or the end has come already. */
  enter(state: PeerState, nowMs: number): boolean {
    if (state === this.#state || this.#state === 'closed') return false;
    this.#state = state;
    this.#stateSinceMs = nowMs;
    return true;
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  /** Whether its place may be given to somebody who comes. */
  yieldsPlace(nowMs: number): boolean {
    return this.#state === 'connecting' && nowMs - this.#stateSinceMs >= CONNECT_USUALLY_MS;
  }

  /** Called once a second: why the viewer is gone, if it is. */
  look(nowMs: number): string | undefined {
    if (nowMs - this.#lookedAtMs > STOOD_STILL_MS) this.#forgive(nowMs);
    this.#lookedAtMs = nowMs;
    const inStateMs = nowMs - this.#stateSinceMs;
    switch (this.#state) {
      case 'connecting':
        return inStateMs >= CONNECT_WITHIN_MS ? 'no connection in time' : undefined;
      case 'connected':
        return nowMs - this.#heardAtMs >= this.#silentAfterMs ? 'no sign of life' : undefined;
      case 'disconnected':
        return inStateMs >= DISCONNECTED_FOR_MS ? 'connection lost' : undefined;
      default:
        return `connection ${this.#state}`;
    }
  }

  /** It was us who stood still: what came meanwhile has yet to be read. */
  #forgive(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#stateSinceMs = nowMs;
  }
}
