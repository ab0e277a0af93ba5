// How scripted cameras ask for passwords.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { setStage } from './stage.ts';

test.each([
  ['MD5', 'md5', ''],
  ['SHA-256', 'sha256', ', algorithm=SHA-256'],
] as const)('the camera lets in who knows the password by %s', async (scheme, hash, field) => {
  const login = { username: 'admin', password: 'right', schemes: [scheme], lockAfter: 3 };
  const { camera, client } = await setStage({ login });
  const first = await client.ask('DESCRIBE');
  const challenge = first.headers.get('www-authenticate')!;
  expect([first.status, challenge.includes(`algorithm=${scheme}`)]).toEqual([401, field !== '']);
  const answer = (password: string) =>
    digest(challenge, { hash, field, password, uri: camera.address });
  expect((await client.ask('DESCRIBE', '', answer('right'))).status).toBe(200);
  expect(camera.wrongPasswords).toBe(0);
  camera.expireNonces();
  const stale = await client.ask('DESCRIBE', '', answer('right'));
  expect([stale.status, stale.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('stale'),
  ]);
  expect(camera.wrongPasswords).toBe(0);
});

test('the camera locks the account after three wrong passwords', async () => {
  const login = { username: 'admin', password: 'right', lockAfter: 3 };
  const { camera, client } = await setStage({ login });
  const challenge = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!;
  const answer = (password: string) =>
    digest(challenge, { hash: 'md5', field: '', password, uri: camera.address });
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(camera.locked).toBe(false);
    await client.ask('DESCRIBE', '', answer('wrong'));
  }
  expect([camera.wrongPasswords, camera.locked]).toEqual([3, true]);
  expect((await client.ask('DESCRIBE', '', answer('right'))).status).toBe(401);
});

function digest(
  challenge: string,
  { hash, field, password, uri }: { hash: string; field: string; password: string; uri: string },
) {
  const [, realm, nonce] = /realm="([^"]*)", nonce="([^"]*)"/.exec(challenge)!;
  const h = (text: string) => createHash(hash).update(text).digest('hex');
  const response = h(`${h(`admin:${realm}:${password}`)}:${nonce}:${h(`DESCRIBE:${uri}`)}`);
  return {
    Authorization: `Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"${field}`,
  };
}

test('the camera offers several challenges in their order', async () => {
  const login = { username: 'admin', password: 'x', schemes: ['SHA-256', 'MD5', 'Basic'] } as const;
  const { client } = await setStage({ login });
  const lines = (await client.ask('DESCRIBE')).headers.get('www-authenticate')!.split('\n');
  expect(lines.map((line) => line.slice(0, 6))).toEqual(['Digest', 'Digest', 'Basic ']);
  const basic = { Authorization: `Basic ${Buffer.from('admin:x').toString('base64')}` };
  expect((await client.ask('DESCRIBE', '', basic)).status).toBe(200);
});
