// Tests of the messages about ports that can't be opened.

import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { toListenError } from './listen-error.ts';

const target = { host: '0.0.0.0', port: 8080, portKey: 'server.http_port', hostKey: 'server.host' };

function systemError(code: string): Error {
  return Object.assign(new Error(`listen ${code}`), { code });
}

test.each([
  ['EADDRINUSE', 'port_taken', /the port is taken\. Set server\.http_port/],
  ['EACCES', 'port_forbidden', /Ports below 1024 .* set server\.http_port/],
  ['EADDRNOTAVAIL', 'host_not_ours', /does not have that address\. Set server\.host/],
  ['EAFNOSUPPORT', 'host_not_ours', /does not have that address\. Set server\.host/],
  ['ENOTFOUND', 'host_unknown', /nobody knows that host name\. Set server\.host/],
  ['EAI_AGAIN', 'host_unknown', /nobody knows that host name\. Set server\.host/],
  ['EMFILE', 'cannot_listen', /EMFILE\. See server\.host and server\.http_port/],
])('%s becomes %s with the setting to change', (systemCode, code, message) => {
  const error = toListenError(systemError(systemCode), target);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^Cannot listen on 0\.0\.0\.0:8080: /);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('\n');
});

test('anything else thrown is an unknown reason and stays as the cause', () => {
  const error = toListenError('odd', { ...target, host: '::1' });
  expect(error.message).toContain('Cannot listen on [::1]:8080: unknown reason');
  expect(error.cause).toBe('odd');
});

test('a port that is really taken is called taken', async () => {
  const first = createServer();
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  const address = first.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const second = createServer();
  const error = await new Promise<unknown>((resolve) => {
    second.once('error', resolve).listen(port, '127.0.0.1');
  });
  expect(toListenError(error, { ...target, port }).code).toBe('port_taken');
  first.close();
});
