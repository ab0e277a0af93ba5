// What the console does, as its server tells it: figures as they change, levels as they are measured
// (`WS /api/v1/console/live`, docs/reference/sound.md).

import { Connection, type DialContext, type Link } from '#client/connection.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import { request } from '#client/http.ts';
import type { ConsoleView } from '#contract/console.ts';
import type { LiveNews } from '#contract/console-live.ts';
import { readMeterFrame } from '#media/sound/meter-frame.ts';
import { browserClock } from './browser-clock.ts';
import { browserFetch } from './browser-fetch.ts';
import { openBrowserSocket } from './browser-socket.ts';
import type { PagePresence } from './page-presence.ts';

const CONSOLE = '/api/v1/console';

/** In whole dBFS, one for each channel. */
export type Levels = ReturnType<typeof readMeterFrame>;

interface ConsoleFeedEvents {
  onConsole(console: ConsoleView): void;
  onLevels(levels: Levels): void;
  onState(state: ConnectionState): void;
}

export class ConsoleFeed {
  readonly #events: ConsoleFeedEvents;
  readonly #connection: Connection<Link>;
  readonly #detach: () => void;

  constructor(presence: PagePresence, events: ConsoleFeedEvents) {
    this.#events = events;
    this.#connection = new Connection<Link>({
      clock: browserClock,
      random: Math.random,
      dial: (context) => this.#dial(context),
    });
    this.#connection.subscribe(events.onState);
    this.#detach = presence.attach(this.#connection);
    this.#connection.connect();
  }

  close(): void {
    this.#connection.close();
    this.#detach();
  }

  /** A WebSocket cannot say why it was refused: the figures are asked for first. */
  async #dial({ signal, lost }: DialContext): Promise<Link> {
    const response = await request(browserFetch, CONSOLE, { method: 'GET', signal });
    this.#events.onConsole(JSON.parse(await response.text()) as ConsoleView);
    return new Promise((resolve) => {
      const url = new URL(`${CONSOLE}/live`, location.href);
      const socket = openBrowserSocket(url.href.replace(/^http/, 'ws'), {
        onOpen: () => resolve({ close: () => socket.close() }),
        onClose: () => lost('The connection broke.'),
        onMessage: (data) => this.#take(data),
      });
      signal.addEventListener('abort', () => socket.close());
    });
  }

  #take(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.#events.onLevels(readMeterFrame(data));
      return;
    }
    const news = JSON.parse(data) as LiveNews;
    if (news.type === 'console') this.#events.onConsole(news.payload);
  }
}
