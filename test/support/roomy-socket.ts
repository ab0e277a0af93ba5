// A UDP socket on loopback whose buffer holds a second of all channels: what a test counts as lost was
// never sent, and did not drown while a busy machine gave the test no time.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { loadSystemCalls, type SocketOption } from '../../src/adapters/udp/system-calls.ts';

const BUFFER_BYTES = 32 << 20;
const AF_INET = 2;
/** `SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK` */
const DATAGRAMS = 0x2 | 0x80000 | 0x800;
/** `SO_RCVBUF`, of which the system has a limit, and `SO_RCVBUFFORCE`, for which one must be root. */
const BUFFER: SocketOption = [1, 8];
const FORCED_BUFFER: SocketOption = [1, 33];

const calls = await loadSystemCalls();

export async function openRoomySocket(port = 0): Promise<Socket> {
  const fd = calls.socket(AF_INET, DATAGRAMS);
  calls.setOption(fd, process.getuid?.() === 0 ? FORCED_BUFFER : BUFFER, BUFFER_BYTES);
  try {
    calls.bind(
      fd,
      Buffer.from([AF_INET, 0, port >> 8, port & 0xff, 127, 0, 0, 1, ...Buffer.alloc(8)]),
    );
  } catch (error) {
    calls.close(fd);
    throw error;
  }
  const socket = createSocket('udp4');
  const listening = once(socket, 'listening');
  socket.bind({ fd });
  await listening;
  return socket;
}
