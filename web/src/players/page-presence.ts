// What all connections of a page share: when to hurry, and when to let go.
//
// A page that is online or visible again, or whose server is back, does not wait for its back-off.
// A page that goes away ends its viewers at once; one that returns from the history starts them again.

import { request } from '#client/http.ts';
import { type ServerReading, ServerWatch } from '#client/server-watch.ts';
import { browserClock } from './browser-clock.ts';
import { browserFetch } from './browser-fetch.ts';

/** What this page needs of a connection, whatever its links are. */
interface Attachable {
  readonly state: { readonly kind: string; readonly sinceMs?: number };
  subscribe(listener: (state: { readonly kind: string }) => void): () => void;
  connect(): void;
  wake(): void;
  retryNow(reason: string): void;
  close(reason: string): void;
}

export class PagePresence {
  readonly #connections = new Set<Attachable>();
  /** Closed by `pagehide`; a page from the history cache wants them back. */
  readonly #asleep = new Set<Attachable>();
  /** When the server that answered last was started, on our clock. */
  #serverStartMs = Number.NEGATIVE_INFINITY;
  readonly #server: string;
  readonly #watch = new ServerWatch({
    clock: browserClock,
    read: (signal) => this.#readServer(signal),
    onBack: (restarted) => this.#handleBack(restarted),
  });

  /** `server`: its origin, where it is not that of the page. */
  constructor(server = '') {
    this.#server = server;
  }

  /** Listens for the life of the page. */
  start(): void {
    addEventListener('online', () => this.#wake());
    document.addEventListener('visibilitychange', () => this.#handleVisibility());
    addEventListener('pagehide', () => this.#leave());
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.#return();
    });
    this.#watch.start();
  }

  /** Server's clock minus ours, or null while unknown. */
  get serverOffsetMs(): number | null {
    return this.#watch.offsetMs;
  }

  /** Looks after `connection` until the returned function is called. */
  attach(connection: Attachable): () => void {
    this.#connections.add(connection);
    const unsubscribe = connection.subscribe(({ kind }) => {
      if (kind === 'waiting') this.#watch.disturb();
    });
    return () => {
      unsubscribe();
      this.#connections.delete(connection);
      this.#asleep.delete(connection);
    };
  }

  #handleBack(restarted: boolean): void {
    for (const connection of this.#connections) {
      const { sinceMs = Number.NEGATIVE_INFINITY } = connection.state;
      // A connection may have found the new server before the watch did.
      if (restarted && sinceMs < this.#serverStartMs) {
        connection.retryNow('The server has restarted.');
      } else connection.wake();
    }
  }

  async #readServer(signal: AbortSignal): Promise<ServerReading> {
    const reading = await readHealth(`${this.#server}/api/v1/health`, signal);
    this.#serverStartMs = browserClock.nowMs() - reading.uptimeMs;
    return reading;
  }

  #wake(): void {
    for (const connection of this.#connections) connection.wake();
  }

  /** A hidden page keeps its pictures, but does not ask for the clock of the server. */
  #handleVisibility(): void {
    if (document.visibilityState === 'hidden') {
      this.#watch.stop();
      return;
    }
    this.#watch.start();
    this.#wake();
  }

  #leave(): void {
    this.#watch.stop();
    for (const connection of this.#connections) {
      if (connection.state.kind === 'idle' || connection.state.kind === 'closed') continue;
      connection.close('The page was left.');
      this.#asleep.add(connection);
    }
  }

  #return(): void {
    this.#watch.start();
    for (const connection of this.#asleep) connection.connect();
    this.#asleep.clear();
  }
}

async function readHealth(url: string, signal: AbortSignal): Promise<ServerReading> {
  const response = await request(browserFetch, url, { method: 'GET', signal });
  const health: unknown = JSON.parse(await response.text());
  const { time, uptimeSeconds } = health as {
    time: string;
    uptimeSeconds: number;
  };
  return { timeMs: Date.parse(time), uptimeMs: uptimeSeconds * 1_000 };
}
