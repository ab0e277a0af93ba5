// What is said over `WS /audio-ws`: JSON messages tagged by `type`, parsed once at the rim (PRODUCT 2.4).

import { z } from 'zod';
import {
  CONSOLE_CHANNELS,
  channelId,
  compression,
  layout,
  MAX_CHANNEL_NAME_CHARACTERS,
  packetTimeMs,
  rtpStreamView,
  sampleRate,
} from './sound.ts';

/** 32 channels with every personal setting are some 10 KiB. */
export const MAX_LISTENING_MESSAGE_BYTES = 64 * 1024;
const MAX_TIMESTAMP_CHARACTERS = 40;
/** Of a message from the admin. */
export const MAX_TEXT_CHARACTERS = 500;

/** A listener's own settings of a channel: the server needs `id` and `mute` and ignores the rest. */
const wantedChannel = z.looseObject({
  id: channelId,
  name: z
    .string()
    .max(4 * MAX_CHANNEL_NAME_CHARACTERS)
    .optional(),
  mute: z.boolean().optional(),
});

const DIFFERENT = 'must name each channel once';
const listenerConfig = z.object({
  /** Absent: all that are in the mapping. */
  channels: z
    .array(wantedChannel)
    .max(CONSOLE_CHANNELS, { error: `must have at most ${CONSOLE_CHANNELS} entries` })
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, { error: DIFFERENT })
    .optional(),
  sample_rate: sampleRate.optional(),
  compression: compression.optional(),
  layout: layout.optional(),
});

const timestamp = z.string().min(1).max(MAX_TIMESTAMP_CHARACTERS);

export const listenerMessage = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('heartbeat'), timestamp }),
    z.object({ type: z.literal('client_config'), payload: listenerConfig }),
    z.object({ type: z.literal('ntp_request'), t1: z.number() }),
  ],
  { error: 'must be heartbeat, client_config or ntp_request' },
);

/** What this listener really gets. */
const streamConfig = z
  .object({
    compression,
    layout,
    sample_rate: sampleRate.describe('The lower one of what was asked for and the server’s rate.'),
    clock_rate: z.int().describe('Of the RTP timestamps: 48000 with Opus.'),
    packet_time_ms: packetTimeMs,
    bitrate: z.int().nullable().describe('Of each channel with Opus, in bit/s.'),
    channels: z.array(z.object({ id: channelId, name: z.string() })),
    left_out: z
      .array(z.object({ id: channelId, reason: z.string() }))
      .describe('What was asked for and is not sent, and why.'),
    streams: z.array(rtpStreamView),
  })
  .meta({ id: 'StreamConfig' });

const listenerEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('config_changed'),
    reason: z.string(),
    new_sample_rate: sampleRate.optional(),
  }),
  z.object({ type: z.literal('reconnect'), reason: z.string() }),
  z.object({ type: z.literal('server_shutdown'), reason: z.string() }),
  z.object({
    type: z.literal('network_warning'),
    metric: z.enum(['packet_loss_rate', 'jitter_ms', 'latency_ms']),
    /** In per cent, or ms. */
    value: z.number(),
    threshold: z.number(),
  }),
  z.object({ type: z.literal('custom_message'), message: z.string().max(MAX_TEXT_CHARACTERS) }),
]);

export const listeningMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), client_id: z.string() }),
  z.object({ type: z.literal('stream_config'), payload: streamConfig }),
  z.object({ type: z.literal('event'), payload: listenerEvent }),
  /** All three in ms since 1970, UTC; a fraction is allowed. */
  z.object({ type: z.literal('ntp_response'), t1: z.number(), t2: z.number(), t3: z.number() }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
]);

export type ListenerConfig = z.infer<typeof listenerConfig>;
export type ListenerMessage = z.infer<typeof listenerMessage>;
export type StreamConfig = z.infer<typeof streamConfig>;
export type ListenerEvent = z.infer<typeof listenerEvent>;
/** What the server says. */
export type ListeningMessage = z.infer<typeof listeningMessage>;

/** "Going away", RFC 6455 §7.4.1: the server shuts down. */
export const CLOSE_SHUTDOWN = 1001;
/** RFC 6455 §7.4.2 leaves 4000 to 4999 to applications. */
export const CLOSE_TOO_MANY_LISTENERS = 4429;
export const CLOSE_KICKED = 4403;
/** After `config_changed`, for who has not connected again by then. */
export const CLOSE_SESSION_ENDED = 4410;
