// Every way in which a camera cannot be played or is lost, in words.

import { describe, expect, test } from 'vitest';
import { failed, openCamera, openServer, play, playing } from '../../../test/support/rtsp-play.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';

const LOGIN = { username: 'admin', password: 'sesame' };

describe('failures', () => {
  test('a wrong password is tried twice at most, so that the account is not locked', async () => {
    const login = { ...LOGIN, schemes: ['SHA-256', 'MD5', 'Basic'] as const, lockAfter: 3 };
    const camera = await openCamera({ login });
    const gate = play(camera.address, { ...LOGIN, password: 'wrong' });
    expect(await failed(gate)).toEqual({
      reason: `Cannot open camera "gate": wrong user name or password (401 from 127.0.0.1:${camera.port}). Not retrying: some cameras lock the account.`,
      kind: 'refused',
    });
    expect(camera.wrongPasswords).toBe(2);
    expect(camera.locked).toBe(false);
    expect(JSON.stringify(gate.log.lines)).not.toContain('wrong');
  });

  test('nobody listens', async () => {
    const failure = await failed(play('rtsp://127.0.0.1:1/x'));
    expect(failure).toEqual({
      reason:
        'Cannot open camera "gate": 127.0.0.1:1 refuses the connection; is RTSP switched on, on this port?',
      kind: 'retry',
    });
  });

  test('the address makes no sense', async () => {
    const failure = await failed(play('rtsp://user:geheim@/'));
    expect(failure).toMatchObject({ kind: 'refused' });
    expect(failure.reason).toMatch(
      /Cannot open camera "gate": its host or its port makes no sense/,
    );
    expect(failure.reason).not.toContain('geheim');
  });

  test.each([
    ['a web page', { speaksHtml: true }, /speaks HTTP, not RTSP/],
    ['404', { answers: { DESCRIBE: { status: 404 } } }, /nothing at this path.*404/],
    ['503', { answers: { DESCRIBE: { status: 503 } } }, /busy or starting.*503/],
    ['453', { answers: { PLAY: { status: 453 } } }, /no bandwidth.*453/],
    ['UDP only', { transports: ['udp'] as const }, /set another transport \(461/],
    ['one place, taken', { maxConnections: 0 }, /(closed|broke off) the connection/],
  ])('the camera answers: %s', async (_, behaviour, reason) => {
    const camera = await openCamera(behaviour);
    const failure = await failed(play(camera.address));
    expect(failure).toMatchObject({ kind: 'retry' });
    expect(failure.reason).toMatch(reason);
  });

  test.each(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'])(
    'the connection is dropped at %s',
    async (method) => {
      const camera = await openCamera({ unanswered: [method] });
      const gate = play(camera.address);
      await until(() => (camera.counters.requests[method] ?? 0) > 0, { what: method });
      camera.hangUp();
      const failure = await failed(gate);
      expect(failure.kind).toBe('retry');
      expect(failure.reason).toMatch(new RegExp(`connection.* after ${method}\\.$`));
    },
  );

  test('the connection is dropped while it plays', async () => {
    const camera = await openCamera({ dropAfterPackets: 30 });
    const gate = play(camera.address);
    const failure = await failed(gate);
    expect(failure.kind).toBe('retry');
    expect(failure.reason).toMatch(/^Lost camera "gate": .*connection/);
    expect(gate.log.lines.map(({ message }) => message)).toEqual([
      'RTSP client connected',
      'RTSP client closed',
    ]);
  });

  test.each([
    ['a server that says nothing', 'rtsp', 'tcp', /no answer to OPTIONS from .* within 10 s/],
    ['TLS that says nothing', 'rtsps', 'tcp', /no answer from 127.0.0.1:\d+ within 10 s/],
    ['a tunnel that says nothing', 'rtsp', 'http', /no answer from 127.0.0.1:\d+ within 10 s/],
  ] as const)('%s is left after 10 s', async (_, scheme, transport, reason) => {
    const clock = new VirtualClock();
    let connections = 0;
    const address = await openServer((socket) => {
      socket.resume();
      connections++;
    });
    const gate = play(address.replace('rtsp', scheme), { clock, transport });
    await until(() => connections === 1 && clock.pendingTimers === 1, { what: 'a connection' });
    clock.advance(10_000);
    expect((await failed(gate)).reason).toMatch(reason);
  });

  test.each([
    ['stops sending', { stalled: true }],
    ['is gone without a word', { halfOpen: true }],
  ])('a camera that %s is left', async (_, behaviour) => {
    const clock = new VirtualClock();
    const camera = await openCamera();
    const gate = play(camera.address, { clock });
    await playing(gate);
    camera.behave(behaviour);
    clock.advance(11_000);
    const failure = await failed(gate);
    expect(failure).toEqual({
      reason: 'Lost camera "gate": no frame came within 10 s.',
      kind: 'retry',
    });
    // It does not have to answer TEARDOWN.
    const closed = gate.source.close();
    clock.advance(500);
    await closed;
    expect(clock.pendingTimers).toBe(0);
  });

  test.each(['tcp', 'udp'] as const)(
    'a mistake of ours over %s ends this source only',
    async (transport) => {
      const camera = await openCamera();
      const gate = play(camera.address, { transport });
      gate.sink.flush = () => {
        throw new Error('a mistake');
      };
      const failure = await failed(gate);
      expect(failure).toMatchObject({ kind: 'retry' });
      expect(failure.reason).toMatch(/unexpected error in this server/);
      const line = gate.log.lines.find(({ level }) => level === 'error');
      expect(line).toMatchObject({ message: 'RTSP client ended by an unexpected error' });
      expect(line?.fields['error']).toContain('a mistake');
    },
  );

  test('a camera that sends its viewers elsewhere while it plays is opened anew', async () => {
    const sdp = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n';
    const address = await openServer((socket) =>
      socket.on('data', (request) => {
        const [, number] = /CSeq: (\d+)/.exec(String(request)) ?? [];
        const body = number === '2' ? `Content-Length: ${sdp.length}\r\n\r\n${sdp}` : '\r\n';
        socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${number}\r\nSession: 1\r\n${body}`);
        const moved = 'REDIRECT * RTSP/1.0\r\nLocation: rtsp://127.0.0.1:1/x\r\n\r\n';
        if (number === '4') socket.write(moved);
      }),
    );
    const failure = await failed(play(address));
    expect(failure).toEqual({
      reason: 'Lost camera "gate": it sends its viewers elsewhere.',
      kind: 'retry',
    });
  });

  test('a source that is closed while it connects tells nothing', async () => {
    const camera = await openCamera({ answerDelayMs: 50 });
    const early = play(camera.address);
    await early.source.close();
    const later = play(camera.address);
    await until(() => camera.counters.connections === 1, { what: 'a connection' });
    await later.source.close();
    await until(() => camera.counters.connections === 0, { what: 'the end' });
    expect([early.sink.failure, later.sink.failure]).toEqual([undefined, undefined]);
    expect([early.log.lines, later.log.lines]).toEqual([[], []]);
  });
});
