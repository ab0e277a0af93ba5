// The dialogue with one client over one WebSocket, which has at most one session.
//
//              offer, mse                    answered
//   waiting ───────────────▶ opening ─────────────────────▶ watching
//      ▲ ▲                      │ refused: error                │
//      │ └──────────────────────┘                               │
//      └───────────── leave, or ended: event ───────────────────┘
//
// Another offer or mse replaces the session; one that comes while the last is being opened waits,
// and only the newest of them. Who may not watch can do nothing but say the admin secret.

import { type ClientMessage, clientMessage } from '#contract/signalling.ts';
import type { QualityWish } from '#core/streams/quality.ts';
import { RateLimit } from '#std/rate-limit.ts';
import { errorMessage } from './error-message.ts';
import { parseMessage } from './message.ts';
import { openMseSession } from './mse-session.ts';
import { News } from './news.ts';
import { refusalOf, secretNeeded } from './secret-refusals.ts';
import type { Session, SessionLink, SessionRequest } from './session.ts';
import { openWebrtcSession } from './webrtc-session.ts';

/** A browser with many addresses sends some tens of candidates at once. */
const MAX_MESSAGES_PER_SECOND = 100;
/** Those that come before the answer; the server learns the address from checks as well. */
const MAX_EARLY_CANDIDATES = 32;
const PING_AFTER_MS = 3_000;
const SILENT_AFTER_MS = 15_000;
/** Who has not said the secret by then is not going to. */
const AUTH_WITHIN_MS = 10_000;
/** RFC 6455 §7.4.1. */
const POLICY_VIOLATION = 1008;
const SERVER_FAULT = 1011;
const TRY_AGAIN_LATER = 1013;

type OpenSession = (request: SessionRequest) => Promise<Session>;

export class Dialogue {
  readonly #link: SessionLink;
  readonly #news: News;
  readonly #messages = new RateLimit(MAX_MESSAGES_PER_SECOND);
  readonly #openedAtMs: number;
  #heardAtMs: number;
  #pingedAtMs: number;
  #isKnown: boolean;
  #session: Session | undefined;
  /** What is to be opened next. */
  #wanted: OpenSession | undefined;
  #isOpening = false;
  /** The last one opened, to open it anew with another profile. */
  #last: OpenSession | undefined;
  #quality: QualityWish = { mode: 'auto' };
  #earlyCandidates: string[] = [];
  #isClosed = false;

