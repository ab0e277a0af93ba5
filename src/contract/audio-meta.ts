// `/audio-meta`, `/request-audio`, `/jitter-thresholds` and `/qos-metrics` (PRODUCT 2.6).

import { z } from 'zod';
import {
  channelId,
  compression,
  layout,
  packetTimeMs,
  rtpStreamView,
  sampleRate,
} from './sound.ts';

const MAX_ID_CHARACTERS = 64;
/** A year: far above any delay that is still live, and finite. */
const MAX_COUNT = 2 ** 40;
const MAX_THRESHOLD_MS = 10_000;

export const clientId = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, { error: 'an id has letters, digits, - and _' })
  .max(MAX_ID_CHARACTERS);

const networkView = z.object({
  packet_loss_rate: z.number().nullable().describe('In per cent.'),
  jitter_ms: z.number().nullable(),
  latency_ms: z.number().nullable(),
});

export const audioMeta = z
  .object({
    sample_rate: sampleRate.describe('The most that a listener gets.'),
    codec: compression,
    layout,
    packet_time_ms: packetTimeMs,
    bitrate: z.int().nullable(),
    clock_rate: z.int(),
    channels: z.array(
      z.object({
        id: channelId,
        name: z.string(),
        order: z.int(),
        attributes: z.object({
          color: z.string().nullable(),
          /** What the channel is fed by on the console, where that was imported. */
          source: z.string().nullable(),
        }),
      }),
    ),
    streams: z.array(rtpStreamView).describe('Of this listener; without `client_id`, as a rule.'),
    server: z.object({
      state: z.enum(['idle', 'opening', 'live', 'failed']),
      reason: z.string().nullable(),
      test_mode: z.boolean(),
      listeners: z.int(),
      max_listeners: z.int(),
      uptime_seconds: z.number(),
      version: z.string(),
    }),
    network: networkView.describe('Of this listener, or the medians of all.'),
  })
  .meta({ id: 'AudioMeta' });

const PORT = 'must be a UDP port from 1024 to 65535';
export const requestAudioQuery = z.object({
  udp_port: z.coerce
    .number({ error: PORT })
    .int({ error: PORT })
    .min(1024, { error: PORT })
    .max(65_535, {
      error: PORT,
    }),
  client_id: clientId.optional(),
});

export const requestAudioAnswer = z.object({
  status: z.literal('ok'),
  client_id: clientId,
  udp_port: z.int(),
});

const threshold = z.number().min(0).max(MAX_THRESHOLD_MS);
export const jitterThresholds = z
  .strictObject({ interpolate: threshold, drop: threshold })
  .refine(({ interpolate, drop }) => interpolate <= drop, {
    error: 'must not be above drop',
    path: ['interpolate'],
  })
  .meta({ id: 'JitterThresholds' });

const figure = z.number().min(0).max(MAX_COUNT);
export const qosReport = z.object({
  client_id: clientId,
  timestamp: z.string().max(40),
  metrics: z.object({
    packets_received: figure,
    packets_expected: figure,
    packet_loss_rate: figure.describe(
      'In per cent. With expected packets, the server computes it.',
    ),
    jitter_ms: figure,
    latency_ms: figure,
    bandwidth_mbps: figure,
    latency_p95_ms: figure.optional(),
    concealed: figure.optional(),
    dropped: figure.optional(),
    buffer_ms: figure.optional(),
  }),
});

export const qosAnswer = z.object({
  status: z.literal('ok'),
  server_metrics: z.object({
    total_clients: z.int(),
    total_packets_sent: z.int(),
    server_cpu_usage: z.number().describe('In per cent of one core.'),
    server_memory_usage: z.number().describe('In MB.'),
  }),
});

export type AudioMeta = z.infer<typeof audioMeta>;
export type RequestAudioAnswer = z.infer<typeof requestAudioAnswer>;
export type JitterThresholds = z.infer<typeof jitterThresholds>;
export type QosReport = z.infer<typeof qosReport>;
export type QosMetrics = QosReport['metrics'];
export type ServerMetrics = z.infer<typeof qosAnswer>['server_metrics'];
