// Opens a TCP or TLS connection to a camera: only to addresses that are allowed, and only to the
// certificate that is trusted.

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { CameraAddress } from '#media/rtsp/address.ts';
import { refused } from './camera-error.ts';

export interface SocketOptions {
  readonly address: CameraAddress;
  readonly allowedAddress: (ip: string) => boolean;
  /** SHA-256 of the only certificate that is accepted; undefined: one of a known authority. */
  readonly fingerprint: string | undefined;
  readonly signal: AbortSignal;
}

/** A name with more addresses than this is no camera's. */
const MAX_ADDRESSES = 4;
/** A dead peer is found out even while nothing is to be sent. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Tries each address of the name; rejects with the last error. */
export async function openCameraSocket(options: SocketOptions): Promise<Socket> {
  const ips = await resolve(options);
  let failure: unknown;
  for (const ip of ips) {
    try {
      return await openSocket(ip, options);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Checked after the name was resolved, and these very addresses are used. */
async function resolve({ address, allowedAddress, signal }: SocketOptions): Promise<string[]> {
  const { host } = address;
  const all = isIP(host) ? [host] : (await lookup(host, { all: true })).map((each) => each.address);
  signal.throwIfAborted();
  const ips = all.filter(allowedAddress).slice(0, MAX_ADDRESSES);
  if (ips.length > 0) return ips;
  throw refused(
    `its address ${all[0]} is not allowed: loopback, link-local, multicast and metadata addresses are not, unless cameras.allow lists them`,
  );
}

async function openSocket(ip: string, options: SocketOptions): Promise<Socket> {
  const { address, fingerprint, signal } = options;
  const socket = address.secure
    ? connectTls({
        host: ip,
        port: address.port,
        // Checked below, where the error can name the certificate.
        rejectUnauthorized: false,
        ...(isIP(address.host) ? {} : { servername: address.host }),
      })
    : connect({ host: ip, port: address.port });
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, address.secure ? 'secureConnect' : 'connect', { signal });
    if (address.secure) checkCertificate(socket as TLSSocket, fingerprint);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  // Whoever uses it hears of errors by its end; without a listener they would end the process.
  socket.on('error', () => {});
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
  return socket;
}

/** Before anything was sent. */
function checkCertificate(socket: TLSSocket, wanted: string | undefined): void {
  const found = socket.getPeerX509Certificate()?.fingerprint256 ?? 'none';
  if (wanted === undefined && !socket.authorized) {
    throw refused(
      `no known authority vouches for its certificate (${socket.authorizationError}). If it is the camera's own, set fingerprint: ${found}`,
    );
  }
  if (wanted !== undefined && wanted.toUpperCase() !== found) {
    throw refused(
      `its certificate is not the one that is set as fingerprint, but ${found}. Set this one only if the camera got a new certificate`,
    );
  }
}
