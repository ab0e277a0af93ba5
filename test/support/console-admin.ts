// The admin of a server's console, over HTTP, as the admin page is.

import type {
  ConsoleChannel,
  ConsoleSettings,
  ConsoleView,
  ListenerView,
} from '#contract/console.ts';

const ADMIN_SECRET = 'the-secret-of-these-tests';
/** For the server's configuration. */
export const ADMIN_YAML = `access: { admin_secret: ${ADMIN_SECRET} }`;

export class ConsoleAdmin {
  readonly #url: string;

  constructor({ url }: { readonly url: string }) {
    this.#url = url;
  }

  async view(): Promise<ConsoleView> {
    return this.#ask('GET', '');
  }

  async listener(id: string): Promise<ListenerView> {
    return this.#ask('GET', `/listeners/${id}`);
  }

  async change(settings: Partial<ConsoleSettings>): Promise<ConsoleView> {
    return this.#ask('PATCH', '', settings);
  }

  /** Only these go out, in this order. */
  async map(order: readonly number[]): Promise<void> {
    const { channels } = await this.view();
    const placeOf = ({ id }: ConsoleChannel) => (order.includes(id) ? order.indexOf(id) : Infinity);
    const sorted = channels.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
    const mapped = sorted.map((channel) => ({ ...channel, mapped: order.includes(channel.id) }));
    await this.setChannels(mapped);
  }

  async setChannels(channels: readonly ConsoleChannel[]): Promise<void> {
    await this.#ask('PUT', '/channels', { channels });
  }

  async tell(message: string, clientId?: string): Promise<void> {
    const to = clientId === undefined ? {} : { client_id: clientId };
    await this.#ask('POST', '/messages', { message, ...to });
  }

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1/console${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_SECRET}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
}
