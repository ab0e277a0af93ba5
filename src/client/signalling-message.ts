// The server's messages over `WS /ws/{streamId}`, as far as a player needs them. Read by hand: a page
// does not carry the schemas of the contract, against which a test holds this.

import type { ServerMessage } from '#contract/signalling.ts';

/** Which of its fields have to be text for a message to be one. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  answer: ['sdp', 'viewer'],
  candidate: ['candidate'],
  mse: ['mime', 'viewer'],
  stats: [],
  event: ['event'],
  error: ['code', 'message'],
  ping: [],
  pong: [],
};

/** Undefined for what is no message, or one of a newer server. */
export function readServerMessage(text: string): ServerMessage | undefined {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null) return undefined;
  const fields = message as Readonly<Record<string, unknown>>;
  const { type } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(TEXTS, type)) return undefined;
  const texts = TEXTS[type] ?? [];
  if (!texts.every((name) => typeof fields[name] === 'string')) return undefined;
  return isWhole(fields) ? (message as ServerMessage) : undefined;
}

function isWhole(fields: Readonly<Record<string, unknown>>): boolean {
  const { type, iceServers, viewer, event, state, reason, profile } = fields;
  if (type === 'answer') return Array.isArray(iceServers);
  if (type === 'stats') return typeof viewer === 'object' && viewer !== null;
  if (type !== 'event') return true;
  if (event === 'stream') return typeof state === 'string';
  if (event === 'profile') return typeof profile === 'string';
  return event === 'ended' && typeof reason === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
