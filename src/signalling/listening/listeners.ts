// What `WS /audio-ws` needs of the rules: somewhere to take a listener, and what to tell it.

import type { ListenerConfig, ListeningMessage } from '#contract/listening.ts';

/** The rim's side of one listener: what the rules can do with it. */
export interface ListenerLink {
  /** The address without the port; IPv4 addresses in IPv6 notation are given as IPv4. */
  readonly address: string;
  readonly userAgent: string | null;
  send(message: ListeningMessage): void;
  /** No call follows it. */
  close(code: number, reason: string): void;
}

/** The rules' side of one listener: what it said. */
export interface ListenerSession {
  readonly id: string;
  /** The text of the client's clock; what goes back in time is ignored and counted. */
  heartbeat(timestamp: string): void;
  /** Answers with `stream_config`, or with an `error`. */
  configure(config: ListenerConfig): void;
  /** The socket is gone. Idempotent. */
  close(): void;
}

export interface Listeners {
  /** Says hello. Throws `too_many_listeners`, and `closing` while the server shuts down. */
  open(link: ListenerLink): ListenerSession;
}
