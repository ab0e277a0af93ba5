// Reads what comes over an RTSP connection: messages and, between them, interleaved frames
// (RFC 2326 §10.12).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   $  (0x24)   |    channel    |            length             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  payload: one RTP or RTCP packet …                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
//   between ──$──▶ (whole in the chunk: a view of it) ──▶ between
//      │  │  └──$, cut──▶ frame ──complete──▶ between
//      │  └──A–Z──▶ head ──blank line──▶ body ──complete──▶ between
//      └──anything else──▶ lost ──"$", known channel, RTP version 2; or "RTSP/1."──▶ frame, head

import { InputError } from '#std/errors.ts';
import { isStartLine, parseHead, type RtspHead, readBodyLength } from './head.ts';
import type { RtspMessage } from './message.ts';
import { strangerError } from './stranger.ts';

interface RtspReaderHandler {
  onMessage(message: RtspMessage): void;
  /** The payload is valid until this returns. */
  onFrame(channel: number, payload: Uint8Array): void;
}

interface RtspReaderOptions {
  /**
   * The channels that frames are expected on. With it, a reader that lost its place looks for the
   * next frame of such a channel; without it, that is an error at once.
   */
  readonly isChannel?: (channel: number) => boolean;
}

/** Chromium-sized headers have 4 KiB; a Digest answer less than one. */
const MAX_HEAD_BYTES = 16 * 1024;
/** A session description of 64 KiB is the largest that `parseSdp` takes. */
const MAX_BODY_BYTES = 64 * 1024;
/** Four frames of the largest size: a place that is not found within them is not there. */
const MAX_LOST_BYTES = 256 * 1024;
/** Cameras that send half a frame do so now and then; this often, the connection is no good. */
const MAX_TIMES_LOST = 16;
/** A minute of a small camera: so many whole frames make up for one that was not. */
const FRAMES_TO_FORGIVE = 1_000;

const FRAME_HEAD_BYTES = 4;
/** Frame head and the first byte of the payload, which holds the RTP version. */
const SANE_BYTES = 5;
/** Usual packets fit; a larger frame makes it larger, up to 64 KiB. */
const FIRST_JOIN_BYTES = 2 * 1024;
const MIN_PACKET_BYTES = 8;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const RTSP_1 = new TextEncoder().encode('RTSP/1.');

type State = 'between' | 'frame' | 'head' | 'body' | 'lost';

export class RtspReader {
  readonly #handler: RtspReaderHandler;
  readonly #isChannel: ((channel: number) => boolean) | undefined;
  #state: State = 'between';
  /** What has come of a frame that was cut, from its `$` on. Reused. */
  #joined = new Uint8Array(FIRST_JOIN_BYTES);
  #joinedBytes = 0;
  #text: number[] = [];
  #hasStartLine = false;
  #head: RtspHead | undefined;
  #body = new Uint8Array(0);
  #bodyBytes = 0;
  #hadMessage = false;
  #lostBytes = 0;
  /** Losses that whole frames have not made up for yet. */
  #unforgiven = 0;
  #framesSinceLoss = 0;
  /** The last bytes seen while lost. */
  #window = new Uint8Array(RTSP_1.length);
  /** How often it lost its place, and the bytes it skipped to find it again. */
  timesLost = 0;
  skippedBytes = 0;

  constructor(handler: RtspReaderHandler, { isChannel }: RtspReaderOptions = {}) {
    this.#handler = handler;
    this.#isChannel = isChannel;
  }

