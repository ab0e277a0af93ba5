// `WS /audio-ws` over real sockets, in front of fake rules, on a virtual clock.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ListeningMessage, listeningMessage } from '#contract/listening.ts';
import { createListening } from '../../src/signalling/listening/listening.ts';
import { attachUpgrades } from '../../src/signalling/upgrades.ts';
import { FakeListeners } from './fake-listeners.ts';
import { JsonSocket } from './json-socket.ts';
import { SilentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export async function setUpListening(options: { maxSockets?: number; host?: string } = {}) {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const listeners = new FakeListeners();
  const maxSockets = options.maxSockets ?? 10;
  const listening = createListening({ clock, log, listeners, maxSockets });
  const server = createServer((_request, response) => response.end('over HTTP'));
  attachUpgrades(server, [listening]);
  server.listen(0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: JsonSocket<ListeningMessage>[] = [];
  const connect = async (query = '') => {
    const client = await JsonSocket.open(`ws://${host}/audio-ws${query}`, {
      schema: listeningMessage,
      headers: { 'user-agent': 'Phone/1' },
    });
    clients.push(client);
    return client;
  };
  /** Everything that this client has said is handled. */
  const settle = async (client: JsonSocket<ListeningMessage>) => {
    const pong = once(client.socket, 'pong');
    client.socket.ping();
    await pong;
  };
  const close = async () => {
    listening.close();
    for (const { socket } of clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  return { clock, log, listeners, listening, server, host, connect, settle, close };
}
