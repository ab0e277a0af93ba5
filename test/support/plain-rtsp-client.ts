// An RTSP client that does what a test says, line by line, and keeps what comes.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CameraWire, formatFrame, formatMessage, type WireAnswer } from './scripted-camera/wire.ts';
import { until } from './until.ts';

interface ReceivedFrame {
  readonly channel: number;
  readonly packet: Uint8Array;
}

export async function openRtspClient(address: string): Promise<PlainRtspClient> {
  const { port } = new URL(address);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  return new PlainRtspClient(socket, address);
}

export class PlainRtspClient {
  readonly socket: Socket;
  /** Interleaved frames, in the order in which they came. */
  readonly frames: ReceivedFrame[] = [];
  /** What came, in its order: `200` for an answer, `$0` for a frame. */
  readonly order: string[] = [];
  readonly #address: string;
  readonly #answers: WireAnswer[] = [];
  #requests = 0;
  session: string | undefined;
  isClosed = false;

  constructor(socket: Socket, address: string) {
    this.socket = socket;
    this.#address = address;
    const wire = new CameraWire({
      onRequest: ({ headers }) => {
        this.send(formatMessage('RTSP/1.0 200 OK', { CSeq: headers.get('cseq') }));
      },
      onAnswer: (answer) => {
        this.order.push(`${answer.status}`);
        this.#answers.push(answer);
      },
      onFrame: (channel, packet) => {
        this.order.push(`$${channel}`);
        this.frames.push({ channel, packet: Uint8Array.from(packet) });
      },
    });
    socket.on('data', (chunk) => wire.read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  /** Sends a request and waits for its answer. `path` is added to the address. */
  async ask(
    method: string,
    path = '',
    headers: Readonly<Record<string, string | undefined>> = {},
    body?: string,
  ): Promise<WireAnswer> {
    const answered = this.#answers.length;
    this.sendRequest(method, path, headers, body);
    await until(() => this.#answers.length > answered || this.isClosed, {
      what: `an answer to ${method}`,
    });
    const answer = this.#answers[answered];
    if (!answer) throw new Error(`the connection was closed instead of an answer to ${method}`);
    this.session = answer.headers.get('session')?.split(';')[0] ?? this.session;
    return answer;
  }

  /** Sends a request without waiting. */
  sendRequest(
    method: string,
    path = '',
    headers: Readonly<Record<string, string | undefined>> = {},
    body?: string,
  ): void {
    this.#requests++;
    const all = { CSeq: `${this.#requests}`, Session: this.session, ...headers };
    this.send(formatMessage(`${method} ${this.#address}${path} RTSP/1.0`, all, body));
  }

  sendFrame(channel: number, packet: Uint8Array): void {
    this.send(formatFrame(channel, packet));
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** How many answers have come. */
  get answers(): number {
    return this.#answers.length;
  }

  framesOf(channel: number): Uint8Array[] {
    return this.frames.filter((frame) => frame.channel === channel).map(({ packet }) => packet);
  }

  async waitForFrames(count: number): Promise<void> {
    await until(() => this.frames.length >= count, { what: `${count} frames` });
  }

  close(): void {
    this.socket.destroy();
  }
}
