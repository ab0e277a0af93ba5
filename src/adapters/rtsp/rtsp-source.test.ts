// The RTSP source against a camera on loopback: every transport, TLS, addresses and redirections.

import { describe, expect, test } from 'vitest';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { readSequence } from '#media/rtp/header.ts';
import { failed, openCamera, openServer, play, playing } from '../../../test/support/rtsp-play.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';

const LOGIN = { username: 'admin', password: 'sesame' };

describe('the RTSP source', () => {
  test.each(['tcp', 'udp', 'http'] as const)('plays over %s', async (transport) => {
    const camera = await openCamera();
    const gate = play(camera.address, { transport });
    await playing(gate, 40);
    expect(gate.sink.offer).toMatchObject({
      formats: [
        { codec: 'H264', clockRate: 90_000 },
        { codec: 'PCMU', clockRate: 8_000, channels: 1 },
      ],
      ignored: [],
    });
    for (const written of gate.sink.tracks) {
      expect(written.length).toBeGreaterThan(0);
      for (const [at, { packet, capturedAtMs }] of written.entries()) {
        const before = written[at - 1];
        if (!before) continue;
        expect(sequenceDistance(readSequence(before.packet), readSequence(packet))).toBe(1);
        expect(capturedAtMs).toBeGreaterThanOrEqual(before.capturedAtMs);
      }
    }
    await until(() => gate.sink.unflushed === 0, { what: 'a flush' });
    expect(gate.log.lines).toMatchObject([
      {
        level: 'info',
        message: 'RTSP client connected',
        fields: {
          stream: 'gate',
          remote: `127.0.0.1:${camera.port}`,
          transport,
          tracks: 'H264 PCMU',
        },
      },
    ]);
  });

  test.each(['tcp', 'udp', 'http'] as const)(
    'says goodbye over %s and writes nothing after that',
    async (transport) => {
      const camera = await openCamera();
      const gate = play(camera.address, { transport });
      await playing(gate);
      await gate.source.close();
      const { packets } = gate.sink;
      await until(() => camera.counters.connections === 0, { what: 'the end' });
      await gate.source.close();
      expect(camera.counters.requests).toMatchObject({ TEARDOWN: 1 });
      expect(gate.sink.packets).toBe(packets);
      expect(gate.log.lines.at(-1)).toMatchObject({
        message: 'RTSP client closed',
        fields: { reason: 'closed', lost: 0 },
      });
    },
  );

  test('puts packets that come by UDP in order', async () => {
    const camera = await openCamera({ swapEvery: 5 });
    const gate = play(camera.address, { transport: 'udp' });
    await playing(gate, 60);
    const numbers = gate.sink.tracks[0]!.map(({ packet }) => readSequence(packet));
    expect(numbers.slice(1).map((number, at) => sequenceDistance(numbers[at]!, number))).toEqual(
      Array(numbers.length - 1).fill(1),
    );
  });

  test.each(['tcp', 'udp'] as const)(
    'sends receiver reports each 5 s over %s',
    async (transport) => {
      const clock = new VirtualClock();
      const camera = await openCamera();
      const gate = play(camera.address, { transport, clock });
      await playing(gate);
      clock.advance(5_000);
      await until(() => camera.counters.receiverReports >= 2, { what: 'reports' });
    },
  );

  test('logs in with what is in the address, or better with what is set', async () => {
    const login = { ...LOGIN, schemes: ['SHA-256', 'MD5'] as const };
    const camera = await openCamera({ login });
    const inside = camera.address.replace('://', '://admin:sesame@');
    await playing(play(inside));
    await playing(play(camera.address.replace('://', '://admin:wrong@'), LOGIN));
    expect(camera.wrongPasswords).toBe(0);
  });

  test('counts what a camera loses before it sends by TCP (MediaMTX#3308)', async () => {
    const camera = await openCamera({ loseEvery: 10 });
    const gate = play(camera.address);
    await playing(gate, 40);
    await gate.source.close();
    expect(gate.log.lines.at(-1)?.fields['lost']).toBeGreaterThan(0);
  });
});

