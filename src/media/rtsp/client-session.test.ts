// The RTSP session with a camera that does as the standard says, and how it ends otherwise.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interleave, RtspDialogue, rtpPacket } from '../../../test/support/rtsp-dialogue.ts';
import { header } from './message.ts';

const LOGIN = { username: 'admin', password: 'secret' };

describe('RtspClientSession', () => {
  test('asks, sets up each track, plays and gives the packets of each', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.sendFrame(0);
    camera.sendFrame(2);
    camera.push(interleave(1, Uint8Array.of(0x80, 200, 0, 1, 0, 0, 0, 7)));
    expect(camera.methods).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY']);
    expect(camera.sent.map((each) => each.kind === 'request' && each.uri)).toEqual([
      'rtsp://10.0.0.7/ch1',
      'rtsp://10.0.0.7/ch1',
      'rtsp://10.0.0.7/ch1/trackID=0',
      'rtsp://10.0.0.7/ch1/trackID=1',
      'rtsp://10.0.0.7/ch1/',
    ]);
    expect(camera.playing).toMatchObject({
      tracks: [
        { track: { payloadType: 96 }, transport: { interleaved: [0, 1] } },
        { track: { payloadType: 0 }, transport: { interleaved: [2, 3] } },
      ],
      ignored: [],
    });
    expect(camera.packets.map(({ track }) => track)).toEqual([0, 1]);
    expect(camera.reports.map(({ track }) => track)).toEqual([0]);
  });

  test('sends CSeq in order, the user agent always and the session id from SETUP on', () => {
    const camera = new RtspDialogue();
    camera.play();
    expect(camera.sent.map((each) => header(each, 'CSeq'))).toEqual(['1', '2', '3', '4', '5']);
    expect(camera.sent.every((each) => header(each, 'User-Agent') === 'Yeoul')).toBe(true);
    expect(camera.sent.map((each) => header(each, 'Session'))).toEqual([
      undefined,
      undefined,
      undefined,
      '12345',
      '12345',
    ]);
  });

  test('asks for UDP where it has ports', () => {
    const camera = new RtspDialogue({
      ports: [
        [5000, 5001],
        [5002, 5003],
      ],
    });
    camera.describe();
    expect(camera.sentHeader('Transport')).toBe('RTP/AVP;unicast;client_port=5000-5001');
    camera.setUp(['RTP/AVP;unicast;server_port=6970-6971']);
    camera.answer();
    expect(camera.playing?.tracks[0]?.transport).toMatchObject({
      clientPort: [5000, 5001],
      serverPort: [6970, 6971],
    });
    camera.session.pushDatagram(1, rtpPacket(0, 1, 1), 0);
    expect(camera.packets).toMatchObject([{ track: 1 }]);
  });

  test('sends receiver reports on the second channel of the track', () => {
    const camera = new RtspDialogue();
    camera.session.sendReport(0, Uint8Array.of(1));
    camera.play();
    camera.session.sendReport(1, Uint8Array.of(0x80, 201, 0, 1));
    camera.session.sendReport(2, Uint8Array.of(1));
    expect(camera.sentFrames).toEqual([{ channel: 3, payload: Uint8Array.of(0x80, 201, 0, 1) }]);
  });

  test('goes on without a track that the camera refuses to set up, and says so', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.answer({ lines: ['Session: 1'] });
    camera.answer({ status: '500 Internal Server Error' });
    camera.answer();
    expect(camera.playing?.tracks).toHaveLength(1);
    expect(camera.playing?.ignored).toEqual([
      'audio PCMU: it reports an error of its own (500 Internal Server Error from 10.0.0.7:554)',
    ]);
  });

  test('gives no packet before PLAY and none after it is closed', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.answer({ lines: ['Session: 1'] });
    camera.sendFrame(0);
    expect(camera.packets).toEqual([]);
    camera.setUp();
    camera.answer();
    camera.session.close();
    camera.session.close();
    camera.sendFrame(0);
    camera.session.tick(99_999);
    camera.session.pushDatagram(0, rtpPacket(96, 1, 1), 0);
    expect(camera.packets).toEqual([]);
    expect(camera.methods.filter((method) => method === 'TEARDOWN')).toHaveLength(1);
    expect(camera.failure).toBeUndefined();
  });

  test('ignores provisional answers and answers to nothing', () => {
    const camera = new RtspDialogue();
    camera.answer({ status: '100 Continue' });
    camera.answer({ lines: ['CSeq: 99'] });
    expect(camera.methods).toEqual(['OPTIONS']);
    camera.answer();
    expect(camera.methods).toEqual(['OPTIONS', 'DESCRIBE']);
  });

  test('answers any bytes with a failure at most', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom(
        'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n',
        'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 40\r\n\r\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/1\n',
        'RTSP/1.0 401 No\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="\r\n\r\n',
        'RTSP/1.0 302 No\r\nCSeq: 2\r\n\r\n',
        'OPTIONS * RTSP/1.0\r\n\r\n',
        '$\0\0\x0e',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const camera = new RtspDialogue({ credentials: LOGIN });
        for (const each of pieces) camera.push(Buffer.from(each, 'latin1'));
        camera.session.close();
        expect(camera.sent.length).toBeLessThan(40);
      }),
    );
  });
});

