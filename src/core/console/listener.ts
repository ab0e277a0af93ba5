// One listener: whether it is still there, what it is told and what it gets (PRODUCT 2.3).
//
//             port and wish             30 s without a heartbeat
//   waiting ────────────────▶ listening ────────▶ silent
//      │                       │     ▲              │ │
//      │ end()                 │     └─ heartbeat ──┘ │ end()
//      └───────────────────────┴──────────────────────┴──▶ ended ── close() ──▶ gone
//
// An ended listener gets nothing any more and takes no place: it is there to read why.

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ListenerConfig, ListenerEvent, ListeningMessage } from '#contract/listening.ts';
import type { ListenerPlan, Rendition } from '#core/ports/sound-engine.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { InputError, StateError } from '#std/errors.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { Heartbeats } from './heartbeats.ts';
import { ListenerNetwork } from './listener-network.ts';
import { ListenerSound } from './listener-sound.ts';
import { plainAddress } from './plain-address.ts';
import type { NewSsrc } from './rtp-streams.ts';

/** Who has named a port and then says nothing knows no `client_config`, and wants the defaults. */
const DEFAULTS_AFTER_MS = 1_000;
/** As long as an event may take to arrive. */
const EVENT_PENDING_MS = 1_000;

const UNREADABLE: ListeningMessage = {
  type: 'error',
  code: 'invalid_input',
  message:
    'timestamp must be a date and time, such as 2025-07-15T10:05:00Z: this heartbeat does not count.',
};

/** The rim's side: what the rules can do with a listener. */
export interface ListenerLink {
  /** Without the port. */
  readonly address: string;
  readonly userAgent: string | null;
  send(message: ListeningMessage): void;
  /** No call follows it. */
  close(code: number, reason: string): void;
}

interface ListenerOptions {
  /** Nobody can guess it. */
  readonly id: string;
  readonly link: ListenerLink;
  readonly clock: Clock;
  readonly setup: ConsoleSetup;
  readonly newSsrc: NewSsrc;
  /** What there is room for in the place of what it wants. */
  readonly share: (wanted: Rendition) => Rendition;
  /** Time has changed what it gets. */
  readonly onChange: () => void;
}

type ListenerState = 'waiting' | 'listening' | 'silent' | 'ended';

export class Listener {
  readonly id: string;
  readonly sinceWallMs: number;
  readonly network = new ListenerNetwork();
  readonly sound: ListenerSound;
  readonly #options: ListenerOptions;
  readonly #heartbeats: Heartbeats;
  #isEnded = false;
  #isGone = false;
  #defaultsTimer: Timer | undefined;
  /** While an event is on its way. */
  #eventTimer: Timer | undefined;

  constructor(options: ListenerOptions) {
    const { id, clock, setup, newSsrc, share, onChange } = options;
    this.#options = options;
    this.id = id;
    this.sinceWallMs = clock.wallMs();
    this.sound = new ListenerSound({
      setup,
      adapt: (base) => this.network.adapt(base, setup.settings),
      newSsrc,
      share,
    });
    this.#heartbeats = new Heartbeats({ clock, onSilent: onChange });
    this.#send({ type: 'hello', client_id: id });
  }

  get address(): string {
    return plainAddress(this.#options.link.address);
  }

  get userAgent(): string | null {
    return this.#options.link.userAgent;
  }

  get state(): ListenerState {
    if (this.#isEnded) return 'ended';
    if (this.#heartbeats.isSilent) return 'silent';
    return this.sound.isReady ? 'listening' : 'waiting';
  }

  /** Those from the past. */
  get ignoredHeartbeats(): number {
    return this.#heartbeats.ignored;
  }

  /** Throws `invalid_input` if its plain streams do not fit above this port. */
  bind(udpPort: number): void {
    this.sound.bind(udpPort);
    if (this.sound.hasWish) this.#agree();
    else this.#defaultsTimer ??= this.#startDefaults();
  }

  /** What it is refused, and why, is said to it. */
  configure(wish: ListenerConfig): void {
    this.#attempt(() => {
      if (this.#isEnded) {
        throw new StateError('This session has ended. Connect again.', { code: 'session_ended' });
      }
      this.sound.ask(wish);
      this.#defaultsTimer?.cancel();
      this.#agree();
    });
  }

  /** True if it gets something else from now on. */
  beat(timestamp: string): boolean {
    if (this.#isEnded) return false;
    const wasSilent = this.#heartbeats.isSilent;
    const verdict = this.#heartbeats.take(timestamp);
    if (verdict === 'unreadable') this.#send(UNREADABLE);
    if (verdict !== 'taken') return false;
    const hadEvent = this.#clearEvent();
    if (!wasSilent || !this.sound.isReady) return hadEvent;
    this.sound.renew();
    this.#agree();
    return true;
  }

  /** A report of its network. True if that changes anything of what is sent to it. */
  take(metrics: QosMetrics): boolean {
    const { clock, setup } = this.#options;
    const base = this.state === 'listening' ? this.sound.delivery.base : undefined;
    const { settings } = setup;
    const warnings = this.network.take(metrics, { settings, base, clock });
    for (const warning of warnings) this.tell(warning);
    return this.refresh() || warnings.length > 0;
  }

  /** Settings or its network have changed. True if it gets other packets from now on. */
  refresh(): boolean {
    if (!this.sound.hasWish || !this.sound.isOutdated) return false;
    this.#agree();
    return true;
  }

  tell(event: ListenerEvent): void {
    this.#send({ type: 'event', payload: event });
    // A socket that takes no more is closed by being written to.
    if (this.#isGone) return;
    this.#clearEvent();
    this.#eventTimer = this.#options.clock.after(EVENT_PENDING_MS, () => {
      this.#eventTimer = undefined;
      this.#options.onChange();
    });
  }

  /** Nothing is sent to its port from now on. Idempotent. */
  end(): void {
    this.#isEnded = true;
    this.sound.renew();
    this.#heartbeats.close();
    this.#defaultsTimer?.cancel();
    this.#clearEvent();
  }

  /** Idempotent. */
  close(code: number, reason: string): void {
    if (this.#isGone) return;
    this.leave();
    this.#options.link.close(code, reason);
  }

  /** Its socket is gone. Idempotent. */
  leave(): void {
    this.end();
    this.#isGone = true;
  }

  /** Undefined while it gets no sound. */
  plan(): ListenerPlan | undefined {
    const sound = this.state === 'listening' ? this.sound.plan() : undefined;
    if (!sound) return undefined;
    const { id, address } = this;
    return { id, address, ...sound, isEventPending: this.#eventTimer !== undefined };
  }

  #agree(): void {
    this.#send({ type: 'stream_config', payload: this.sound.agree() });
  }

  #send(message: ListeningMessage): void {
    if (!this.#isGone) this.#options.link.send(message);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#send({ type: 'error', code: error.code, message: error.message });
    }
  }

  #startDefaults(): Timer {
    const { clock, onChange } = this.#options;
    return clock.after(DEFAULTS_AFTER_MS, () => {
      this.#defaultsTimer = undefined;
      this.configure({});
      onChange();
    });
  }

  #clearEvent(): boolean {
    const hadEvent = this.#eventTimer !== undefined;
    this.#eventTimer?.cancel();
    this.#eventTimer = undefined;
    return hadEvent;
  }
}
