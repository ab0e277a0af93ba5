// The UDP ports of listeners: one, or many two apart.

import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { openUdpPorts, type UdpPorts } from './udp-ports.ts';

const opened: UdpPorts[] = [];
afterEach(() => {
  for (const ports of opened.splice(0)) ports.close();
});

async function open(port: number, count: number, onPacket = (_: Uint8Array) => {}) {
  const ports = await openUdpPorts({ port, count, onPacket });
  opened.push(ports);
  return ports;
}

test('Any port will do where none is asked for, and what comes to each of them is handed on', async () => {
  const came: string[] = [];
  const { port } = await open(0, 3, (packet) => came.push(String(packet)));
  const sender = createSocket('udp4');
  for (const at of [0, 2, 4]) sender.send(`to ${at}`, port + at, '127.0.0.1');
  await until(() => came.length === 3, { what: 'three packets' });
  sender.close();
  expect(came.toSorted()).toEqual(['to 0', 'to 2', 'to 4']);
});

test('A port that is taken is refused by its number, and none of the others is kept', async () => {
  const { port } = await open(0, 1);
  await expect(open(port - 2, 2)).rejects.toThrow(
    `Cannot listen on UDP port ${port - 2}: Error: bind EADDRINUSE`,
  );
  await open(port - 2, 1);
});

test('Ports beyond the last one are refused', async () => {
  await expect(open(65_533, 3)).rejects.toThrow('there is no port 65537');
});
