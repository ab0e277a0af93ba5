// Whom a connectivity check is for.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindingRequest } from '../../../test/support/stun.ts';
import { readStunUserName } from './stun-user-name.ts';

test('the user name of a binding request is read, whatever stands before it', () => {
  expect(readStunUserName(bindingRequest('ours:theirs'))).toBe('ours:theirs');
  expect(readStunUserName(bindingRequest('a', [[0x8022, Buffer.from('odd length')]]))).toBe('a');
});

test('what is no binding request has no user name', () => {
  const request = bindingRequest('ours:theirs');
  const response = Buffer.from(request);
  response.writeUInt16BE(0x0101, 0);
  expect(readStunUserName(response)).toBeUndefined();
  const wrongCookie = Buffer.from(request);
  wrongCookie.writeUInt32BE(1, 4);
  expect(readStunUserName(wrongCookie)).toBeUndefined();
  expect(readStunUserName(request.subarray(0, request.length - 4))).toBeUndefined();
  expect(readStunUserName(bindingRequest(undefined))).toBeUndefined();
});

test('random bytes are read without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (rest) => {
      const message = Buffer.concat([bindingRequest(undefined), rest]);
      const name = readStunUserName(message);
      expect(name === undefined || name.length <= rest.length).toBe(true);
    }),
  );
});
