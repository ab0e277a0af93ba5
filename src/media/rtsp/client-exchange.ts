// A client's requests and the answers to them: numbers, login and session id (RFC 2326 §12).

import { Authorization, type Verdict } from './authorization.ts';
import type { DigestHash } from './challenge.ts';
import {
  formatRequest,
  formatResponse,
  header,
  headers,
  type RtspHeader,
  type RtspRequest,
  type RtspResponse,
} from './message.ts';
import { type PendingRequest, PendingRequests } from './pending-requests.ts';
import { keepAlivePeriodMs, parseSession } from './session-header.ts';

interface ExchangeOptions {
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Some cameras refuse who does not say what it is (go2rtc#235). */
  readonly userAgent: string;
  readonly hash: DigestHash;
  /** At least 64 bits as text. */
  readonly random: () => string;
}

type Reception =
  /** To be acted upon. */
  | { readonly kind: 'answer'; readonly request: PendingRequest }
  /** The request was sent again, or it is an answer to none. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly verdict: Exclude<Verdict, 'again'> };

export class ClientExchange {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #options: ExchangeOptions;
  readonly #authorization: Authorization;
  readonly #pending = new PendingRequests();
  #sessionId: string | undefined;
  #keepAliveMethod = 'OPTIONS';
  keepAlivePeriodMs = keepAlivePeriodMs(undefined);
  /** How often the camera gave another session id: with each SETUP, for some (retina 0.4.6). */
  sessionChanges = 0;

  constructor(options: ExchangeOptions, send: (bytes: Uint8Array) => void) {
    this.#options = options;
    this.#send = send;
    this.#authorization = new Authorization(options);
  }

  get hasSession(): boolean {
    return this.#sessionId !== undefined;
  }

  request(method: string, uri: string, fields: readonly RtspHeader[] = []): void {
    const authorization = this.#authorization.authorize({ method, uri });
    const number = this.#pending.add({ method, uri, headers: fields, authorization });
    const own: RtspHeader[] = [
      ['CSeq', number],
      ['User-Agent', this.#options.userAgent],
    ];
    if (this.#sessionId !== undefined) own.push(['Session', this.#sessionId]);
    if (authorization !== undefined) own.push(['Authorization', authorization]);
    this.#send(formatRequest({ method, uri, headers: [...own, ...fields] }));
  }

  keepAlive(uri: string): void {
    this.request(this.#keepAliveMethod, uri);
  }

  receive(response: RtspResponse): Reception {
    const request = this.#pending.take(response);
    if (!request) return { kind: 'nothing' };
    if (response.status === 401) return this.#authorize(request, response);
    if (request.authorization !== undefined) this.#authorization.accepted();
    this.#readSession(response);
    this.#readMethods(request, response);
    return { kind: 'answer', request };
  }

  /** Cameras ask too, and some give up without an answer (gortsplib#93). */
  confirm(request: RtspRequest): void {
    const number = header(request, 'CSeq');
    const fields: RtspHeader[] = number === undefined ? [] : [['CSeq', number]];
    this.#send(formatResponse({ status: 200, reason: 'OK', headers: fields }));
  }

  #authorize(request: PendingRequest, response: RtspResponse): Reception {
    const values = headers(response, 'WWW-Authenticate');
    const verdict = this.#authorization.challenged(values, request.authorization);
    if (verdict !== 'again') return { kind: 'refused', verdict };
    this.request(request.method, request.uri, request.headers);
    return { kind: 'nothing' };
  }

  #readSession(response: RtspResponse): void {
    const { id, timeoutSeconds } = parseSession(header(response, 'Session') ?? '');
    if (!id) return;
    if (this.#sessionId !== undefined && this.#sessionId !== id) this.sessionChanges++;
    this.#sessionId = id;
    if (timeoutSeconds !== undefined) this.keepAlivePeriodMs = keepAlivePeriodMs(timeoutSeconds);
  }

  /** GET_PARAMETER where the camera says that it knows it, until it turns out that it does not. */
  #readMethods({ method }: PendingRequest, response: RtspResponse): void {
    const methods = headers(response, 'Public').join(',').toUpperCase();
    if (methods.includes('GET_PARAMETER')) this.#keepAliveMethod = 'GET_PARAMETER';
    if (method === 'GET_PARAMETER' && response.status >= 400) this.#keepAliveMethod = 'OPTIONS';
  }
}
