// The RTSP reader: messages, interleaved frames, cuts at every byte, lost places and strangers.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { formatRequest, formatResponse, header, headers, type RtspMessage } from './message.ts';
import { RtspReader } from './reader.ts';

const OK = text('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n');
const RTP = Uint8Array.of(0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0x65);

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function frame(channel: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(0x24, channel, payload.length >>> 8, payload.length, ...payload);
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

type Seen = RtspMessage | { channel: number; payload: number[] };

function open(isChannel?: (channel: number) => boolean) {
  const seen: Seen[] = [];
  const handler = {
    onMessage: (message: RtspMessage) => seen.push(message),
    onFrame: (channel: number, payload: Uint8Array) =>
      seen.push({ channel, payload: Array.from(payload) }),
  };
  const reader = new RtspReader(handler, isChannel ? { isChannel } : {});
  return { reader, seen };
}

function read(bytes: Uint8Array, chunkBytes = bytes.length): Seen[] {
  const { reader, seen } = open();
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.slice(at, at + chunkBytes));
  }
  return seen;
}

function reasonOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).code).toBe('invalid_rtsp');
    return (error as InputError).message;
  }
  return 'nothing was thrown';
}

describe('RtspReader', () => {
  test('reads requests, responses and their bodies', () => {
    const bytes = text(
      'DESCRIBE rtsp://10.0.0.7/ch1 RTSP/1.0\r\nCSeq: 2\r\nACCEPT:application/sdp\r\n\r\n' +
        'RTSP/1.0 200 OK\nContent-length : 4\nX: a\n\tb\nno header\n\nv=0\n' +
        'RTSP/1.0 461\r\nA: 1\r\na: 2\r\n\r\n',
    );
    const [request, response, short] = read(bytes) as RtspMessage[];
    expect(request).toEqual({
      kind: 'request',
      method: 'DESCRIBE',
      uri: 'rtsp://10.0.0.7/ch1',
      headers: [
        ['CSeq', '2'],
        ['ACCEPT', 'application/sdp'],
      ],
      body: new Uint8Array(0),
    });
    expect(response).toMatchObject({ kind: 'response', status: 200, reason: 'OK' });
    expect(header(response!, 'x')).toBe('a b');
    expect(new TextDecoder().decode(response!.body)).toBe('v=0\n');
    expect(short).toMatchObject({ status: 461, reason: '' });
    expect(headers(short!, 'a')).toEqual(['1', '2']);
  });

  test('gives a frame that is whole in the chunk as a view of it', () => {
    const views: Uint8Array[] = [];
    const reader = new RtspReader({
      onMessage: () => {},
      onFrame: (_, payload) => views.push(payload),
    });
    const chunk = join(frame(0, RTP), frame(1, Uint8Array.of(7)));
    reader.push(chunk);
    expect(views.map((view) => view.buffer)).toEqual([chunk.buffer, chunk.buffer]);
    expect(views.map((view) => view.byteOffset)).toEqual([4, 4 + RTP.length + 4]);
  });

  test.each([1, 2, 3, 4, 5, 7, 16, 1000])('reads the same in chunks of %i bytes', (chunkBytes) => {
    const large = new Uint8Array(5000).map((_, at) => at);
    const body = text('v=0\r\n');
    const bytes = join(
      OK,
      frame(0, RTP),
      text('\r\n'),
      frame(1, new Uint8Array(0)),
      formatResponse({ status: 200, reason: 'OK', headers: [], body }),
      frame(2, large),
      formatRequest({ method: 'OPTIONS', uri: '*', headers: [] }),
    );
    const seen = read(bytes, chunkBytes);
    expect(seen).toEqual(read(bytes));
    expect(seen.map((each) => ('channel' in each ? each.channel : each.kind))).toEqual([
      'response',
      0,
      1,
      'response',
      2,
      'request',
    ]);
    expect(seen[4]).toEqual({ channel: 2, payload: Array.from(large) });
  });

  test('reads back whatever is written, however it is cut', () => {
    const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z-]{0,9}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    const fields = fc.array(fc.tuple(word, value), { maxLength: 5 });
    const body = fc.uint8Array({ maxLength: 50 });
    const request = fc.record({
      kind: fc.constant('request' as const),
      method: fc.constantFrom('OPTIONS', 'GET_PARAMETER'),
      uri: fc.constantFrom('*', 'rtsp://h/p?x=y'),
      headers: fields,
      body,
    });
    const response = fc.record({
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 100, max: 599 }),
      reason: fc.constantFrom('', 'OK', 'Session Not Found'),
      headers: fields,
      body,
    });
    const interleaved = fc.record({
      channel: fc.nat(255),
      payload: fc.array(fc.nat(255), { maxLength: 40 }),
    });
    const format = (item: RtspMessage | { channel: number; payload: number[] }) => {
      if ('channel' in item) return frame(item.channel, Uint8Array.from(item.payload));
      return item.kind === 'request' ? formatRequest(item) : formatResponse(item);
    };
    const items = fc.array(fc.oneof(request, response, interleaved), { maxLength: 6 });
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 30 }), (sent, chunkBytes) => {
        const seen = read(join(...sent.map(format)), chunkBytes);
        expect(seen).toEqual(
          sent.map((item) =>
            'headers' in item && item.body.length > 0
              ? { ...item, headers: [...item.headers, ['Content-Length', `${item.body.length}`]] }
              : item,
          ),
        );
      }),
    );
  });

  test.each([
    ['an answer in HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /speaks HTTP, not RTSP.*554/],
    ['a page of HTML', '<html><body>', /speaks HTTP/],
    ['a page of HTML with its type', '\r\n<!DOCTYPE html>', /speaks HTTP/],
    ['a TLS alert', '\x15\x03\x01\x00\x02', /speaks TLS.*rtsps:/],
    ['SSH', 'SSH-2.0-dropbear\r\n', /does not speak RTSP/],
    ['FTP', '220 ready\r\n', /does not speak RTSP/],
    ['upper case and nonsense', 'AB\x00', /does not speak RTSP/],
  ])('says what it is that is no RTSP: %s', (_, bytes, reason) => {
    const { reader } = open(() => true);
    expect(reasonOf(() => reader.push(text(bytes)))).toMatch(reason);
  });

  test.each([
    ['headers of 17 KiB', `RTSP/1.0 200 OK\r\nX: ${'x'.repeat(17_000)}`, /longer than 16384 bytes/],
    ['129 headers', `RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(129)}\r\n`, /more than 128 headers/],
    [
      'a body of 64 KiB and a byte',
      'RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n',
      /65536 bytes/,
    ],
  ])('refuses %s', (_, bytes, reason) => {
    expect(reasonOf(() => read(text(bytes)))).toMatch(reason);
  });

  test('takes headers in any encoding, once the start line is one of RTSP', () => {
    const bytes = join(
      text('RTSP/1.0 404 '),
      Uint8Array.of(0xbb, 0xd0),
      text('\r\nX: \x01\r\n\r\n'),
    );
    expect(read(bytes)).toMatchObject([{ status: 404 }]);
  });

  test('has bounded work and memory for a million frames that nobody wants', () => {
    let frames = 0;
    const reader = new RtspReader(
      { onMessage: () => {}, onFrame: () => frames++ },
      { isChannel: () => true },
    );
    const thousand = join(...Array.from({ length: 1000 }, (_, at) => frame(at & 0xff, text('x'))));
    for (let times = 0; times < 1000; times++) reader.push(thousand);
    expect(frames).toBe(1_000_000);
  });

  test('takes a body length that is no number for none', () => {
    expect(read(text('RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n'))).toHaveLength(1);
  });
});

