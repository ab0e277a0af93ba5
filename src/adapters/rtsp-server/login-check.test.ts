// Passwords of the RTSP server.

import { expect, test } from 'vitest';
import {
  ANNOUNCED,
  closed,
  closedAccess,
  connect,
  digest,
  SDP,
  setStage,
  TCP,
} from '../../../test/support/rtsp-server-set-up.ts';

test.each(['SHA-256', 'MD5'])(
  'a closed server lets in who knows the password by %s',
  async (algorithm) => {
    const { client, server, address } = await setStage(closedAccess);
    const challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
    expect(challenges.split('\n').map((line) => /algorithm=(\S+),/.exec(line)![1])).toEqual([
      'SHA-256',
      'MD5',
    ]);
    const login = digest(challenges, { method: 'DESCRIBE', uri: address, algorithm });
    expect((await client.ask('DESCRIBE', '', login)).status).toBe(200);
    // The connection is known from now on.
    expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(200);
    expect(server.counters.wrongPasswords).toBe(0);
  },
);

test('nothing is told or taken without the password', async () => {
  const { client, streams, address } = await setStage(closedAccess);
  expect((await client.ask('OPTIONS')).status).toBe(200);
  expect((await client.ask('SETUP', '/trackID=0', TCP)).status).toBe(401);
  expect((await client.ask('ANNOUNCE', '', SDP, ANNOUNCED)).status).toBe(401);
  const nowhere = await connect(address.replace('gate', 'attic'));
  expect((await nowhere.ask('DESCRIBE')).status).toBe(401);
  expect([streams.watches, streams.publications]).toEqual([[], []]);
});

test('publishing needs the password even where reading is open', async () => {
  const { client, streams, address } = await setStage({ ...closedAccess, readOpen: true });
  expect((await client.ask('DESCRIBE')).status).toBe(200);
  const publisher = await connect(address);
  const refused = await publisher.ask('ANNOUNCE', '', SDP, ANNOUNCED);
  expect(refused.status).toBe(401);
  const challenges = refused.headers.get('www-authenticate')!;
  const login = digest(challenges, { method: 'ANNOUNCE', uri: address });
  expect((await publisher.ask('ANNOUNCE', '', { ...SDP, ...login }, ANNOUNCED)).status).toBe(200);
  expect(streams.publications).toHaveLength(1);
});

test.each([{ password: 'wrong' }, { username: 'nobody' }])(
  'three wrong logins such as %o end the connection and are counted',
  async (wrong) => {
    const { client, server, address, log } = await setStage(closedAccess);
    let challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
    for (let attempt = 0; attempt < 3; attempt++) {
      const login = digest(challenges, { method: 'DESCRIBE', uri: address, ...wrong });
      const answer = await client.ask('DESCRIBE', '', login);
      expect(answer.status).toBe(401);
      challenges = answer.headers.get('www-authenticate')!;
    }
    await closed(client);
    expect(server.counters.wrongPasswords).toBe(3);
    const failed = log.lines.filter(({ message }) => message === 'RTSP login failed');
    expect(failed).toHaveLength(3);
    expect(JSON.stringify(log.lines)).not.toContain('wrong"');
  },
);

test('an answer to a challenge cannot be used twice, nor on another connection', async () => {
  const { client, server, address } = await setStage(closedAccess);
  const challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
  const login = digest(challenges, { method: 'DESCRIBE', uri: address });
  const other = await connect(address);
  const replayed = await other.ask('DESCRIBE', '', login);
  expect([replayed.status, replayed.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('stale=true'),
  ]);
  expect(server.counters.wrongPasswords).toBe(0);
});

test('of wrong passwords five a second are logged, and all are counted', async () => {
  const { server, address, log } = await setStage(closedAccess);
  for (let visitor = 0; visitor < 3; visitor++) {
    const client = await connect(address);
    let challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
    for (let attempt = 0; attempt < 3; attempt++) {
      const login = digest(challenges, { method: 'DESCRIBE', uri: address, password: 'guess' });
      challenges = (await client.ask('DESCRIBE', '', login)).headers.get('www-authenticate')!;
    }
  }
  expect(server.counters.wrongPasswords).toBe(9);
  expect(log.lines.filter(({ message }) => message === 'RTSP login failed')).toHaveLength(5);
});

test('an address that was wrong too often is refused unheard, whatever it knows', async () => {
  const wrong: string[] = [];
  const isBlocked = () => wrong.length >= 2;
  const countWrong = (remote: string) => void wrong.push(remote);
  const { client, address } = await setStage({ ...closedAccess, isBlocked, countWrong });
  let challenges = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
  for (let attempt = 0; attempt < 2; attempt++) {
    const login = digest(challenges, { method: 'DESCRIBE', uri: address, password: 'guess' });
    challenges = (await client.ask('DESCRIBE', '', login)).headers.get('www-authenticate')!;
  }
  expect(wrong).toEqual(['127.0.0.1', '127.0.0.1']);
  const right = digest(challenges, { method: 'DESCRIBE', uri: address });
  expect((await client.ask('DESCRIBE', '', right)).status).toBe(403);
});
