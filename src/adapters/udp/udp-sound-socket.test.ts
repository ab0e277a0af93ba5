// The real socket: both families, marks on the wire, errors, garbage, and what it does without koffi.

import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { loadSystemCalls, type SystemCalls } from './system-calls.ts';
import { openUdpSoundSocket, UdpSoundSocket } from './udp-sound-socket.ts';

const HEADER = Uint8Array.of(0x80, 100, 0, 1);
const PAYLOAD = Uint8Array.of(1, 2, 3);
const WHOLE = [...HEADER, ...PAYLOAD];

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(loadCalls?: () => Promise<SystemCalls>, port = 0) {
  const log = new SilentLog();
  const socket = await openUdpSoundSocket({ port, log, ...(loadCalls && { loadCalls }) });
  closers.push(() => socket.close());
  return { socket, log };
}

/** A listener at this address. */
async function listen(address: string) {
  const listener = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const datagrams: { data: Buffer; fromPort: number }[] = [];
  listener.on('message', (data, { port }) => datagrams.push({ data, fromPort: port }));
  listener.bind(0, address);
  await once(listener, 'listening');
  closers.push(() => listener.close());
  return { datagrams, to: destination(address, listener.address().port), listener };
}

function destination(address: string, port: number) {
  return { address, port, onSendError: vi.fn<() => void>() };
}

async function flood(from: Socket, to: UdpSoundSocket, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    from.send('garbage', to.port, '127.0.0.1');
    // Who shares this thread must get a turn to read.
    await turn();
  }
}

const withoutCalls = () => Promise.reject(new Error('no koffi here'));