describe('a reader that lost its place', () => {
  const isChannel = (channel: number) => channel < 2;
  /** A camera that sends half a frame and goes on with the next (retina#17). */
  const cut = frame(0, RTP).subarray(0, 11);

  test.each([1, 3, 1000])('finds the next packet, in chunks of %i bytes', (chunkBytes) => {
    const { reader, seen } = open(isChannel);
    const bytes = join(OK, cut, frame(0, RTP), frame(0, RTP), frame(1, RTP), frame(0, RTP));
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      reader.push(bytes.subarray(at, at + chunkBytes));
    }
    // The first frame swallows 6 bytes of the second, whose rest is skipped.
    expect(seen.slice(2)).toEqual([0, 1, 0].map((channel) => ({ channel, payload: [...RTP] })));
    expect(reader.timesLost).toBe(1);
    expect(reader.skippedBytes).toBeGreaterThan(0);
  });

  test('finds the next answer', () => {
    const { reader, seen } = open(() => false);
    reader.push(join(OK, text('a=control:trackID=1\r\nm=x RRTSP/1.0 404 Not Found\r\n\r\n')));
    expect(seen).toMatchObject([{ status: 200 }, { status: 404, reason: 'Not Found' }]);
  });

  test('does not take a "$" for a frame if the channel, the length or the RTP version is wrong', () => {
    const { reader, seen } = open(isChannel);
    const wrong = join(
      text('...'),
      frame(9, RTP),
      frame(
        0,
        RTP.map((byte, at) => (at === 0 ? 0x40 : byte)),
      ),
      frame(0, RTP.subarray(0, 7)),
    );
    reader.push(join(OK, wrong, frame(1, RTP)));
    expect(seen.slice(1)).toEqual([{ channel: 1, payload: [...RTP] }]);
  });

  test('lets a frame of an unknown channel through if it holds a packet or another one follows', () => {
    const { reader, seen } = open(isChannel);
    reader.push(join(OK, frame(9, RTP), frame(9, text('no packet')), frame(0, RTP)));
    expect(seen.slice(1)).toMatchObject([{ channel: 9 }, { channel: 9 }, { channel: 0 }]);
    expect(reader.timesLost).toBe(0);
  });

  test('does not count such frames as losses, however many come', () => {
    const { reader, seen } = open(isChannel);
    const own = frame(9, Uint8Array.of(1, 2, 3));
    reader.push(OK);
    for (let times = 0; times < 100; times++) {
      reader.push(join(own, text('\r\n'), frame(0, RTP), own, OK, own));
    }
    expect(seen).toHaveLength(1 + 500);
    expect(reader.timesLost).toBe(0);
    reader.push(join(own, text('.'), frame(0, RTP)));
    expect(reader.timesLost).toBe(1);
  });

  test('gives up after 256 KiB', () => {
    const { reader } = open(isChannel);
    reader.push(join(OK, text('.')));
    const junk = new Uint8Array(64 * 1024);
    for (let times = 0; times < 3; times++) reader.push(junk);
    expect(reasonOf(() => reader.push(junk))).toMatch(/262144 bytes/);
  });

  test('gives up when it happens for the 17th time', () => {
    const { reader } = open(isChannel);
    const again = join(text('.'), frame(0, RTP));
    reader.push(OK);
    for (let times = 0; times < 16; times++) reader.push(again);
    expect(reasonOf(() => reader.push(again))).toMatch(/garbled 16 times/);
  });

  test('forgives a loss for each thousand whole frames since', () => {
    const { reader } = open(isChannel);
    const again = join(text('.'), frame(0, RTP));
    reader.push(OK);
    for (let times = 0; times < 16; times++) reader.push(again);
    for (let frames = 0; frames < 1_000; frames++) reader.push(frame(0, RTP));
    reader.push(again);
    expect(reader.timesLost).toBe(17);
    expect(reasonOf(() => reader.push(again))).toMatch(/garbled 16 times/);
  });

  test('answers random bytes with messages, frames or an InputError, and keeps nothing', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom(OK, frame(0, RTP), cut, text('RTSP/1.'), text('$\0')),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, resyncs) => {
        const { reader } = open(resyncs ? isChannel : undefined);
        try {
          for (const each of pieces) reader.push(each);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

test('a header that holds a line break is not written, and its value is not told', () => {
  const secret = 'pw\r\nX: y';
  const reason = reasonOf(() =>
    formatRequest({ method: 'PLAY', uri: '*', headers: [['Authorization', secret]] }),
  );
  expect(reason).toMatch(/"Authorization"/);
  expect(reason).not.toContain('pw');
});
