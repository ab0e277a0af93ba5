// What people read when a camera cannot be reached.

import { expect, test } from 'vitest';
import { CameraError, connectionFailure, refused } from './camera-error.ts';

const PEER = 'cam.local:554';

test.each([
  ['ECONNREFUSED', 'cam.local:554 refuses the connection; is RTSP switched on, on this port?'],
  ['EHOSTUNREACH', 'cam.local:554 cannot be reached; is the camera on, and in this network?'],
  ['ENETUNREACH', 'cam.local:554 cannot be reached; there is no route to its network'],
  ['ETIMEDOUT', 'no answer from cam.local:554; is the camera on, and in this network?'],
  ['ECONNRESET', 'cam.local:554 broke off the connection'],
  ['EPIPE', 'cam.local:554 broke off the connection'],
  ['ENOTFOUND', 'the name of cam.local:554 was not found; check it, or use its IP address'],
  ['EAI_AGAIN', 'the name of cam.local:554 was not found: no answer from the name server'],
  ['EPROTO', 'cam.local:554 does not speak TLS; does the address have to begin with rtsp://?'],
  ['ERR_SSL_X', 'cam.local:554 does not speak TLS; does the address have to begin with rtsp://?'],
  ['EWHATEVER', 'the connection to cam.local:554 failed (EWHATEVER)'],
])('%s is "%s"', (code, reason) => {
  const error = Object.assign(new Error('x'), { code });
  expect(connectionFailure(error, PEER)).toEqual({ reason, kind: 'retry' });
});

test('an error without a code is none of a connection', () => {
  expect(connectionFailure(new TypeError('x is not a function'), PEER)).toBeUndefined();
  expect(connectionFailure('x', PEER)).toBeUndefined();
});

test('an error that brings its failure keeps it', () => {
  const failure = { reason: 'no', kind: 'retry' } as const;
  expect(connectionFailure(new CameraError(failure), PEER)).toBe(failure);
  expect(connectionFailure(refused('no'), PEER)).toEqual({ reason: 'no', kind: 'refused' });
});
