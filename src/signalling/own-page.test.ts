// Whose cookies count: over real sockets, where only the admin may watch.

import { expect, test } from 'vitest';
import { type SignallingWorld, setUpSignalling } from '../../test/support/signalling-set-up.ts';

const COOKIE = 'session=right';

async function refusal(world: SignallingWorld, headers: Record<string, string>) {
  const client = await world.connect('gate', headers);
  client.send({ type: 'offer', sdp: 'none' });
  return (await client.get('error')).code;
}

test('where reading is closed, the cookie of a login serves, but not on the pages of others', async () => {
  const world = await setUpSignalling({ readOpen: false });
  try {
    const origin = `http://${world.host}`;
    expect(await refusal(world, { cookie: COOKIE, origin })).toBe('invalid_sdp');
    expect(await refusal(world, { cookie: COOKIE })).toBe('invalid_sdp');
    expect(await refusal(world, { cookie: 'session=ended', origin })).toBe('admin_secret_needed');
    for (const other of ['http://evil.example', 'null', `http://${world.host}0`]) {
      const headers = { cookie: COOKIE, origin: other };
      expect(await refusal(world, headers), other).toBe('admin_secret_needed');
    }
  } finally {
    await world.close();
  }
});
