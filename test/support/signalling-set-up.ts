// Signalling put together with the rules as the server does it: real sockets, a virtual clock.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSignalling } from '../../src/signalling/signalling.ts';
import { attachUpgrades } from '../../src/signalling/upgrades.ts';
import { SignallingClient } from './signalling-client.ts';
import { setUpStreams } from './streams-set-up.ts';

type SetUp = Parameters<typeof setUpStreams>[0] & {
  readonly readOpen?: boolean;
  readonly maxSockets?: number;
};

export async function setUpSignalling(options: SetUp = {}) {
  const world = setUpStreams(options);
  const checked: { secret: string; remote: string }[] = [];
  const signalling = createSignalling({
    ...world,
    access: {
      readOpen: options.readOpen ?? true,
      check: (secret, remote) => {
        checked.push({ secret, remote });
        if (checked.length > 3) return 'blocked';
        return secret === 'open sesame' ? 'right' : 'wrong';
      },
    },
    isAdmin: ({ headers }) => headers.cookie === 'session=right',
    iceServers: [{ url: 'turn:turn.example:3478', username: 'u', credential: 'c' }],
    maxSockets: options.maxSockets ?? 10,
  });
  const server = createServer((_request, response) => response.end('over HTTP'));
  attachUpgrades(server, [signalling]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: SignallingClient[] = [];
  const connect = async (streamId = 'gate', headers: Record<string, string> = {}) => {
    const client = await SignallingClient.open(`ws://${host}/ws/${streamId}`, headers);
    clients.push(client);
    return client;
  };
  const close = async () => {
    signalling.close();
    for (const client of clients) client.socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  return { ...world, signalling, host, checked, connect, close };
}

export type SignallingWorld = Awaited<ReturnType<typeof setUpSignalling>>;
