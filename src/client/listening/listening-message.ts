// What the server says over `/audio-ws`, as far as a listener needs it. Read by hand: a page does not
// carry the schemas of the contract, against which a test holds this.

import type { ListenerEvent, ListeningMessage, StreamConfig } from '#contract/listening.ts';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isFinite(value);
const isOptionalNumber: Check = (value) => value === undefined || isNumber(value);

const EVENTS: Readonly<Record<ListenerEvent['type'], Readonly<Record<string, Check>>>> = {
  config_changed: { reason: isText, new_sample_rate: isOptionalNumber },
  reconnect: { reason: isText },
  server_shutdown: { reason: isText },
  network_warning: { metric: isText, value: isNumber, threshold: isNumber },
  custom_message: { message: isText },
};

const CONFIG: Readonly<Record<keyof StreamConfig, Check>> = {
  compression: (value) => value === 'opus' || value === 'pcm' || value === 'pcm24',
  layout: (value) => value === 'bundle' || value === 'plain',
  sample_rate: isNumber,
  clock_rate: (value) => isNumber(value) && Number(value) > 0,
  packet_time_ms: (value) => isNumber(value) && Number(value) > 0,
  bitrate: (value) => value === null || isNumber(value),
  channels: isListOf({ id: isNumber, name: isText }),
  left_out: isListOf({ id: isNumber, reason: isText }),
  streams: isListOf({
    payload_type: isNumber,
    ssrc: isNumber,
    channels: (value) => Array.isArray(value) && value.every(isNumber),
    port: (value) => value === null || isNumber(value),
  }),
};

const MESSAGES: Readonly<Record<ListeningMessage['type'], Readonly<Record<string, Check>>>> = {
  hello: { client_id: isText },
  stream_config: { payload: (value) => has(value, CONFIG) },
  event: { payload: isEvent },
  ntp_response: { t1: isNumber, t2: isNumber, t3: isNumber },
  error: { code: isText, message: isText },
};

/** Undefined for what is no message, or one of a newer server. */
export function readListeningMessage(text: string): ListeningMessage | undefined {
  const message = parseJson(text);
  return isOneOf(message, MESSAGES) ? (message as unknown as ListeningMessage) : undefined;
}

function isEvent(value: unknown): boolean {
  return isOneOf(value, EVENTS);
}

function isOneOf(
  value: unknown,
  kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): boolean {
  if (!isObject(value) || typeof value['type'] !== 'string') return false;
  const checks = Object.hasOwn(kinds, value['type']) ? kinds[value['type']] : undefined;
  return checks !== undefined && has(value, checks);
}

function isListOf(checks: Readonly<Record<string, Check>>): Check {
  return (value) => Array.isArray(value) && value.every((each) => has(each, checks));
}

function has(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  return isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
