// The system's own socket calls, which Node does not have: through koffi, on Linux only.

import { getSystemErrorName } from 'node:util';

/** socket(2), setsockopt(2), getsockopt(2), bind(2): each throws what the system said. */
export interface SystemCalls {
  socket(family: number, type: number): number;
  bind(fd: number, address: Uint8Array): void;
  setOption(fd: number, option: SocketOption, value: number): void;
  getOption(fd: number, option: SocketOption, sizeBytes: number): DataView;
  /** The kernel throws away whatever arrives, before anybody is woken. */
  refuseIncoming(fd: number): void;
  close(fd: number): void;
}

export type SocketOption = readonly [level: number, name: number];

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER: SocketOption = [SOL_SOCKET, 26];
/** `BPF_RET | BPF_K` with 0: keep no byte of the datagram. */
const REFUSE_ALL = { len: 1, filter: [{ code: 0x06, jt: 0, jf: 0, k: 0 }] };

/** Throws where there is no koffi for the platform, and where the numbers below mean something else. */
export async function loadSystemCalls(platform = process.platform): Promise<SystemCalls> {
  if (platform !== 'linux') throw new Error(`it is known how on Linux only, this is ${platform}`);
  const koffi = await import('koffi');
  // What Node itself is linked with, be it glibc or musl.
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int, int, int)');
  const bind = libc.func('int bind(int, const void *, uint32_t)');
  const set = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const get = libc.func('int getsockopt(int, int, int, _Out_ void *, _Inout_ uint32_t *)');
  const close = libc.func('int close(int)');

  const filter = koffi.struct({ code: 'uint16', jt: 'uint8', jf: 'uint8', k: 'uint32' });
  const program = koffi.struct({ len: 'uint16', filter: koffi.pointer(filter) });
  const types = ['int', 'int', 'int', koffi.pointer(program), 'uint32'];
  const attach = libc.func('setsockopt', 'int', types);

  function check(result: number, call: string): number {
    if (result >= 0) return result;
    const code = getSystemErrorName(-koffi.errno());
    throw Object.assign(new Error(`${call} ${code}`), { code });
  }

  return {
    socket: (family, type) => check(socket(family, type, 0), 'socket'),
    bind: (fd, address) => check(bind(fd, address, address.length), 'bind'),
    setOption: (fd, [level, name], value) =>
      check(set(fd, level, name, new Int32Array([value]), 4), 'setsockopt'),
    getOption(fd, [level, name], sizeBytes) {
      const value = new Uint8Array(sizeBytes);
      check(get(fd, level, name, value, [sizeBytes]), 'getsockopt');
      return new DataView(value.buffer);
    },
    refuseIncoming: (fd) =>
      check(attach(fd, ...SO_ATTACH_FILTER, REFUSE_ALL, koffi.sizeof(program)), 'setsockopt'),
    close: (fd) => check(close(fd), 'close'),
  };
}
