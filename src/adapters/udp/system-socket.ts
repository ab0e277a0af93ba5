// A bound UDP socket made by the system's own calls, for what Node's cannot do: say how urgent its
// datagrams are (DSCP, RFC 2474 §3) and have the kernel count what arrives instead of waking anybody.
// The numbers are Linux's; IPv4 goes through an IPv6 socket as ::ffff:a.b.c.d (RFC 3493 §3.7).

import { endianness } from 'node:os';
import type { SocketOption, SystemCalls } from './system-calls.ts';

const AF_INET = 2;
const AF_INET6 = 10;
/** `SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK` */
const DATAGRAMS = 0x2 | 0x80000 | 0x800;

const IPV6_V6ONLY: SocketOption = [41, 26];
/** What goes to IPv4 addresses, and what to IPv6: a socket of both has both. */
const IP_TOS: SocketOption = [0, 1];
const IPV6_TCLASS: SocketOption = [41, 67];
/** Nine 32-bit numbers; the last one is what was dropped, by the filter too. */
const SO_MEMINFO: SocketOption = [1, 55];
const MEMINFO_BYTES = 36;
const MEMINFO_DROPS_AT = 32;

const IS_LITTLE_ENDIAN = endianness() === 'LE';

export interface SystemSocket {
  readonly fd: number;
  readonly type: 'udp4' | 'udp6';
  /** 0 to 63, of all that is sent from now on. */
  setDscp(dscp: number): void;
  /** Datagrams that arrived here, modulo 2³². */
  refusedDatagrams(): number;
}

/**
 * On all addresses of the machine; where IPv6 is switched off, on those of IPv4. Throws if any of it
 * is not to be had. Who binds Node's socket to `fd` closes it with that.
 */
export function openSystemSocket(calls: SystemCalls, port: number): SystemSocket {
  try {
    return open(calls, AF_INET6, port);
  } catch (error) {
    if (!isWithoutIpv6(error)) throw error;
    return open(calls, AF_INET, port);
  }
}

export function isWithoutIpv6(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

function open(calls: SystemCalls, family: number, port: number): SystemSocket {
  const fd = calls.socket(family, DATAGRAMS);
  const isIpv6 = family === AF_INET6;
  const refusedDatagrams = () =>
    calls.getOption(fd, SO_MEMINFO, MEMINFO_BYTES).getUint32(MEMINFO_DROPS_AT, IS_LITTLE_ENDIAN);
  try {
    if (isIpv6) calls.setOption(fd, IPV6_V6ONLY, 0);
    calls.refuseIncoming(fd);
    refusedDatagrams();
    calls.bind(fd, anyAddress(family, port));
  } catch (error) {
    calls.close(fd);
    throw error;
  }
  return {
    fd,
    type: isIpv6 ? 'udp6' : 'udp4',
    setDscp(dscp) {
      // The two lower bits are congestion's (RFC 3168), not ours.
      calls.setOption(fd, IP_TOS, dscp << 2);
      if (isIpv6) calls.setOption(fd, IPV6_TCLASS, dscp << 2);
    },
    refusedDatagrams,
  };
}

/**
 * `sockaddr_in` (16 bytes) or `sockaddr_in6` (28 bytes) of `0.0.0.0` or `::`:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-------------------------------+-------------------------------+
 *     |     family, as the host has   |       port, big-endian        |
 *     +-------------------------------+-------------------------------+
 *     |      the address and all else: 0                          …   |
 */
function anyAddress(family: number, port: number): Uint8Array {
  const address = new Uint8Array(family === AF_INET6 ? 28 : 16);
  const view = new DataView(address.buffer);
  view.setUint16(0, family, IS_LITTLE_ENDIAN);
  view.setUint16(2, port);
  return address;
}
