// Answers of the RTSP server, and which error is which status (RFC 2326 §7.1.1, §11).

import type { RtspHeader } from '#media/rtsp/message.ts';
import {
  ClosedError,
  InputError,
  NotFoundError,
  TimeoutError,
  UnavailableError,
} from '#std/errors.ts';

export interface RtspAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly RtspHeader[];
  readonly body?: string;
  /** What has to come after the answer on the wire: the media. */
  readonly afterwards?: () => void;
}

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
  500: 'Internal Server Error',
  551: 'Option Not Supported',
} as const;

/** By `code` of the error, where its class does not tell. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  too_many_viewers: 453,
  codec_refused: 415,
  publisher_present: 403,
  not_publishable: 403,
};

/** Players show the reason to people, in one line; ffmpeg cuts it at 255. */
const MAX_REASON_CHARACTERS = 240;

export function ok(headers: readonly RtspHeader[] = [], body?: string): RtspAnswer {
  return { status: 200, reason: 'OK', headers, ...(body !== undefined && { body }) };
}

/** `words` say more than the status' usual ones. */
export function refuse(
  status: keyof typeof REASONS,
  words: string = REASONS[status],
  headers: readonly RtspHeader[] = [],
): RtspAnswer {
  return { status, reason: oneLine(words), headers };
}

/** Undefined for what is our own mistake. */
export function answerError(error: unknown): RtspAnswer | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = statusOf(error);
  return status === undefined ? undefined : { status, reason: oneLine(error.message) };
}

function statusOf(error: Error): number | undefined {
  const known = 'code' in error ? STATUS_OF_CODE[String(error.code)] : undefined;
  if (known !== undefined) return known;
  if (error instanceof NotFoundError) return 404;
  if (error instanceof InputError) return 400;
  if (error instanceof UnavailableError) return 503;
  return error instanceof ClosedError || error instanceof TimeoutError ? 503 : undefined;
}

function oneLine(words: string): string {
  return words.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_REASON_CHARACTERS);
}
