// The pair of UDP ports of a track: even and odd, for the camera only.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { openUdpPorts } from './udp-ports.ts';

async function open() {
  const packets: number[][] = [];
  const udp = await openUdpPorts({
    localIp: '127.0.0.1',
    isCamera: (ip) => ip === '127.0.0.1',
    onPacket: (packet) => packets.push(Array.from(packet)),
  });
  onTestFinished(() => udp.close());
  return { udp, packets };
}

async function bind(ip: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

test('the ports are neighbours, the even one for RTP', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, open));
  for (const { udp } of opened) {
    const [rtp, rtcp] = udp.ports;
    expect([rtp % 2, rtcp]).toEqual([0, rtp + 1]);
  }
});

test('packets come from the address of the camera only, from any of its ports', async () => {
  const { udp, packets } = await open();
  const stranger = await bind('127.0.0.2');
  const camera = await bind('127.0.0.1');
  const other = await bind('127.0.0.1');
  stranger.send(Uint8Array.of(1), udp.ports[0], '127.0.0.1');
  await until(() => udp.strangers === 1, { what: 'the stranger' });
  camera.send(Uint8Array.of(2), udp.ports[0], '127.0.0.1');
  other.send(Uint8Array.of(3), udp.ports[1], '127.0.0.1');
  await until(() => packets.length === 2, { what: 'packets' });
  expect(packets.sort()).toEqual([[2], [3]]);
});

test('a report goes to where the way was opened to, and nowhere before that', async () => {
  const { udp } = await open();
  const camera = await bind('127.0.0.1');
  const seen: string[] = [];
  camera.on('message', (packet, { port }) => seen.push(`${packet[1]} ${port === udp.ports[1]}`));
  udp.sendReport(Uint8Array.of(0x80, 99));
  const { port } = camera.address();
  udp.punch('127.0.0.1', [port, port]);
  udp.sendReport(Uint8Array.of(0x80, 201));
  await until(() => seen.length === 3, { what: 'two empty packets and a report' });
  expect(seen).toEqual(['0 false', '201 true', '201 true']);
});

test('nothing is given or sent after it is closed', async () => {
  const { udp } = await open();
  udp.punch('127.0.0.1', [9, 9]);
  udp.close();
  udp.close();
  expect(() => udp.sendReport(Uint8Array.of(1))).not.toThrow();
});
