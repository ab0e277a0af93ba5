// Requests that wait for their answer, by CSeq (RFC 2326 §12.17).

import { header, type RtspHeader, type RtspResponse } from './message.ts';

export interface PendingRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly RtspHeader[];
  /** What was sent as Authorization. */
  readonly authorization: string | undefined;
}

/** Cameras that never answer keep-alives are lived with; their newest requests are enough. */
const MAX_PENDING = 16;

export class PendingRequests {
  readonly #byNumber = new Map<string, PendingRequest>();
  #last = 0;

  /** Its CSeq. */
  add(request: PendingRequest): string {
    const [oldest] = this.#byNumber.keys();
    if (oldest !== undefined && this.#byNumber.size >= MAX_PENDING) this.#byNumber.delete(oldest);
    this.#byNumber.set(this.nextNumber, request);
    return `${++this.#last}`;
  }

  get nextNumber(): string {
    return `${this.#last + 1}`;
  }

  /** The request that this answers; without a CSeq, the oldest one. Undefined for an answer to none. */
  take(response: RtspResponse): PendingRequest | undefined {
    const number = header(response, 'CSeq') ?? this.#byNumber.keys().next().value ?? '';
    const request = this.#byNumber.get(number);
    this.#byNumber.delete(number);
    return request;
  }
}
