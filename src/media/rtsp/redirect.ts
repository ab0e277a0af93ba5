// Whether a camera's redirection is followed, and with what (RFC 2326 §11.3).

import { InputError } from '#std/errors.ts';
import { type CameraAddress, parseCameraAddress } from './address.ts';

interface Redirect {
  readonly address: CameraAddress;
  /** User name and password go along to the same host only. */
  readonly keepsCredentials: boolean;
}

/** Throws `redirect_refused` for what leads out of encryption, or nowhere. */
export function followRedirect(from: CameraAddress, location: string): Redirect {
  const address = parseLocation(from, location);
  if (from.secure && !address.secure) {
    throw refused('from rtsps:// to rtsp://, which would send everything unencrypted');
  }
  return { address, keepsCredentials: address.host === from.host };
}

function parseLocation(from: CameraAddress, location: string): CameraAddress {
  const scheme = from.secure ? 'rtsps' : 'rtsp';
  const host = from.host.includes(':') ? `[${from.host}]` : from.host;
  const absolute = location.startsWith('/')
    ? `${scheme}://${host}:${from.port}${location}`
    : location;
  try {
    return parseCameraAddress(absolute);
  } catch {
    throw refused('to an address that is not one of RTSP');
  }
}

function refused(where: string): InputError {
  return new InputError(`the camera redirects ${where}. Set the address that it should be`, {
    code: 'redirect_refused',
  });
}
