// The rules of listening as a fake: says hello, and keeps what each listener said.

import type { ListenerConfig } from '#contract/listening.ts';
import type {
  ListenerLink,
  ListenerSession,
  Listeners,
} from '../../src/signalling/listening/listeners.ts';

export class FakeListeners implements Listeners {
  readonly sessions: FakeSession[] = [];
  /** Thrown by the next `open`. */
  failure: unknown;

  open(link: ListenerLink): ListenerSession {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    const session = new FakeSession(`listener-${this.sessions.length + 1}`, link);
    this.sessions.push(session);
    link.send({ type: 'hello', client_id: session.id });
    return session;
  }
}

class FakeSession implements ListenerSession {
  readonly id: string;
  readonly link: ListenerLink;
  readonly heartbeats: string[] = [];
  readonly configs: ListenerConfig[] = [];
  closes = 0;
  /** Thrown by the next call. */
  failure: unknown;

  constructor(id: string, link: ListenerLink) {
    this.id = id;
    this.link = link;
  }

  heartbeat(timestamp: string): void {
    this.#check();
    this.heartbeats.push(timestamp);
  }

  configure(config: ListenerConfig): void {
    this.#check();
    this.configs.push(config);
  }

  close(): void {
    this.closes++;
  }

  #check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
