// Tests of the program as it is started from a terminal.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { helpText } from './app/arguments.ts';
import { version } from './app/version.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs until the end; `stopAt` is the output at which it gets a SIGTERM. */
function runMain(words: string[], { environment = {}, stopAt = '' } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    const wasThere = out.includes(stopAt);
    out += String(chunk);
    // Once: a second signal means that somebody is in a hurry.
    if (!wasThere && out.includes(stopAt)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

test('--version prints the version, --help the help', async () => {
  expect(await runMain(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  expect(await runMain(['--help'])).toEqual({ code: 0, out: helpText, err: '' });
});

test('a wrong flag or setting is one line and the exit code 1', async () => {
  expect(await runMain(['--hlep'])).toMatchObject({
    code: 1,
    err: 'Unknown flag "--hlep". Did you mean "--help"? Try yeoul --help.\n',
  });
  expect(await runMain([], { environment: { YEOUL_WEBRTC_TCP: 'perhaps' } })).toMatchObject({
    code: 1,
    err: 'YEOUL_WEBRTC_TCP: webrtc.tcp must be true or false, not "perhaps".\n',
  });
});

const folder = mkdtempSync(join(tmpdir(), 'yeoul-main-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('--reset-admin-secret prints a secret and ends, without touching one that is configured', async () => {
  const environment = { YEOUL_DATA_PATH: join(folder, 'reset.db') };
  const reset = (more = {}) =>
    runMain(['--reset-admin-secret'], { environment: { ...environment, ...more } });
  const line = /^Admin secret: ([0-9a-z]{4}-){7}[0-9a-z]{4} {2}Keep it: it is shown only now\.\n$/;
  const first = await reset();
  expect(first).toEqual({ code: 0, out: expect.stringMatching(line), err: '' });
  expect((await reset()).out).not.toBe(first.out);
  const configured = await reset({ YEOUL_ACCESS_ADMIN_SECRET: 'correct-horse-battery' });
  expect(configured).toMatchObject({ code: 1, out: '' });
  expect(configured.err).toMatch(/^The admin secret is set in the configuration\./);
});

const loopback = {
  YEOUL_DATA_PATH: join(folder, 'yeoul.db'),
  YEOUL_CONSOLE_MDNS_NAME: 'null',
  YEOUL_CONSOLE_RTP_PORT: '0',
  YEOUL_RTSP_HOST: '127.0.0.1',
  YEOUL_RTSP_PORT: '0',
  YEOUL_SERVER_HOST: '127.0.0.1',
  YEOUL_SERVER_HTTP_PORT: '0',
  YEOUL_SERVER_PRODUCTION: 'true',
  YEOUL_WEBRTC_HOST: '127.0.0.1',
  YEOUL_WEBRTC_PORT: '0',
};

test('it says where to open it, runs until SIGTERM and exits with 0', async () => {
  const { code, out, err } = await runMain([], { environment: loopback, stopAt: 'Open http://' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/"message":"Open http:\/\/127\.0\.0\.1:[1-9]\d*"/);
  expect(out).toContain('"reason":"SIGTERM","message":"Shutting down"');
});

test('a database that cannot be used ends the start with its path', async () => {
  const { code, out } = await runMain([], {
    environment: { ...loopback, YEOUL_DATA_PATH: folder },
  });
  expect(code).toBe(1);
  expect(out).toContain('Cannot use the database');
});

test('an address that is not of this machine ends the start with the setting to change', async () => {
  // TEST-NET-1 (RFC 5737) is nobody's address.
  const environment = { ...loopback, YEOUL_SERVER_HOST: '192.0.2.1' };
  const { code, out } = await runMain([], { environment });
  expect(code).toBe(1);
  expect(out).toMatch(/Cannot listen on 192\.0\.2\.1:.* Set server\.host to 0\.0\.0\.0/);
});
