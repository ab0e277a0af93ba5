// Dialogues with cameras as they are: each quirk with the thread that tells of it, and one way of
// it that cannot be helped or must be told apart.

import { describe, expect, test } from 'vitest';
import {
  CAMERA_SDP,
  interleave,
  RtspDialogue,
  rtpPacket,
} from '../../../test/support/rtsp-dialogue.ts';

/** Plays for so long, a frame a second; how many keep-alives went out, and of what kind. */
function keepAlives(publicMethods: string, session: string, answersGetParameter = true) {
  const camera = new RtspDialogue();
  camera.answer({ lines: [`Public: ${publicMethods}`] });
  camera.answer({ body: CAMERA_SDP });
  camera.setUp([], session);
  camera.answer();
  const before = camera.sent.length;
  for (let second = 0; second < 60; second++) {
    const sent = camera.sent.length;
    camera.wait(1);
    camera.sendFrame(0);
    if (camera.sent.length === sent || answersGetParameter) continue;
    if (camera.last.method === 'GET_PARAMETER') camera.answer({ status: '501 Not Implemented' });
  }
  expect(camera.failure).toBeUndefined();
  return camera.methods.slice(before);
}

describe('quirks 6 and 7: keeping alive', () => {
  test('quirk 6: OPTIONS unless the camera names GET_PARAMETER; answers are not waited for', () => {
    expect(keepAlives('OPTIONS, PLAY', 'Session: 1;timeout=60')).toEqual(['OPTIONS', 'OPTIONS']);
    const named = keepAlives('OPTIONS, get_parameter', 'Session: 1;timeout=60');
    expect(named).toEqual(['GET_PARAMETER', 'GET_PARAMETER']);
    const lies = keepAlives('OPTIONS, GET_PARAMETER', 'Session: 1;timeout=60', false);
    expect(lies).toEqual(['GET_PARAMETER', 'OPTIONS']);
  });

  test('quirk 7: in half of the timeout, and in 15 s where none is named (retina 0.4.1)', () => {
    expect(keepAlives('', 'Session: 1; timeout = 10 ')).toHaveLength(12);
    expect(keepAlives('', 'Session: 1;timeout="20"')).toHaveLength(6);
    expect(keepAlives('', 'Session: 1')).toHaveLength(4);
    expect(keepAlives('', 'Session: 1;timeout=x')).toHaveLength(4);
    expect(keepAlives('', 'Session: 1;timeout=0')).toHaveLength(4);
    expect(keepAlives('', 'Session: 1;timeout=1')).toHaveLength(60);
    expect(keepAlives('', 'Session: 1;timeout=3600')).toHaveLength(2);
  });

  test('keep-alives go to the session, and "forgotten" is the end', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(3);
    expect(camera.last).toMatchObject({ method: 'OPTIONS', uri: 'rtsp://10.0.0.7/ch1/' });
    expect(camera.sentHeader('Session')).toBe('12345');
    camera.answer({ status: '454 Session Not Found' });
    expect(camera.failure?.reason).toMatch(/forgotten the session/);
  });
});

test('quirk 8: the session id changes between SETUPs (retina 0.4.6)', () => {
  const camera = new RtspDialogue();
  camera.describe();
  camera.answer({ lines: ['Session: 1'] });
  expect(camera.sentHeader('Session')).toBe('1');
  camera.answer({ lines: ['Session: 2'] });
  expect(camera.sentHeader('Session')).toBe('2');
  expect(camera.session.oddities.sessionChanges).toBe(1);
  // An empty one is none.
  camera.answer({ lines: ['Session: ;timeout=5'] });
  camera.session.close();
  expect(camera.sentHeader('Session')).toBe('2');
});

test("quirk 9: the camera's own requests are answered (gortsplib#93)", () => {
  const camera = new RtspDialogue();
  camera.play();
  camera.say('OPTIONS rtsp://10.0.0.7/ch1 RTSP/1.0\r\nCSeq: 41\r\n\r\n');
  expect(camera.sent.at(-1)).toMatchObject({
    kind: 'response',
    status: 200,
    headers: [['CSeq', '41']],
  });
  camera.say('GET_PARAMETER * RTSP/1.0\r\n\r\n');
  expect(camera.sent.at(-1)).toMatchObject({ kind: 'response', status: 200, headers: [] });
  expect(camera.failure).toBeUndefined();
  camera.say('TEARDOWN * RTSP/1.0\r\nCSeq: 42\r\n\r\n');
  expect(camera.failure?.reason).toBe('the camera ended the session');
});

