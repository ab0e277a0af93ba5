// AAC out of RTP: what ffmpeg packs, frames in pieces, and payloads that make no sense.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadEnd, payloadStart, readMarker } from '#media/rtp/header.ts';
import { AacDepacketizer, samplesOf } from './depacketizer.ts';
import { parseStreamMuxConfig } from './stream-mux-config.ts';

const HIGH_RATE = {
  packing: 'generic',
  sizeLength: 13,
  indexLength: 3,
  indexDeltaLength: 3,
} as const;
const LOW_RATE = {
  packing: 'generic',
  sizeLength: 6,
  indexLength: 2,
  indexDeltaLength: 2,
} as const;
const NO_HEADERS = {
  packing: 'generic',
  sizeLength: 0,
  indexLength: 0,
  indexDeltaLength: 0,
} as const;
const LATM = { ...NO_HEADERS, packing: 'latm' } as const;

/** A payload with one header of 16 bits for each size. */
function generic(sizes: readonly number[], data: Uint8Array): Uint8Array {
  const headers = sizes.flatMap((size) => [(size << 3) >>> 8, (size << 3) & 0xff]);
  const bits = sizes.length * 16;
  return Uint8Array.from([bits >>> 8, bits & 0xff, ...headers, ...data]);
}

function latm(frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    frames.flatMap((frame) => [
      ...Array<number>(Math.floor(frame.length / 255)).fill(255),
      frame.length % 255,
      ...frame,
    ]),
  );
}

const join = (frames: readonly Uint8Array[]) =>
  Uint8Array.from(frames.flatMap((each) => [...each]));
const frame = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });

/** What ffmpeg sends as RTP, and the same frames out of its ADTS. */
async function encode(rate: number, channels: number, flags: readonly string[]) {
  const sine = ['-f', 'lavfi', '-i', `sine=frequency=1000:sample_rate=${rate}:duration=1`];
  const coder = ['-ac', String(channels), '-c:a', 'aac', '-b:a', '48k', '-flags', 'bitexact'];
  const options = { maxBuffer: 10_000_000 };
  const adts = spawnSync('ffmpeg', ['-v', 'error', ...sine, ...coder, '-f', 'adts', '-'], options);
  const socket = createSocket('udp4');
  const packets: Uint8Array[] = [];
  socket.on('message', (packet) => packets.push(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const target = `rtp://127.0.0.1:${socket.address().port}`;
  const sender = spawn('ffmpeg', ['-v', 'error', ...sine, ...coder, ...flags, '-f', 'rtp', target]);
  const sdp = await readOut(sender);
  // A datagram of our own is behind all of ffmpeg's.
  socket.send('end', socket.address().port, '127.0.0.1');
  while (packets.at(-1)?.length !== 3) await once(socket, 'message');
  socket.close();
  const config = /config=([0-9A-F]+)/i.exec(sdp)?.[1] ?? '';
  return { frames: readAdts(adts.stdout), packets: packets.slice(0, -1), config };
}

async function readOut(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}

function readAdts(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >>> 5);
    frames.push(Uint8Array.from(bytes.subarray(at + 7, at + size)));
    at += size;
  }
  return frames;
}

function depacketize(depacketizer: AacDepacketizer, packets: readonly Uint8Array[]) {
  return packets.flatMap((packet) => {
    const payload = packet.subarray(payloadStart(packet), payloadEnd(packet));
    return depacketizer.push(payload, readMarker(packet)).map((each) => Uint8Array.from(each));
  });
}

