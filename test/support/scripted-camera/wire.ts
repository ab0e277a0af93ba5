// RTSP as scripted cameras and plain clients read and write it (RFC 2326). With code of its own, so that a mistake in the
// product's reader can't hide behind the same mistake here.

export interface CameraRequest {
  readonly method: string;
  readonly uri: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; several values of one name are lines. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface WireVisitor {
  onRequest(request: CameraRequest): void;
  onAnswer(answer: WireAnswer): void;
  onFrame(channel: number, packet: Buffer): void;
}

const FRAME_HEADER_BYTES = 4;
const DOLLAR = 0x24;

export class CameraWire {
  readonly #visitor: WireVisitor;
  #rest = Buffer.alloc(0);

  constructor(visitor: WireVisitor) {
    this.#visitor = visitor;
  }

  read(chunk: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length > 0) {
      const used = this.#rest[0] === DOLLAR ? this.#readFrame() : this.#readMessage();
      if (used === 0) return;
      this.#rest = this.#rest.subarray(used);
    }
  }

  #readFrame(): number {
    if (this.#rest.length < FRAME_HEADER_BYTES) return 0;
    const end = FRAME_HEADER_BYTES + this.#rest.readUInt16BE(2);
    if (this.#rest.length < end) return 0;
    this.#visitor.onFrame(this.#rest[1]!, this.#rest.subarray(FRAME_HEADER_BYTES, end));
    return end;
  }

  #readMessage(): number {
    // Empty lines between messages.
    if (this.#rest[0] === 0x0d || this.#rest[0] === 0x0a) return 1;
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const [first = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    const headers = readHeaders(lines);
    const bodyStart = end + 4;
    const bodyEnd = bodyStart + Number(headers.get('content-length') ?? 0);
    if (this.#rest.length < bodyEnd) return 0;
    const body = this.#rest.toString('utf8', bodyStart, bodyEnd);
    const [method = '', uri = ''] = first.split(' ');
    if (method.startsWith('RTSP/')) this.#visitor.onAnswer({ status: Number(uri), headers, body });
    else this.#visitor.onRequest({ method, uri, headers, body });
    return bodyEnd;
  }
}

export function formatMessage(
  first: string,
  headers: Readonly<Record<string, string | undefined>>,
  body = '',
): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    // Several challenges are several lines: nothing else here has a newline in it.
    value === undefined ? [] : value.split('\n').map((each) => `${name}: ${each}`),
  );
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return [first, ...lines, '', body].join('\r\n');
}

export function formatFrame(channel: number, packet: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + packet.length);
  frame[0] = DOLLAR;
  frame[1] = channel;
  frame.writeUInt16BE(packet.length, 2);
  frame.set(packet, FRAME_HEADER_BYTES);
  return frame;
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return headers;
}
