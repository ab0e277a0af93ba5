// One RTSP connection of ours as a server: what comes in, in its order and within limits.

import type { Socket } from 'node:net';
import {
  formatResponse,
  header,
  type RtspHeader,
  type RtspMessage,
  type RtspRequest,
} from '#media/rtsp/message.ts';
import { RtspReader } from '#media/rtsp/reader.ts';
import { RateLimit } from '#std/rate-limit.ts';
import { answerError, type RtspAnswer, refuse } from './answer.ts';
import { Dialogue } from './dialogue.ts';
import { formatRemote } from './remote.ts';
import type { ServerParts } from './session.ts';

/** A player needs some ten to begin. */
const MAX_REQUESTS_PER_SECOND = 50;
/** Requests that came before the answer to an earlier one. */
const MAX_WAITING_REQUESTS = 16;
/** Some tens of descriptions. Who asks and never reads would have the server keep all answers. */
const MAX_UNREAD_BYTES = 64 * 1024;

export class RtspConnection {
  readonly #remote: string;
  readonly #socket: Socket;
  readonly #parts: ServerParts;
  readonly #reader: RtspReader;
  readonly #dialogue: Dialogue;
  readonly #requests = new RateLimit(MAX_REQUESTS_PER_SECOND);
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Of answers, which stand behind media that a slow reader has not taken yet. */
  #unreadBytes = 0;
  #heardAtMs: number;
  #isClosed = false;

  constructor(socket: Socket, parts: ServerParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#remote = formatRemote(socket);
    this.#heardAtMs = parts.options.clock.nowMs();
    this.#dialogue = new Dialogue({
      parts,
      socket,
      address: socket.remoteAddress ?? '',
      remote: this.#remote,
      onSign: () => this.#hear(),
      onEnd: (reason) => this.close(reason),
    });
    this.#reader = new RtspReader({
      onMessage: (message) => this.#take(message),
      onFrame: (channel, packet) => this.#dialogue.session?.takeFrame(channel, packet),
    });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('close', () => this.close('the connection was closed'));
    // Whatever it is, `close` follows it.
    socket.on('error', () => {});
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    const reason = this.#dialogue.session?.tick(nowMs) ?? this.#silence(nowMs);
    if (reason !== undefined) this.close(reason);
  }

  /** Idempotent. */
  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dialogue.close(reason);
    this.#socket.destroy();
  }

  #hear(): void {
    this.#heardAtMs = this.#parts.options.clock.nowMs();
  }

  #silence(nowMs: number): string | undefined {
    const seconds = this.#dialogue.maxSilentSeconds;
    if (seconds === undefined || nowMs - this.#heardAtMs < seconds * 1000) return undefined;
    return `nothing heard for ${seconds} s`;
  }

  #read(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
      this.#dialogue.session?.flush();
    } catch (error) {
      const answer = answerError(error);
      if (answer) this.#parts.counters.malformed++;
      else this.#logFailed('a frame', error);
      this.#write(answer ?? refuse(500), []);
      this.close('what it sent could not be read');
    }
  }

  #take(message: RtspMessage): void {
    this.#hear();
    if (message.kind === 'response') return;
    this.#waiting++;
    const isTooMany = !this.#requests.admits(this.#parts.options.clock.nowMs());
    if (isTooMany || this.#waiting > MAX_WAITING_REQUESTS) {
      this.#parts.counters.malformed++;
      this.close('too many requests');
      return;
    }
    this.#work = this.#work
      .then(() => this.#handle(message))
      // Our mistake ends the connection, not the server.
      .catch((error: unknown) => this.#fail(message.method, error));
  }

  async #handle(request: RtspRequest): Promise<void> {
    this.#waiting--;
    if (this.#isClosed) return;
    const answer = await this.#answer(request);
    if (answer.status !== 200) this.#logRefused(request, answer);
    this.#write(answer, sequenceHeader(request));
    if (this.#dialogue.isGuessing) this.close('wrong passwords');
    if (!this.#isClosed) answer.afterwards?.();
  }

  /** Never rejects. */
  async #answer(request: RtspRequest): Promise<RtspAnswer> {
    try {
      return await this.#dialogue.answer(request);
    } catch (error) {
      const answer = answerError(error);
      if (!answer) this.#logFailed(request.method, error);
      return answer ?? refuse(500);
    }
  }

  #fail(method: string, error: unknown): void {
    this.#logFailed(method, error);
    this.close('an unexpected error');
  }

  #logFailed(method: string, error: unknown): void {
    const fields = { method, remote: this.#remote, error: String(error) };
    this.#parts.options.log.error('RTSP request failed', fields);
  }

  #logRefused({ method }: RtspRequest, { status, reason }: RtspAnswer): void {
    const fields = { method, status, reason, remote: this.#remote };
    this.#parts.options.log.debug('RTSP request refused', fields);
  }

  #write(answer: RtspAnswer, first: readonly RtspHeader[]): void {
    if (this.#socket.destroyed) return;
    const { status, reason, headers = [], body = '' } = answer;
    const all = [...first, ['Server', 'Yeoul'] as const, ...headers];
    const bytes = new TextEncoder().encode(body);
    const response = formatResponse({ status, reason, headers: all, body: bytes });
    this.#unreadBytes += response.length;
    this.#socket.write(response, () => {
      this.#unreadBytes -= response.length;
    });
    if (this.#unreadBytes <= MAX_UNREAD_BYTES) return;
    this.#parts.counters.tooSlow++;
    this.close('it does not read the answers');
  }
}

/** Only what can be one is sent back. */
function sequenceHeader(request: RtspRequest): RtspHeader[] {
  const sequence = header(request, 'CSeq') ?? '';
  return /^\d{1,10}$/.test(sequence) ? [['CSeq', sequence]] : [];
}