describe('AacDepacketizer and ffmpeg', () => {
  test.each([
    [8000, 1],
    [16_000, 1],
    [44_100, 2],
  ])(
    'takes out the frames that went in, in the generic payload at %i Hz',
    async (rate, channels) => {
      const { frames, packets, config } = await encode(rate, channels, []);
      const out = depacketize(new AacDepacketizer(HIGH_RATE), packets);
      // ffmpeg does not send what has not filled its last packet.
      expect(out.length).toBeGreaterThan(7);
      expect(out).toEqual(frames.slice(0, out.length));
      const format = { config: Buffer.from(config, 'hex'), clockRate: rate };
      expect(samplesOf(format)).toBe(1024);
    },
  );

  test('takes out the frames that went in, in LATM', async () => {
    const { frames, packets, config } = await encode(16_000, 1, ['-rtpflags', 'latm']);
    expect(depacketize(new AacDepacketizer(LATM), packets)).toEqual(frames);
    const inside = parseStreamMuxConfig(Buffer.from(config, 'hex'));
    expect(samplesOf({ config: inside, clockRate: 16_000 })).toBe(1024);
  });
});

test('a frame lasts longer in ticks where the RTP clock is that of the replicated spectrum', () => {
  expect(samplesOf({ config: Buffer.from('138856e5a0', 'hex'), clockRate: 44_100 })).toBe(2048);
});

describe('AacDepacketizer of the generic payload', () => {
  test('gives out whole frames as views of the payload', () => {
    fc.assert(
      fc.property(fc.array(frame(40), { minLength: 1, maxLength: 64 }), (frames) => {
        const payload = generic(
          frames.map((each) => each.length),
          join(frames),
        );
        const out = new AacDepacketizer(HIGH_RATE).push(payload, true);
        expect(out).toEqual(frames);
        expect(out.every((each) => each.buffer === payload.buffer)).toBe(true);
      }),
    );
  });

  test('reads headers that end within a byte', () => {
    // Two headers of 8 bits would end with bytes; three of 6 + 2 don't start with them here.
    const widths = { ...LOW_RATE, indexDeltaLength: 1 };
    const payload = Uint8Array.of(0, 15, 0b00001000, 0b00001000, 1, 2, 3, 4);
    expect(new AacDepacketizer(widths).push(payload, true)).toEqual([
      Uint8Array.of(1, 2),
      Uint8Array.of(3, 4),
    ]);
  });

  test('takes the whole payload for a frame where there are no headers', () => {
    const depacketizer = new AacDepacketizer(NO_HEADERS);
    expect(depacketizer.push(Uint8Array.of(1, 2), true)).toEqual([Uint8Array.of(1, 2)]);
    expect(depacketizer.push(new Uint8Array(), true)).toEqual([]);
    expect(depacketizer.malformed).toBe(1);
  });

  test('joins a frame that comes in pieces, and only that', () => {
    fc.assert(
      fc.property(frame(8000), fc.integer({ min: 1, max: 1000 }), (whole, pieceBytes) => {
        fc.pre(whole.length > pieceBytes);
        const depacketizer = new AacDepacketizer(HIGH_RATE);
        const out: Uint8Array[] = [];
        for (let at = 0; at < whole.length; at += pieceBytes) {
          const piece = whole.subarray(at, at + pieceBytes);
          const isLast = at + pieceBytes >= whole.length;
          out.push(...depacketizer.push(generic([whole.length], piece), isLast));
        }
        expect(out).toEqual([whole]);
        expect(depacketizer.malformed).toBe(0);
      }),
    );
  });

  test('gives up a frame of which a piece is missing', () => {
    const depacketizer = new AacDepacketizer(HIGH_RATE);
    depacketizer.push(generic([9], Uint8Array.of(1, 2, 3)), false);
    expect(depacketizer.push(generic([9], Uint8Array.of(7, 8, 9)), true)).toEqual([]);
    expect(depacketizer.malformed).toBe(1);
    depacketizer.push(generic([4], Uint8Array.of(1, 2, 3)), false);
    expect(depacketizer.push(generic([4], Uint8Array.of(4, 5, 6)), false)).toEqual([]);
    expect(depacketizer.push(generic([4], Uint8Array.of(7)), true)).toEqual([
      Uint8Array.of(4, 5, 6, 7),
    ]);
    depacketizer.push(generic([4], Uint8Array.of(1, 2)), false);
    depacketizer.reset();
    depacketizer.push(generic([4], Uint8Array.of(5, 6)), false);
    expect(depacketizer.push(generic([4], Uint8Array.of(7, 8)), true)).toEqual([
      Uint8Array.of(5, 6, 7, 8),
    ]);
  });

  test.each([
    ['no frame', Uint8Array.of(0, 16, 0, 8)],
    ['headers that are cut', Uint8Array.of(0, 32, 0, 8)],
    ['frames that are cut', generic([2, 2], Uint8Array.of(1, 2, 3))],
    ['a frame of no bytes', generic([0, 1], Uint8Array.of(1))],
    ['no headers where there should be some', Uint8Array.of(0, 0, 1)],
    ['65 frames', generic(Array(65).fill(1), new Uint8Array(65))],
  ])('counts a payload with %s', (_, payload) => {
    const depacketizer = new AacDepacketizer(HIGH_RATE);
    expect(depacketizer.push(payload, true)).toEqual([]);
    expect(depacketizer.malformed).toBe(1);
  });

  test('keeps no frame that is larger than any', () => {
    const wide = { ...HIGH_RATE, sizeLength: 29 };
    const payload = Uint8Array.of(0, 32, 0xff, 0xff, 0xff, 0xff, 1);
    const depacketizer = new AacDepacketizer(wide);
    depacketizer.push(payload, false);
    expect(depacketizer.malformed).toBe(1);
  });
});

