// What the RTSP server answers to each request of one connection, which has at most one session.
//
//          DESCRIBE, SETUP                          PLAY, PAUSE
//   idle ──────────────────▶ reading ◀──────────────────┐
//     │                         └───────────────────────┘
//     │    ANNOUNCE             RECORD
//     ├──────────────▶ publishing ────▶ frames into the stream
//     └◀── TEARDOWN ── either

import { randomBytes } from 'node:crypto';
import { header, headers, type RtspHeader, type RtspRequest } from '#media/rtsp/message.ts';
import {
  formatTransport,
  parseTransport,
  type RtspTransport,
} from '#media/rtsp/transport-header.ts';
import { ok, type RtspAnswer, refuse } from './answer.ts';
import { LoginCheck } from './login-check.ts';
import { PublishingSession } from './publishing-session.ts';
import { openReadingSession, ReadingSession } from './reading-session.ts';
import type { SessionLink } from './session.ts';
import { parseTarget } from './target.ts';

/** Announced in Session (RFC 2326 §12.37): without a sign of life for so long the session ends. */
const TIMEOUT_SECONDS = 60;
/** A connection that has not asked for anything, or only described a stream, needs no longer. */
const IDLE_SECONDS = 20;
/** Who types it wrong has a new connection for the next tries. */
const MAX_WRONG_PASSWORDS = 3;
const SESSION_ID_BYTES = 8;
/** Of the session id, as SDP's decimal number: exact in a double. */
const SDP_ID_DIGITS = 12;
const METHODS =
  'OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, PAUSE, RECORD, TEARDOWN, GET_PARAMETER, SET_PARAMETER';

export class Dialogue {
  readonly #link: SessionLink;
  readonly #login: LoginCheck;
  readonly #sessionId = randomBytes(SESSION_ID_BYTES).toString('hex');
  #session: ReadingSession | PublishingSession | undefined;
  #wrongPasswords = 0;
  #isKnown = false;
  #isClosed = false;

  constructor(link: SessionLink) {
    this.#link = link;
    this.#login = new LoginCheck(link.parts.options.access);
  }

  get session(): ReadingSession | PublishingSession | undefined {
    return this.#session;
  }

  /** It has tried often enough. */
  get isGuessing(): boolean {
    return this.#wrongPasswords >= MAX_WRONG_PASSWORDS;
  }

  /** How long the other side may be silent; undefined while TCP tells that it is there. */
  get maxSilentSeconds(): number | undefined {
    const session = this.#session;
    if (session instanceof ReadingSession && !session.needsSigns) return undefined;
    return session?.isSetUp ? TIMEOUT_SECONDS : IDLE_SECONDS;
  }

  /** Idempotent. */
  close(reason: string): void {
    this.#isClosed = true;
    this.#endSession(reason);
  }

  /** Rejects with what the stream has against it. */
  async answer(request: RtspRequest): Promise<RtspAnswer> {
    const required = headers(request, 'Require')
      .join(', ')
      .replace(/[^\x20-\x7e]/g, '');
    if (required !== '') return refuse(551, undefined, [['Unsupported', required]]);
    switch (request.method) {
      case 'OPTIONS':
        return ok([['Public', METHODS]]);
      case 'DESCRIBE':
        return this.#challenge(request, this.#mayRead) ?? (await this.#describe(request));
      case 'ANNOUNCE':
        return this.#challenge(request, this.#mayPublish) ?? this.#announce(request);
      case 'SETUP':
        return await this.#setUp(request);
      case 'PLAY':
      case 'PAUSE':
      case 'RECORD':
      case 'TEARDOWN':
        return this.#control(request);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return ok(this.#session ? this.#sessionHeader() : []);
      default:
        return refuse(405, undefined, [['Allow', METHODS]]);
    }
  }