describe('quirk 10: interleaved channels', () => {
  const tracksOf = (camera: RtspDialogue) => camera.packets.map(({ track }) => track);

  test('are those of the reply, not those asked for (gortsplib#304)', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp(['RTP/AVP/TCP;interleaved=7-9', 'RTP/AVP/TCP;interleaved=3']);
    camera.answer();
    camera.sendFrame(7, { payloadType: 96 });
    camera.sendFrame(3, { payloadType: 0 });
    expect(tracksOf(camera)).toEqual([0, 1]);
    camera.sendFrame(0);
    expect(tracksOf(camera)).toEqual([0, 1]);
    expect(camera.session.oddities.unknownFrames).toBe(1);
  });

  test('are those asked for where the reply names none (retina 0.3.6)', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp(['RTP/AVP/TCP;unicast', 'nonsense']);
    camera.answer();
    camera.sendFrame(0);
    camera.sendFrame(2);
    expect(tracksOf(camera)).toEqual([0, 1]);
  });

  test('may be the same for all tracks: then the payload type tells', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp(Array(2).fill('RTP/AVP/TCP;interleaved=0-1'));
    camera.answer();
    camera.sendFrame(0, { payloadType: 0 });
    camera.sendFrame(0, { payloadType: 96 });
    // One that no track has goes to whom the channel was given first.
    camera.sendFrame(0, { payloadType: 35 });
    expect(tracksOf(camera)).toEqual([1, 0, 0]);
  });

  test('carry data before the answer to PLAY (retina 0.3.9)', () => {
    const camera = new RtspDialogue();
    camera.describe();
    camera.setUp();
    camera.sendFrame(0);
    expect(camera.playing).toBeDefined();
    camera.answer();
    camera.sendFrame(0);
    expect(tracksOf(camera)).toEqual([0, 0]);
  });

  test('are torn by empty lines (go2rtc)', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.say('\r\n');
    camera.sendFrame(0);
    camera.say('\r\n\r\n');
    camera.answer();
    camera.sendFrame(0);
    expect(tracksOf(camera)).toEqual([0, 0]);
    expect(camera.session.oddities).toMatchObject({ timesLost: 0, skippedBytes: 0 });
  });

  test('carry RTCP on the channel of RTP where there is but one', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.push(interleave(0, Uint8Array.of(0x80, 200, 0, 1, 0, 0, 0, 7)));
    expect(camera.reports).toMatchObject([{ track: 0 }]);
    expect(camera.packets).toEqual([]);
  });
});

describe('quirk 11: a stream that lost its place (retina#17)', () => {
  test('is found again at the next packet', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.push(interleave(0, rtpPacket(96, 1, 1)).subarray(0, 9));
    for (let frame = 0; frame < 4; frame++) camera.sendFrame(0);
    expect(camera.packets.length).toBeGreaterThanOrEqual(3);
    expect(camera.session.oddities.timesLost).toBe(1);
    expect(camera.session.oddities.skippedBytes).toBeGreaterThan(0);
  });

  test('is given up in the end, with TEARDOWN before the connection is closed', () => {
    const camera = new RtspDialogue();
    camera.play();
    for (let times = 0; times < 5; times++) camera.push(new Uint8Array(65_536).fill(0x2e));
    expect(camera.failure?.reason).toMatch(/no packet was found in 262144 bytes/);
    expect(camera.last.method).toBe('TEARDOWN');
  });
});

test('quirk 12: tracks are under a broken Content-Base (go2rtc#830, #1852)', () => {
  const camera = new RtspDialogue();
  camera.answer();
  camera.answer({ lines: ['Content-Base: rtsp://rtsp://10.0.0.7/live/'], body: CAMERA_SDP });
  expect(camera.last.uri).toBe('rtsp://10.0.0.7/live/trackID=0');
  const other = new RtspDialogue({ uri: 'rtsp://10.0.0.7/ch1?token=1' });
  other.answer();
  other.answer({ body: CAMERA_SDP });
  expect(other.last.uri).toBe('rtsp://10.0.0.7/ch1?token=1/trackID=0');
});

test('quirk 20: the SSRC of the reply means nothing (retina 0.4.6, #79)', () => {
  const camera = new RtspDialogue();
  camera.describe();
  camera.setUp(['RTP/AVP/TCP;interleaved=0-1;ssrc=  99', 'RTP/AVP/TCP;interleaved=2-3;ssrc=zz']);
  camera.answer();
  camera.sendFrame(0);
  expect(camera.packets).toHaveLength(1);
  expect(camera.failure).toBeUndefined();
});