describe('AacDepacketizer of LATM', () => {
  test('gives out whole frames, whether marked or not', () => {
    const frames = fc.array(frame(600), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(frames, fc.boolean(), (sent, marker) => {
        expect(new AacDepacketizer(LATM).push(latm(sent), marker)).toEqual(sent);
      }),
    );
  });

  test('joins an element that comes in pieces, and keeps its frames apart from the next', () => {
    const depacketizer = new AacDepacketizer(LATM);
    const sent = [new Uint8Array(300).fill(1), new Uint8Array(255).fill(2)];
    const element = latm(sent);
    expect(depacketizer.push(element.subarray(0, 200), false)).toEqual([]);
    expect(depacketizer.push(element.subarray(200, 400), false)).toEqual([]);
    const out = depacketizer.push(element.subarray(400), true);
    depacketizer.push(element.fill(200).subarray(0, 200), false);
    expect(out).toEqual(sent);
  });

  test.each([
    ['lengths that do not come out even', Uint8Array.of(3, 1, 2)],
    ['a frame of no bytes', Uint8Array.of(0)],
    ['65 frames', latm(Array(65).fill(Uint8Array.of(1)))],
    ['nothing', new Uint8Array()],
    ['more than a frame can be', Uint8Array.of(1, ...new Uint8Array(8192))],
  ])('counts a payload with %s', (_, payload) => {
    const depacketizer = new AacDepacketizer(LATM);
    expect(depacketizer.push(payload, true)).toEqual([]);
    expect(depacketizer.malformed).toBe(1);
  });

  test('keeps no element that grows beyond a frame', () => {
    const depacketizer = new AacDepacketizer(LATM);
    const piece = new Uint8Array(3000).fill(255);
    const counts = [1, 2, 3, 4].map(() => {
      depacketizer.push(piece, false);
      return depacketizer.malformed;
    });
    expect(counts).toEqual([0, 0, 1, 1]);
    expect(depacketizer.push(new Uint8Array(9000).fill(255), false)).toEqual([]);
  });
});

test('random payloads give frames inside their bounds, or are counted', () => {
  const format = fc.constantFrom(HIGH_RATE, LOW_RATE, NO_HEADERS, LATM);
  const payloads = fc.array(fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.boolean()));
  fc.assert(
    fc.property(format, payloads, (packing, sent) => {
      const depacketizer = new AacDepacketizer(packing);
      for (const [payload, marker] of sent) {
        for (const each of depacketizer.push(payload, marker)) {
          expect(each.length).toBeGreaterThan(0);
          expect(each.length).toBeLessThanOrEqual(8192);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