  /** Throws `invalid_rtsp` if no sense can be made of it; nothing can be read after that. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at);
  }

  /** Reads something from `at` on; returns where to go on. */
  #step(chunk: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'between':
        return this.#begin(chunk, at);
      case 'frame':
        return this.#joinFrame(chunk, at);
      case 'head':
        return this.#readHead(chunk, at);
      case 'body':
        return this.#readBody(chunk, at);
      case 'lost':
        return this.#search(chunk, at);
    }
  }

  #begin(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? 0;
    if (byte === DOLLAR) return this.#beginFrame(chunk, at);
    // Some cameras end a body or a frame with a line break of their own.
    if (byte === CR || byte === LF) return at + 1;
    if (isUpperCase(byte)) {
      this.#beginHead([]);
      return at;
    }
    this.#lose(chunk.subarray(at));
    return at;
  }

  #beginFrame(chunk: Uint8Array, at: number): number {
    const start = at + FRAME_HEAD_BYTES;
    if (start <= chunk.length) {
      const end = start + frameLength(chunk, at);
      if (
        end > start &&
        start < chunk.length &&
        !this.#isSane(chunk, at) &&
        !isFollowed(chunk, end)
      ) {
        this.#lose(chunk.subarray(at));
        return at + 1;
      }
      if (end <= chunk.length) {
        this.#framesSinceLoss++;
        this.#handler.onFrame(chunk[at + 1] ?? 0, chunk.subarray(start, end));
        return end;
      }
    }
    this.#joinedBytes = 0;
    this.#state = 'frame';
    return at;
  }

  #joinFrame(chunk: Uint8Array, at: number): number {
    const had = this.#joinedBytes;
    const wanted = this.#frameBytesWanted();
    const end = Math.min(chunk.length, at + wanted - had);
    this.#joined.set(chunk.subarray(at, end), had);
    this.#joinedBytes = had + end - at;
    if (this.#joinedBytes === SANE_BYTES && !this.#isSane(this.#joined, 0)) {
      this.#lose(this.#joined.subarray(0, SANE_BYTES));
    } else if (this.#joinedBytes === this.#frameBytesWanted()) {
      this.#state = 'between';
      const payload = this.#joined.subarray(FRAME_HEAD_BYTES, this.#joinedBytes);
      this.#framesSinceLoss++;
      this.#handler.onFrame(this.#joined[1] ?? 0, payload);
    }
    return end;
  }

  /** First the head, then the byte that says whether it is sane, then the rest. */
  #frameBytesWanted(): number {
    if (this.#joinedBytes < FRAME_HEAD_BYTES) return FRAME_HEAD_BYTES;
    const total = FRAME_HEAD_BYTES + frameLength(this.#joined, 0);
    if (this.#joinedBytes < SANE_BYTES) return Math.min(total, SANE_BYTES);
    this.#makeRoom(total);
    return total;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#joined.length) return;
    const larger = new Uint8Array(bytes);
    larger.set(this.#joined);
    this.#joined = larger;
  }

  /** Frames of unknown channels are let through, to be counted, if they seem to hold RTP or RTCP. */
  #isSane(bytes: Uint8Array, at: number): boolean {
    if (!this.#isChannel || this.#isChannel(bytes[at + 1] ?? 0)) return true;
    return (bytes[at + FRAME_HEAD_BYTES] ?? 0) >>> 6 === 2;
  }

  #beginHead(text: number[]): void {
    this.#text = text;
    this.#hasStartLine = false;
    this.#state = 'head';
  }

  #readHead(chunk: Uint8Array, from: number): number {
    const text = this.#text;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      text.push(byte);
      if (byte === LF && endsWithBlankLine(text)) {
        this.#endHead();
        return at + 1;
      }
      if (!this.#hasStartLine && (!isText(byte) || (byte === LF && !this.#endLine()))) {
        this.#lose(Uint8Array.from(text));
        return at + 1;
      }
      if (text.length > MAX_HEAD_BYTES) {
        throw invalid(`its headers are longer than ${MAX_HEAD_BYTES} bytes`);
      }
    }
    return chunk.length;
  }

  /** False: the first line is none of RTSP. Seen at once, or one would wait for an empty line. */
  #endLine(): boolean {
    this.#hasStartLine = isStartLine(decode(this.#text));
    return this.#hasStartLine;
  }

  #endHead(): void {
    const head = parseHead(decode(this.#text));
    this.#text = [];
    const length = readBodyLength(head);
    if (length > MAX_BODY_BYTES) throw invalid(`its body is longer than ${MAX_BODY_BYTES} bytes`);
    this.#head = head;
    this.#body = new Uint8Array(length);
    this.#bodyBytes = 0;
    if (length === 0) this.#endMessage(head);
    else this.#state = 'body';
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#body.length - this.#bodyBytes);
    this.#body.set(chunk.subarray(at, end), this.#bodyBytes);
    this.#bodyBytes += end - at;
    if (this.#bodyBytes === this.#body.length && this.#head) this.#endMessage(this.#head);
    return end;
  }

  #endMessage(head: RtspHead): void {
    this.#state = 'between';
    this.#hadMessage = true;
    this.#handler.onMessage({ ...head, body: this.#body });
  }

  #lose(bytes: Uint8Array): void {
    if (!this.#hadMessage || !this.#isChannel) throw strangerError(bytes);
    const forgiven = Math.floor(this.#framesSinceLoss / FRAMES_TO_FORGIVE);
    this.#unforgiven = Math.max(0, this.#unforgiven - forgiven);
    this.#framesSinceLoss = 0;
    if (this.#unforgiven === MAX_TIMES_LOST) {
      throw invalid(`it was cut or garbled ${MAX_TIMES_LOST} times`);
    }
    this.#unforgiven++;
    this.timesLost++;
    this.#lostBytes = 0;
    this.#window.fill(0);
    this.#state = 'lost';
  }

  #search(chunk: Uint8Array, from: number): number {
    const window = this.#window;
    for (let at = from; at < chunk.length; at++) {
      window.copyWithin(0, 1);
      window[window.length - 1] = chunk[at] ?? 0;
      this.skippedBytes++;
      if (this.#isFound(window)) return at + 1;
      if (++this.#lostBytes > MAX_LOST_BYTES) {
        throw invalid(`no packet was found in ${MAX_LOST_BYTES} bytes after a gap`);
      }
    }
    return chunk.length;
  }

  #isFound(window: Uint8Array): boolean {
    const frame = window.length - SANE_BYTES;
    if (window[frame] === DOLLAR && this.#isPacket(window, frame)) {
      this.#joined.set(window.subarray(frame));
      this.#joinedBytes = SANE_BYTES;
      this.#state = 'frame';
      return true;
    }
    if (!window.every((byte, at) => byte === RTSP_1[at])) return false;
    this.#beginHead(Array.from(window));
    return true;
  }

  #isPacket(window: Uint8Array, at: number): boolean {
    const isKnown = this.#isChannel?.(window[at + 1] ?? 0) ?? false;
    const isVersion2 = (window[at + FRAME_HEAD_BYTES] ?? 0) >>> 6 === 2;
    return isKnown && isVersion2 && frameLength(window, at) >= MIN_PACKET_BYTES;
  }
}

function frameLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Whether a frame or a message begins there: then what ends there was a frame, whatever it holds. */
function isFollowed(chunk: Uint8Array, end: number): boolean {
  const next = chunk[end];
  if (next === undefined) return end === chunk.length;
  return next === DOLLAR || next === CR || next === RTSP_1[0];
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Everything but control characters; reasons may be in any language. */
function isText(byte: number): boolean {
  return byte >= 0x20 || byte === CR || byte === LF || byte === 0x09;
}

/** `text` ends with LF: is the line before it empty? */
function endsWithBlankLine(text: readonly number[]): boolean {
  const before = text.at(-2) === CR ? -3 : -2;
  return text.at(before) === LF;
}

function decode(text: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(text));
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the RTSP connection: ${reason}. Restart the other side.`, {
    code: 'invalid_rtsp',
  });
}