describe('failures, in words', () => {
  const answered = (status: string) => {
    const camera = new RtspDialogue();
    camera.answer();
    camera.answer({ status });
    return camera.failure;
  };

  test.each([
    ['404 Not Found', 'there is nothing at this path'],
    ['403 Forbidden', 'check the rights of the user'],
    ['453 Not Enough Bandwidth', 'use its sub stream'],
    ['503 Service Unavailable', 'it is busy or starting'],
    ['500 x', 'it reports an error of its own (500 x from 10.0.0.7:554)'],
    ['418 I am a teapot\x7f한', 'it refuses (418 I am a teapot from'],
    [`400 ${'x'.repeat(99)}`, `(400 ${'x'.repeat(60)} from`],
  ])('DESCRIBE is answered with %s', (status, reason) => {
    expect(answered(status)).toEqual({ reason: expect.stringContaining(reason), kind: 'retry' });
  });

  test('the transport is not supported', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.answer({ status: '461 Unsupported Transport' });
    camera.answer({ status: '461 Unsupported Transport' });
    expect(camera.failure?.reason).toMatch(/set another transport \(461/);
  });

  test('the camera answers TCP with UDP', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp(Array(2).fill('RTP/AVP;unicast;server_port=5000-5001'));
    expect(camera.failure?.reason).toMatch(/UDP only.*set transport: udp/);
  });

  test('PLAY is refused', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp();
    camera.answer({ status: '454 Session Not Found' });
    expect(camera.failure?.reason).toMatch(/forgotten the session/);
    expect(camera.last.method).toBe('TEARDOWN');
  });

  test('nothing can be played, and why', () => {
    const camera = new RtspDialogue();
    camera.describe('m=video 0 RTP/AVP 26\nm=audio 0 RTP/AVP 4');
    expect(camera.failure?.reason).toBe(
      'it has neither picture nor sound that can be played: video JPEG is not supported: set H.264 or H.265; audio G723 is not supported: set G.711, AAC or Opus',
    );
  });

  test.each([
    ['is nonsense', '<html>', /makes no sense: it has no m= line/],
    ['has 500 tracks', 'm=video 0 RTP/AVP 96\n'.repeat(500), /more than 64 media sections/],
    ['has only nonsense', 'm=video', /neither picture nor sound that can be played$/],
  ])('the description %s', (_, sdp, reason) => {
    const camera = new RtspDialogue();
    camera.describe(sdp);
    expect(camera.failure).toEqual({ reason: expect.stringMatching(reason), kind: 'retry' });
  });

  test.each([
    ['a page of HTML', '<html>', /speaks HTTP, not RTSP/],
    ['headers of 64 KiB', `RTSP/1.0 200 OK\r\nX: ${'x'.repeat(65_536)}`, /headers are longer/],
  ])('the answer is %s', (_, text, reason) => {
    const camera = new RtspDialogue();
    camera.say(text);
    expect(camera.failure?.reason).toMatch(reason);
  });

  test.each([
    ['OPTIONS', () => new RtspDialogue()],
    ['DESCRIBE', () => answeredUpTo((camera) => camera.answer())],
    ['SETUP', () => answeredUpTo((camera) => camera.describe())],
    [
      'PLAY',
      () =>
        answeredUpTo((camera) => {
          camera.describe();
          camera.setUp();
        }),
    ],
  ])('%s is not answered, or the connection breaks', (method, make) => {
    const silent = make();
    silent.wait(9);
    expect(silent.failure).toBeUndefined();
    silent.wait(1);
    expect(silent.failure).toEqual({
      reason: `no answer to ${method} from 10.0.0.7:554 within 10 s`,
      kind: 'retry',
    });
    const broken = make();
    broken.session.disconnected('the camera closed the connection');
    expect(broken.failure?.reason).toBe(`the camera closed the connection after ${method}`);
  });

  test('the connection breaks while it plays', () => {
    const camera = answeredUpTo((each) => each.play());
    camera.session.disconnected('the camera closed the connection');
    camera.session.disconnected('again');
    expect(camera.failure?.reason).toBe('the camera closed the connection');
  });
});

function answeredUpTo(act: (camera: RtspDialogue) => void): RtspDialogue {
  const camera = new RtspDialogue();
  act(camera);
  return camera;
}
