// A resource of the API, asked for again and again over the connection that reconnects by itself.

import { Connection, type Link } from '#client/connection.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import { request } from '#client/http.ts';
import { browserClock } from './browser-clock.ts';
import { browserFetch } from './browser-fetch.ts';
import type { PagePresence } from './page-presence.ts';

const POLL_PERIOD_MS = 2_000;

interface JsonPollEvents {
  onData(data: unknown): void;
  onState(state: ConnectionState): void;
}

interface JsonPollOptions {
  readonly presence: PagePresence;
  readonly events: JsonPollEvents;
}

export class JsonPoll {
  readonly #connection: Connection<Link>;
  readonly #detach: () => void;

  constructor(url: string, options: JsonPollOptions) {
    const { presence, events } = options;
    const read = async (signal: AbortSignal): Promise<void> => {
      const response = await request(browserFetch, url, { method: 'GET', signal });
      const data: unknown = JSON.parse(await response.text());
      if (!signal.aborted) events.onData(data);
    };
    this.#connection = new Connection<Link>({
      clock: browserClock,
      random: Math.random,
      pingIntervalMs: POLL_PERIOD_MS,
      dial: async ({ signal }) => {
        await read(signal);
        return { ping: read, close: () => undefined };
      },
    });
    this.#connection.subscribe(events.onState);
    this.#detach = presence.attach(this.#connection);
    this.#connection.connect();
  }

  close(): void {
    this.#connection.close();
    this.#detach();
  }
}