test('quirk 21: RTP-Info means nothing (retina 0.3.10)', () => {
  const camera = new RtspDialogue();
  camera.describe();
  camera.setUp();
  camera.answer({ lines: ['RTP-Info: url=x;seq=70000;rtptime=-1,,;'] });
  camera.sendFrame(0);
  expect(camera.packets).toHaveLength(1);
});

test('quirk 27: the back channel is neither asked for nor set up (go2rtc, Amcrest)', () => {
  const camera = new RtspDialogue();
  camera.answer();
  expect(camera.sentHeader('Require')).toBeUndefined();
  camera.answer({ body: `${CAMERA_SDP}a=sendonly\r\n` });
  camera.setUp();
  expect(camera.methods).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY']);
  camera.answer();
  expect(camera.playing?.ignored).toEqual(['audio back channel is not used']);
});

test('quirk 28: a second connection is refused with 453, in words (Frigate documentation)', () => {
  const camera = new RtspDialogue();
  camera.describe();
  camera.answer({ status: '453 Not Enough Bandwidth' });
  camera.answer({ status: '453 Not Enough Bandwidth' });
  expect(camera.failure).toMatchObject({ kind: 'retry' });
  expect(camera.failure?.reason).toMatch(/close other connections or use its sub stream/);
});

test('quirk 29: UDP without server_port is taken (gortsplib#796)', () => {
  const camera = new RtspDialogue({
    ports: [
      [5000, 5001],
      [5002, 5003],
    ],
  });
  camera.describe();
  camera.setUp(['RTP/AVP;unicast;client_port=5000-5001', '']);
  camera.answer();
  expect(camera.playing?.tracks).toMatchObject([
    { transport: { lower: 'UDP', clientPort: [5000, 5001] } },
    { transport: { lower: 'UDP', clientPort: [5002, 5003] } },
  ]);
  camera.wait(10);
  expect(camera.failure?.reason).toBe('no frame came by UDP within 10 s');
});

describe('quirk 30: redirections (go2rtc#1909)', () => {
  test.each([301, 302, 303, 305, 307])('%i leads elsewhere', (status) => {
    const camera = new RtspDialogue();
    camera.answer();
    camera.answer({ status: `${status} Moved`, lines: ['Location: rtsp://10.0.0.8/x'] });
    expect(camera.location).toBe('rtsp://10.0.0.8/x');
    expect(camera.failure).toBeUndefined();
  });

  test('OPTIONS and REDIRECT lead elsewhere too', () => {
    const options = new RtspDialogue();
    options.answer({ status: '302 Found', lines: ['Location: /x'] });
    expect(options.location).toBe('/x');
    const playing = new RtspDialogue();
    playing.play();
    playing.say('REDIRECT * RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.0.0.9/\r\n\r\n');
    expect(playing.location).toBe('rtsp://10.0.0.9/');
    expect(playing.last.method).toBe('TEARDOWN');
  });

  test('nowhere is a failure', () => {
    const camera = new RtspDialogue();
    camera.answer();
    camera.answer({ status: '302 Found' });
    expect(camera.failure?.reason).toMatch(/does not say where/);
  });
});

describe('quirk 33: silence on an open connection', () => {
  test('is noticed by frames: answers, sound and a frame that never ends do not count', () => {
    const camera = new RtspDialogue();
    camera.play();
    camera.sendFrame(0, { timestamp: 5 });
    camera.sendFrame(0, { timestamp: 6, isCut: true });
    for (let second = 0; second < 9; second++) {
      camera.wait(1);
      camera.sendFrame(0, { timestamp: 6, isCut: true });
      camera.sendFrame(2);
    }
    expect(camera.failure).toBeUndefined();
    camera.wait(1);
    expect(camera.failure).toEqual({ reason: 'no frame came within 10 s', kind: 'retry' });
  });

  test.each([
    ['without markers', { isCut: true }],
    ['whose timestamps stand still', { timestamp: 5 }],
  ])('is none where frames come, even %s', (_, fields) => {
    const camera = new RtspDialogue();
    camera.play();
    for (let second = 0; second < 25; second++) {
      camera.wait(1);
      camera.sendFrame(0, fields);
    }
    expect(camera.failure).toBeUndefined();
  });
});
