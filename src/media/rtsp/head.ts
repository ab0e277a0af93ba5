// The start line and the headers of an RTSP message (RFC 2326 §4.2, §6.1, §7.1), read laxly.

import { InputError } from '#std/errors.ts';
import type { RtspHeader, RtspRequest, RtspResponse } from './message.ts';

/** A message without its body. */
export type RtspHead = Omit<RtspRequest, 'body'> | Omit<RtspResponse, 'body'>;

/** A camera sends some ten; one of 500 tracks no more. */
const MAX_HEADERS = 128;

const RESPONSE = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/;
const REQUEST = /^([A-Z_]{1,32}) +(\S+) +RTSP\/\d\.\d$/;

export function isStartLine(line: string): boolean {
  return RESPONSE.test(line.trimEnd()) || REQUEST.test(line.trimEnd());
}

/** The first line has been found to be a start line. */
export function parseHead(text: string): RtspHead {
  const [startLine = '', ...lines] = text.split(/\r?\n/).map((line) => line.trimEnd());
  const response = RESPONSE.exec(startLine);
  if (response) {
    const [, status, reason = ''] = response;
    return { kind: 'response', status: Number(status), reason, headers: parseHeaders(lines) };
  }
  const [, method = '', uri = ''] = REQUEST.exec(startLine) ?? [];
  return { kind: 'request', method, uri, headers: parseHeaders(lines) };
}

/** How many bytes of body follow: 0 where it is not said, or nonsense. */
export function readBodyLength({ headers }: RtspHead): number {
  const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'content-length') ?? [];
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
}

/** Lines without a colon are skipped; one that begins with space goes on from the line before. */
function parseHeaders(lines: readonly string[]): RtspHeader[] {
  const headers: RtspHeader[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last) headers[headers.length - 1] = [last[0], join(last[1], line)];
    else if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  if (headers.length > MAX_HEADERS) {
    throw new InputError(`Cannot read the RTSP message: it has more than ${MAX_HEADERS} headers.`, {
      code: 'invalid_rtsp',
    });
  }
  return headers;
}

function join(value: string, line: string): string {
  return `${value} ${line.trim()}`.trim();
}
