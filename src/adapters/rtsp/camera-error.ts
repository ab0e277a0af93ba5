// What went wrong before RTSP was spoken, in words with a remedy.

import { type RtspFailure, retry } from '#media/rtsp/failure.ts';

/** An attempt ends with this failure. */
export class CameraError extends Error {
  override readonly name = 'CameraError';
  readonly failure: RtspFailure;

  constructor(failure: RtspFailure, cause?: unknown) {
    super(failure.reason, { cause });
    this.failure = failure;
  }
}

const WORDS: Readonly<Record<string, (peer: string) => string>> = {
  ECONNREFUSED: (peer) => `${peer} refuses the connection; is RTSP switched on, on this port?`,
  EHOSTUNREACH: (peer) => `${peer} cannot be reached; is the camera on, and in this network?`,
  ENETUNREACH: (peer) => `${peer} cannot be reached; there is no route to its network`,
  ETIMEDOUT: (peer) => `no answer from ${peer}; is the camera on, and in this network?`,
  ECONNRESET: (peer) => `${peer} broke off the connection`,
  EPIPE: (peer) => `${peer} broke off the connection`,
  ENOTFOUND: (peer) => `the name of ${peer} was not found; check it, or use its IP address`,
  EAI_AGAIN: (peer) => `the name of ${peer} was not found: no answer from the name server`,
  EPROTO: (peer) => `${peer} does not speak TLS; does the address have to begin with rtsp://?`,
};

/** Undefined for an error that is none of a connection: a mistake of ours. */
export function connectionFailure(error: unknown, peer: string): RtspFailure | undefined {
  if (error instanceof CameraError) return error.failure;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = String(error.code);
  const words = WORDS[code.startsWith('ERR_SSL') ? 'EPROTO' : code];
  return retry(words?.(peer) ?? `the connection to ${peer} failed (${code})`);
}

export function refused(reason: string): CameraError {
  return new CameraError({ reason, kind: 'refused' });
}