  /** `isAdmin`: the handshake has shown it, and nothing needs to be said. */
  constructor(link: SessionLink, isAdmin: boolean) {
    this.#link = link;
    this.#isKnown = isAdmin;
    const { clock, streams } = link.options;
    this.#openedAtMs = clock.nowMs();
    this.#heardAtMs = this.#openedAtMs;
    this.#pingedAtMs = this.#openedAtMs;
    const { streamId, wire } = link;
    this.#news = new News({ streamId, streams, send: (message) => wire.send(message) });
    if (this.#mayRead) this.#news.tellStream();
  }

  /** Takes one message; undefined is one that is no text. */
  take(text: string | undefined): void {
    const nowMs = this.#link.options.clock.nowMs();
    this.#heardAtMs = nowMs;
    if (this.#isClosed) return;
    if (!this.#messages.admits(nowMs)) {
      this.#dismiss('too many messages');
      return;
    }
    try {
      this.#handle(this.#read(text));
    } catch (error) {
      this.#say(error);
    }
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    const silentMs = nowMs - this.#heardAtMs;
    const { wire } = this.#link;
    if (wire.isTooSlow(nowMs)) this.#dismiss('too slow', TRY_AGAIN_LATER);
    else if (silentMs >= SILENT_AFTER_MS) this.#dismiss('nothing heard');
    else if (this.#mayRead) this.#tell(nowMs);
    else if (nowMs - this.#openedAtMs >= AUTH_WITHIN_MS) this.#dismiss('not allowed to watch');
    if (silentMs < PING_AFTER_MS || nowMs - this.#pingedAtMs < PING_AFTER_MS) return;
    this.#pingedAtMs = nowMs;
    wire.send({ type: 'ping' });
  }

  /** The socket is gone, or has to go. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#wanted = undefined;
    this.#endSession();
  }

  get #mayRead(): boolean {
    return this.#isKnown || this.#link.options.access.readOpen;
  }

  #tell(nowMs: number): void {
    this.#news.tellStream();
    if (this.#session) this.#news.tellSession(this.#session, nowMs);
  }

  #read(text: string | undefined): ClientMessage {
    try {
      return parseMessage(text, { schema: clientMessage, page: 'docs/reference/signalling.md' });
    } catch (error) {
      this.#link.counters.malformed++;
      throw error;
    }
  }

  #handle(message: ClientMessage): void {
    const { wire } = this.#link;
    if (message.type === 'ping') wire.send({ type: 'pong' });
    else if (message.type === 'auth') this.#authorize(message.secret);
    else if (message.type !== 'pong') this.#handleWatching(message);
  }

  /** Wrong ones are counted by address, as those of the HTTP API. */
  #authorize(secret: string): void {
    const { options, address, counters } = this.#link;
    const verdict = options.access.check(secret, address);
    this.#isKnown ||= verdict === 'right';
    if (verdict !== 'right') {
      counters.wrongSecrets++;
      throw refusalOf(verdict, 'Watching');
    }
    this.#news.tellStream();
  }

  #handleWatching(
    message: Exclude<ClientMessage, { type: 'ping' } | { type: 'pong' } | { type: 'auth' }>,
  ): void {
    if (!this.#mayRead) throw secretNeeded('Watching', 'Send auth first.');
    switch (message.type) {
      case 'offer':
        this.#open((request) => openWebrtcSession(message.sdp, request, this.#link));
        break;
      case 'mse':
        this.#open((request) => openMseSession(message.codecs, request, this.#link));
        break;
      case 'candidate':
        this.#addCandidate(message.candidate);
        break;
      case 'quality':
        this.#setQuality({ mode: message.mode, heightPixels: message.heightPixels });
        break;
      case 'leave':
        this.#wanted = undefined;
        this.#endSession();
    }
  }

  #addCandidate(candidate: string): void {
    if (this.#session) this.#session.addCandidate(candidate);
    else if (this.#earlyCandidates.length < MAX_EARLY_CANDIDATES) {
      this.#earlyCandidates.push(candidate);
    }
  }

  #setQuality(wish: QualityWish): void {
    this.#quality = wish;
    if (this.#session && !this.#session.setQuality(wish) && this.#last) this.#open(this.#last);
  }

  #open(open: OpenSession): void {
    this.#endSession();
    this.#earlyCandidates = [];
    this.#wanted = open;
    if (!this.#isOpening) void this.#openWanted();
  }

  async #openWanted(): Promise<void> {
    this.#isOpening = true;
    while (this.#wanted) {
      const open = this.#wanted;
      this.#wanted = undefined;
      this.#last = open;
      await this.#openOne(open);
    }
    this.#isOpening = false;
  }

  /** Never rejects. */
  async #openOne(open: OpenSession): Promise<void> {
    let session: Session | undefined;
    let ended: string | undefined;
    const onEnd = (reason: string): void => {
      ended = reason;
      if (session && session === this.#session) this.#handleEnd(reason);
    };
    try {
      session = await open({ quality: this.#quality, onEnd });
      if (this.#isClosed || this.#wanted) session.close();
      else if (ended !== undefined) this.#handleEnd(ended);
      else this.#adopt(session);
    } catch (error) {
      if (!this.#isClosed && !this.#wanted) this.#say(error);
    }
  }

  #adopt(session: Session): void {
    this.#session = session;
    this.#news.tellStream();
    this.#news.begin();
    session.begin();
    for (const candidate of this.#earlyCandidates.splice(0)) session.addCandidate(candidate);
    session.setQuality(this.#quality);
  }

  #handleEnd(reason: string): void {
    this.#session = undefined;
    this.#link.wire.send({ type: 'event', event: 'ended', reason });
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  /** What is our own mistake ends the dialogue. */
  #say(error: unknown): void {
    const message = errorMessage(error);
    const { wire, options, streamId } = this.#link;
    if (message) {
      wire.send(message);
      return;
    }
    options.log.error('Signalling failed', { stream: streamId, error: String(error) });
    wire.send({ type: 'error', code: 'internal', message: 'The server has made a mistake.' });
    this.close();
    wire.close(SERVER_FAULT, 'internal');
  }

  #dismiss(reason: string, code = POLICY_VIOLATION): void {
    const { wire, counters, options, streamId, remote } = this.#link;
    if (this.#isClosed) return;
    counters.dismissed++;
    options.log.info('Signalling: client sent away', { stream: streamId, remote, reason });
    this.close();
    wire.close(code, reason);
  }
}