describe.each([
  ['with the system’s calls', undefined],
  ['without them', withoutCalls],
])('UdpSoundSocket %s', (_, loadCalls) => {
  test('sends header and payload as one datagram, to IPv4 and IPv6 from one port', async () => {
    const { socket } = await open(loadCalls);
    for (const address of ['127.0.0.1', '::1']) {
      const { datagrams, to } = await listen(address);
      socket.send(HEADER, PAYLOAD, to);
      await until(() => datagrams.length > 0, { what: `a datagram at ${address}` });
      expect([...datagrams[0]!.data]).toEqual(WHOLE);
      expect(datagrams[0]!.fromPort).toBe(socket.port);
      expect(to.onSendError).not.toHaveBeenCalled();
    }
  });

  test('tells each destination of its own failures, and the others get their sound', async () => {
    const { socket } = await open(loadCalls);
    const { datagrams, to } = await listen('127.0.0.1');
    // Broadcast is not permitted, a name is no address, and port 0 is none.
    const refused = [
      destination('255.255.255.255', 5004),
      destination('phone.example', 5004),
      destination('127.0.0.1', 0),
    ];
    for (const each of refused) socket.send(HEADER, PAYLOAD, each);
    socket.send(HEADER, PAYLOAD, to);
    await until(() => datagrams.length > 0, { what: 'the datagram' });
    for (const { onSendError } of refused) expect(onSendError).toHaveBeenCalledOnce();
    expect(to.onSendError).not.toHaveBeenCalled();
  });

  test('counts what somebody sends to its port and goes on sending', async () => {
    const { socket } = await open(loadCalls);
    const { datagrams, to, listener } = await listen('127.0.0.1');
    await flood(listener, socket, 500);
    await until(() => socket.strayDatagrams === 500, { what: 'the count' });
    socket.send(HEADER, PAYLOAD, to);
    await until(() => datagrams.length > 0, { what: 'a datagram' });
    await socket.close();
    expect(socket.strayDatagrams).toBe(500);
  });

  test('says that its port is taken', async () => {
    const { socket } = await open(loadCalls);
    await expect(open(loadCalls, socket.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('gives its port back when it is closed, and takes nothing any more', async () => {
    const { socket } = await open(loadCalls);
    await Promise.all([socket.close(), socket.close()]);
    const { to } = await listen('127.0.0.1');
    socket.send(HEADER, PAYLOAD, to);
    socket.setDscp(46);
    expect(to.onSendError).toHaveBeenCalledOnce();
    const { socket: next } = await open(loadCalls, socket.port);
    expect(next.port).toBe(socket.port);
  });
});

describe('DSCP', () => {
  test('is on the wire, of IPv4 and IPv6, and changes while it sends', async () => {
    const { socket, log } = await open();
    const targets = [await listen('127.0.0.1'), await listen('::1')];
    const capture = startCapture(socket.port);
    await until(
      () => {
        for (const { to } of targets) socket.send(HEADER, PAYLOAD, to);
        return capture.text.includes('\n');
      },
      { what: 'tshark to see something' },
    );
    for (const dscp of [46, 48, 10, 63]) {
      socket.setDscp(dscp);
      for (const { to } of targets) socket.send(HEADER, PAYLOAD, to);
      // A datagram leaves in the next turn, with the mark of that moment.
      const marks = [`${hex(dscp)}\t`, `\t${hex(dscp)}`];
      await until(
        () => {
          for (const { to } of targets) socket.send(HEADER, PAYLOAD, to);
          return marks.every((mark) => capture.lines().includes(mark));
        },
        { what: `DSCP ${dscp} on the wire, of both families` },
      );
    }
    expect(capture.lines()).toEqual(expect.arrayContaining(['0xb8\t', '\t0xb8']));
    expect(log.lines).toEqual([]);
  });

  test('is missed in one warning where there is no koffi', async () => {
    const { socket, log } = await open(withoutCalls);
    socket.setDscp(46);
    socket.setDscp(48);
    expect(log.lines).toEqual([
      { level: 'warn', message: 'RTP is sent without DSCP', fields: { reason: 'no koffi here' } },
    ]);
  });

  test('is missed in one warning where the system refuses it', async () => {
    const calls = await loadSystemCalls();
    const setOption: SystemCalls['setOption'] = (fd, option, value) => {
      if (option[0] !== 41 || option[1] !== 26) throw new Error('setsockopt EPERM');
      calls.setOption(fd, option, value);
    };
    const { socket, log } = await open(() => Promise.resolve({ ...calls, setOption }));
    socket.setDscp(46);
    socket.setDscp(48);
    expect(log.lines.map(({ fields }) => fields)).toEqual([{ reason: 'setsockopt EPERM' }]);
    const { datagrams, to } = await listen('127.0.0.1');
    socket.send(HEADER, PAYLOAD, to);
    await until(() => datagrams.length > 0, { what: 'a datagram' });
  });

  test('is not tried where the numbers mean something else', async () => {
    await expect(loadSystemCalls('darwin')).rejects.toThrow('on Linux only, this is darwin');
  });
});

test('a network that takes nothing costs the newest datagrams, and no memory', async () => {
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  const sound = new UdpSoundSocket(socket, null, new SilentLog());
  closers.push(() => sound.close());
  const waiting = vi.spyOn(socket, 'getSendQueueCount');
  const { datagrams, to } = await listen('127.0.0.1');
  waiting.mockReturnValue(512);
  sound.send(HEADER, PAYLOAD, to);
  expect(to.onSendError).toHaveBeenCalledOnce();
  waiting.mockReturnValue(511);
  sound.send(HEADER, PAYLOAD, to);
  await until(() => datagrams.length > 0, { what: 'the datagram' });
  expect(to.onSendError).toHaveBeenCalledOnce();
});

describe('a machine without IPv6', () => {
  function withoutIpv6(calls: SystemCalls): SystemCalls {
    return {
      ...calls,
      socket(family, type) {
        if (family === 10) throw Object.assign(new Error('socket'), { code: 'EAFNOSUPPORT' });
        return calls.socket(family, type);
      },
    };
  }

  test('sends to IPv4, marked', async () => {
    const { socket, log } = await open(async () => withoutIpv6(await loadSystemCalls()));
    const { datagrams, to } = await listen('127.0.0.1');
    const far = await listen('::1');
    socket.setDscp(46);
    socket.send(HEADER, PAYLOAD, far.to);
    socket.send(HEADER, PAYLOAD, to);
    await until(() => datagrams.length > 0, { what: 'a datagram' });
    expect(far.to.onSendError).toHaveBeenCalledOnce();
    expect(log.lines).toEqual([]);
  });

  test('keeps no descriptor of an attempt that failed', async () => {
    const calls = await loadSystemCalls();
    const opened: number[] = [];
    const closed: number[] = [];
    const counting: SystemCalls = {
      ...calls,
      socket: (...request) => {
        const fd = calls.socket(...request);
        opened.push(fd);
        return fd;
      },
      close: (fd) => {
        closed.push(fd);
        calls.close(fd);
      },
    };
    const { socket } = await open();
    await expect(open(() => Promise.resolve(counting), socket.port)).rejects.toThrow();
    expect(opened.length).toBeGreaterThan(0);
    expect(closed).toEqual(opened);
  });
});

const hex = (dscp: number) => `0x${(dscp << 2).toString(16).padStart(2, '0')}`;

/** What tshark says of each datagram that leaves the port: the mark of IPv4, a tab, that of IPv6. */
function startCapture(port: number) {
  const fields = ['-T', 'fields', '-e', 'ip.dsfield', '-e', 'ipv6.tclass'];
  const filter = ['-i', 'lo', '-f', `udp src port ${port}`];
  const limits = ['-l', '-n', '-a', 'duration:20'];
  const running = promisify(execFile)('tshark', [...filter, ...limits, ...fields]);
  running.catch(() => {});
  const { child } = running;
  closers.push(() => child.kill());
  const capture = { text: '', lines: () => capture.text.split('\n').map(shortened) };
  child.stdout?.on('data', (text) => {
    capture.text += text;
  });
  return capture;
}

/** tshark writes a traffic class with all its digits. */
const shortened = (line: string) => line.replace(/0x0+(?=[0-9a-f]{2}\b)/g, '0x');
