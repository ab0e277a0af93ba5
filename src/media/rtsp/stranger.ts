// What something is that answers on an RTSP port but does not speak RTSP.

import { InputError } from '#std/errors.ts';

/** Enough to tell protocols by. */
const SAMPLE_BYTES = 256;
const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 3;

/** `bytes` are the first that it said. */
export function strangerError(bytes: Uint8Array): InputError {
  return new InputError(`Cannot read the RTSP connection: ${describe(bytes)}.`, {
    code: 'invalid_rtsp',
  });
}

function describe(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SAMPLE_BYTES)).trimStart();
  if (/^HTTP\//.test(text) || /^<(!doctype|html|\?xml)/i.test(text)) {
    return 'the other side speaks HTTP, not RTSP. Is this the RTSP port (usually 554)?';
  }
  const isTls = bytes[0] === TLS_ALERT || bytes[0] === TLS_HANDSHAKE;
  if (isTls && bytes[1] === TLS_MAJOR_VERSION) {
    return 'the other side speaks TLS. Does the address have to begin with rtsps://?';
  }
  return 'the other side does not speak RTSP. Is this the RTSP port (usually 554)?';
}
