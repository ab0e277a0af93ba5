// RTSP requests and responses as values and as bytes (RFC 2326 §4–§7).

import { InputError } from '#std/errors.ts';

/** In the order of the message; a name may come several times. */
export type RtspHeader = readonly [name: string, value: string];

export interface RtspRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly RtspHeader[];
  readonly body: Uint8Array;
}

export interface RtspResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly RtspHeader[];
  readonly body: Uint8Array;
}

export type RtspMessage = RtspRequest | RtspResponse;

type Outgoing<Message extends RtspMessage> = Omit<Message, 'kind' | 'body'> & {
  readonly body?: Uint8Array;
};

type Headed = Pick<RtspMessage, 'headers'>;

const VERSION = 'RTSP/1.0';
/** What would end a line, or a C string at the other end. */
const FORBIDDEN = /[\r\n\0]/;

/** The value of the first header of that name, in any case. */
export function header(message: Headed, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.headers.find(([each]) => each.toLowerCase() === wanted)?.[1];
}

/** The values of all headers of that name, in their order. */
export function headers(message: Headed, name: string): string[] {
  const wanted = name.toLowerCase();
  return message.headers
    .filter(([each]) => each.toLowerCase() === wanted)
    .map(([, value]) => value);
}

/** `Content-Length` is added where there is a body. */
export function formatRequest(request: Outgoing<RtspRequest>): Uint8Array {
  return formatMessage(`${request.method} ${request.uri} ${VERSION}`, request);
}

/** `Content-Length` is added where there is a body. */
export function formatResponse(response: Outgoing<RtspResponse>): Uint8Array {
  return formatMessage(`${VERSION} ${response.status} ${response.reason}`, response);
}

function formatMessage(
  startLine: string,
  { headers: fields, body }: Headed & { readonly body?: Uint8Array },
): Uint8Array {
  const lines = [startLine, ...fields.map(([name, value]) => `${name}: ${value}`)];
  if (body?.length) lines.push(`Content-Length: ${body.length}`);
  if (lines.some((line) => FORBIDDEN.test(line))) throw lineBreakInside(lines);
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  if (!body?.length) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Names the header only: its value may be a secret. */
function lineBreakInside(lines: readonly string[]): InputError {
  const [name] = lines.find((line) => FORBIDDEN.test(line))?.split(/[:\s]/, 1) ?? [];
  return new InputError(
    `Cannot write the RTSP message: "${name}" holds a line break or a zero byte. Leave it out.`,
    { code: 'invalid_rtsp' },
  );
}