describe('rtsps://', () => {
  test('is refused with the fingerprint to set, unless an authority vouches for it', async () => {
    const camera = await openCamera({ tls: true });
    const failure = await failed(play(camera.address));
    expect(failure.kind).toBe('refused');
    expect(failure.reason).toContain('(DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(failure.reason).toContain(`set fingerprint: ${camera.fingerprint}`);
  });

  test.each(['tcp', 'http'] as const)(
    'plays over %s with the fingerprint set',
    async (transport) => {
      const camera = await openCamera({ tls: true });
      const fingerprint = camera.fingerprint!.toLowerCase();
      await playing(play(camera.address, { fingerprint, transport }));
    },
  );

  test('takes no other certificate than the one that is set, and tells it nothing', async () => {
    const camera = await openCamera({ tls: true });
    const failure = await failed(play(camera.address, { fingerprint: `AB${':AB'.repeat(31)}` }));
    expect(failure).toEqual({
      reason: expect.stringMatching(/not the one that is set as fingerprint, but [0-9A-F:]{95}/),
      kind: 'refused',
    });
    expect(camera.counters.requests).toEqual({});
  });

  test('says that the other side speaks no TLS', async () => {
    const address = await openServer((socket) => socket.write('RTSP/1.0 400 Bad Request\r\n\r\n'));
    const failure = await failed(play(address.replace('rtsp:', 'rtsps:')));
    expect(failure.reason).toMatch(/does not speak TLS; does the address have to begin with rtsp:/);
  });

  test('is what a camera wants that answers with TLS', async () => {
    const address = await openServer((socket) => socket.write(Uint8Array.of(0x15, 3, 1, 0, 2)));
    expect((await failed(play(address))).reason).toMatch(/speaks TLS.*rtsps:/);
  });
});

describe('an address that is not allowed', () => {
  test('gets no connection', async () => {
    const camera = await openCamera();
    const failure = await failed(play(camera.address, { allowed: () => false }));
    expect(failure.kind).toBe('refused');
    expect(failure.reason).toMatch(/its address 127.0.0.1 is not allowed.*cameras.allow/);
    expect(camera.counters.connectionsEver).toBe(0);
  });

  test('is seen behind a name, of which the allowed ones are tried', async () => {
    const camera = await openCamera();
    const named = camera.address.replace('127.0.0.1', 'localhost');
    expect((await failed(play(named, { allowed: () => false }))).reason).toMatch(/is not allowed/);
    await playing(play(named, { allowed: (ip) => ip === '127.0.0.1' }));
  });

  test('is refused after a redirection too', async () => {
    const target = await openCamera();
    const location = target.address.replace('127.0.0.1', '127.0.0.2');
    const camera = await openCamera({
      answers: { DESCRIBE: { status: 302, headers: { Location: location } } },
    });
    const failure = await failed(play(camera.address, { allowed: (ip) => ip === '127.0.0.1' }));
    expect(failure.reason).toMatch(/127.0.0.2 is not allowed/);
  });
});

describe('a redirection', () => {
  const redirecting = (location: string) =>
    openCamera({ answers: { DESCRIBE: { status: 302, headers: { Location: location } } } });

  test('is followed, with the password to the same host', async () => {
    const target = await openCamera({ login: { ...LOGIN, schemes: ['MD5'] } });
    const camera = await redirecting(target.address);
    await playing(play(camera.address, LOGIN));
    await until(() => camera.counters.connections === 0, { what: 'the first connection to end' });
  });

  test('gets no password on another host', async () => {
    const target = await openCamera({ login: { ...LOGIN, schemes: ['MD5'] } });
    const camera = await redirecting(target.address.replace('127.0.0.1', 'localhost'));
    const failure = await failed(play(camera.address, LOGIN));
    expect(failure.reason).toMatch(/wants a user name and a password/);
  });

  test('in a circle is ended', async () => {
    const camera = await openCamera();
    camera.behave({
      answers: { DESCRIBE: { status: 301, headers: { Location: camera.address } } },
    });
    const failure = await failed(play(camera.address));
    expect(failure).toMatchObject({ kind: 'refused' });
    expect(failure.reason).toMatch(/redirects more than 5 times/);
    expect(camera.counters.connectionsEver).toBe(6);
  });

  test('from rtsps:// to rtsp:// is refused', async () => {
    const camera = await openCamera({
      tls: true,
      answers: { DESCRIBE: { status: 302, headers: { Location: 'rtsp://127.0.0.1/x' } } },
    });
    const failure = await failed(play(camera.address, { fingerprint: camera.fingerprint! }));
    expect(failure.reason).toMatch(/from rtsps:\/\/ to rtsp:\/\//);
  });
});