  get #mayRead(): boolean {
    return this.#link.parts.options.access.readOpen;
  }

  get #mayPublish(): boolean {
    return this.#link.parts.options.access.mayPublishOpen;
  }

  /** The answer that asks for a password; undefined where none is needed or it was right. */
  #challenge(request: RtspRequest, isOpen: boolean): RtspAnswer | undefined {
    if (isOpen || this.#isKnown) return undefined;
    const { clock, log, access } = this.#link.parts.options;
    if (access.isBlocked(this.#link.address)) {
      return refuse(403, 'Too many wrong passwords from this address: wait some seconds');
    }
    const verdict = this.#login.judge(request, clock.nowMs());
    this.#isKnown = verdict === 'right';
    if (this.#isKnown) return undefined;
    if (verdict === 'wrong') {
      this.#wrongPasswords++;
      access.countWrong(this.#link.address);
      this.#link.parts.counters.wrongPasswords++;
      const fields = { method: request.method, remote: this.#link.remote };
      if (this.#link.parts.loginLines.admits(clock.nowMs())) log.warn('RTSP login failed', fields);
    }
    return refuse(401, undefined, this.#login.challenges(verdict, clock.nowMs()));
  }

  async #describe(request: RtspRequest): Promise<RtspAnswer> {
    const session = await this.#openReading(request);
    if (!session) return refuse(this.#session ? 455 : 404);
    const base = `${request.uri.split('?', 1)[0]?.replace(/\/$/, '')}/`;
    const fields = [['Content-Base', base] as const, ['Content-Type', 'application/sdp'] as const];
    return ok(fields, session.describe(this.#sdpId()));
  }

  /** The session for this address: the one that is open, or a new one if that can be. */
  async #openReading(request: RtspRequest): Promise<ReadingSession | undefined> {
    const target = parseTarget(request.uri);
    const open = this.#session;
    if (!target) return undefined;
    if (open instanceof PublishingSession) return undefined;
    // Tracks are set up under an address without the query.
    const isSame =
      open?.streamId === target.streamId && open.profile === (target.profile ?? open.profile);
    if (open && (isSame || open.isSetUp)) return isSame ? open : undefined;
    this.#endSession('another stream was asked for');
    const userAgent = header(request, 'User-Agent');
    const session = await openReadingSession({ ...target, userAgent }, this.#link);
    if (this.#isClosed) session.close();
    else this.#session = session;
    return session;
  }

  #announce(request: RtspRequest): RtspAnswer {
    const target = parseTarget(request.uri);
    if (!target) return refuse(404);
    if (this.#session) return refuse(455);
    const sdp = new TextDecoder().decode(request.body);
    this.#session = new PublishingSession(target.streamId, sdp, this.#link);
    return ok(this.#sessionHeader());
  }

  async #setUp(request: RtspRequest): Promise<RtspAnswer> {
    if (this.#isForeign(request)) return refuse(454);
    const wanted = parseTransport(header(request, 'Transport') ?? '');
    if (this.#session instanceof PublishingSession) {
      return this.#answerSetUp(this.#session.setUp(request.uri, wanted));
    }
    const refusal = this.#challenge(request, this.#mayRead);
    if (refusal) return refusal;
    const session = await this.#openReading(request);
    const track = parseTarget(request.uri)?.track ?? 0;
    if (!session?.has(track)) return refuse(404);
    if (session.isPlaying) return refuse(455);
    return this.#answerSetUp(session.setUp(track, wanted));
  }

  #answerSetUp(transport: RtspTransport | undefined): RtspAnswer {
    if (!transport) return refuse(461);
    const answered = formatTransport([transport]);
    return ok([['Transport', answered], ...this.#sessionHeader()]);
  }

  /** What concerns a session that is set up. */
  #control(request: RtspRequest): RtspAnswer {
    const session = this.#session;
    if (!session || this.#isForeign(request)) return refuse(454);
    const { method } = request;
    if (method === 'TEARDOWN') {
      this.#endSession('left');
      return ok();
    }
    if (!session.isSetUp) return refuse(455);
    if (session instanceof PublishingSession) {
      if (method === 'PLAY') return refuse(455);
      // GStreamer ends with PAUSE: what still comes after it is taken all the same.
      if (method === 'RECORD') session.record();
      return ok(this.#sessionHeader());
    }
    if (method === 'PLAY') return this.#play(request, session);
    if (method === 'RECORD') return refuse(455);
    session.pause();
    return ok(this.#sessionHeader());
  }

  #play({ uri }: RtspRequest, session: ReadingSession): RtspAnswer {
    const base = `${uri.split('?', 1)[0]?.replace(/\/$/, '')}/`;
    const info = session.formatRtpInfo(base);
    return {
      ...ok([...this.#sessionHeader(), ['Range', 'npt=now-'], ['RTP-Info', info]]),
      afterwards: () => session.play(),
    };
  }

  #isForeign(request: RtspRequest): boolean {
    const session = header(request, 'Session')?.split(';', 1)[0]?.trim();
    return session !== undefined && session !== this.#sessionId;
  }

  #sessionHeader(): RtspHeader[] {
    return [['Session', `${this.#sessionId};timeout=${TIMEOUT_SECONDS}`]];
  }

  #endSession(reason: string): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close(reason);
  }

  #sdpId(): string {
    return `${Number.parseInt(this.#sessionId.slice(0, SDP_ID_DIGITS), 16)}`;
  }
}
