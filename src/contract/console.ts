// The console as its admin sees and sets it: `/api/v1/console` and what lies below.

import { z } from 'zod';
import { clientId, jitterThresholds } from './audio-meta.ts';
import { MAX_TEXT_CHARACTERS } from './listening.ts';
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

/** The console's own colours; `i`: inverted. */
export const CHANNEL_COLORS = [
  'off',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
] as const;

/**
 * Only names of cards and of PCMs: an ALSA name with arguments can open files and start programs.
 * What plays a file can be set in the configuration file only.
 */
const DEVICE = 'must be auto, test:, tones:, hw:CARD, hw:CARD,DEVICE or the name of a PCM';
export const consoleDevice = z
  .string({ error: DEVICE })
  .max(64, { error: DEVICE })
  .regex(/^(auto|test:|tones:|(plug)?hw:[A-Za-z0-9_]+(,\d{1,3}){0,2}|[A-Za-z][A-Za-z0-9_.-]*)$/, {
    error: DEVICE,
  });

const DSCP = 'must be a whole number from 0 to 63';
const limitMs = z.number().min(1).max(10_000);
const seconds = z.number().min(1).max(3_600);

export const consoleSettings = z
  .strictObject({
    device: consoleDevice.describe(
      '`auto`: the console’s card, or the test console if there is none.',
    ),
    sample_rate: sampleRate.describe(
      'The most that listeners get; the server lowers it by itself.',
    ),
    codec: compression.describe('For listeners that ask for none.'),
    layout: layout.describe('For listeners that ask for none.'),
    packet_time_ms: packetTimeMs,
    bitrate: z.int().min(16_000).max(256_000).describe('Of each channel with Opus, in bit/s.'),
    test_mode: z.boolean(),
    dscp: z.int({ error: DSCP }).min(0, { error: DSCP }).max(63, { error: DSCP }),
    adaptive: z
      .boolean()
      .describe('Whether the server lowers packet rate, bitrate and sample rate.'),
    latency_threshold_ms: limitMs,
    step_down_after_s: seconds,
    step_up_after_s: seconds,
    warn_loss_percent: z.number().min(0).max(100),
    warn_jitter_ms: limitMs,
    warn_latency_ms: limitMs,
    jitter_interpolate_ms: jitterThresholds.shape.interpolate,
    jitter_drop_ms: jitterThresholds.shape.drop,
    console_address: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9.:_-]*$/, { error: 'must be an address or a host name' })
      .describe('Of the mixing console, for names and colours; empty: unknown.'),
  })
  .meta({ id: 'ConsoleSettings' });

export const consoleSettingsDefaults: ConsoleSettings = {
  device: 'auto',
  sample_rate: 48_000,
  codec: 'opus',
  layout: 'bundle',
  packet_time_ms: 5,
  bitrate: 64_000,
  test_mode: false,
  dscp: 46,
  adaptive: true,
  latency_threshold_ms: 100,
  step_down_after_s: 10,
  step_up_after_s: 60,
  warn_loss_percent: 1,
  warn_jitter_ms: 5,
  warn_latency_ms: 50,
  jitter_interpolate_ms: 100,
  jitter_drop_ms: 200,
  console_address: '',
};

/** Shown to everybody: nothing in it may break a line, end a text, or turn its direction. */
const SHOWN = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;
const shown = z.string().regex(SHOWN, { error: 'must be text without control characters' });

export const consoleChannel = z
  .strictObject({
    id: channelId,
    name: shown.trim().min(1).max(MAX_CHANNEL_NAME_CHARACTERS),
    color: z.enum(CHANNEL_COLORS).nullable(),
    source: shown.max(64).nullable().describe('What feeds it on the console: `AES50 A 3`.'),
    mapped: z.boolean().describe('Whether it goes out.'),
  })
  .meta({ id: 'ConsoleChannel' });

const ONCE = 'must name each channel once';
/** All of them; the order of those that go out is the order of the list. */
export const consoleChannels = z
  .array(consoleChannel)
  .length(CONSOLE_CHANNELS, { error: `must have all ${CONSOLE_CHANNELS} channels` })
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, { error: ONCE });

/** What is not named stays. */
export const consoleChanges = z.strictObject(consoleSettings.partial().shape);

export const channelList = z.strictObject({ channels: consoleChannels });

const captureView = z
  .object({
    state: z.enum(['idle', 'opening', 'live', 'failed']),
    source: z.string().nullable().describe('What is open: `hw:XUSB`, `tones:`.'),
    reason: z.string().nullable().describe('Why it failed, or what is not as it should be.'),
    sample_rate: z.int().nullable(),
    channels: z.int().nullable(),
    format: z.string().nullable().describe('`S32_LE`'),
    overruns: z.int(),
    lost_frames: z.int(),
    restarts: z.int(),
  })
  .meta({ id: 'Capture' });

const figures = z.object({
  at: z.iso.datetime(),
  loss_percent: z.number(),
  jitter_ms: z.number(),
  latency_ms: z.number(),
  bandwidth_mbps: z.number(),
});

export const listenerView = z
  .object({
    id: z.string(),
    address: z.string(),
    udp_port: z.int().nullable(),
    user_agent: z.string().nullable(),
    since: z.iso.datetime(),
    state: z
      .enum(['waiting', 'listening', 'silent'])
      .describe('`waiting`: no port or no wish yet. `silent`: no heartbeat for 30 s.'),
    compression,
    layout,
    sample_rate: sampleRate,
    packet_time_ms: packetTimeMs,
    bitrate: z.int().nullable(),
    adapted: z.string().nullable().describe('What was lowered for it, and why.'),
    channels: z.array(channelId),
    streams: z.array(rtpStreamView),
    packets: z.int(),
    bytes: z.int(),
    send_errors: z.int(),
    network: figures.nullable().describe('Its last report.'),
    history: z.array(figures),
  })
  .meta({ id: 'Listener' });

export const listenerList = z.object({ listeners: z.array(listenerView) });

export const consoleView = z
  .object({
    settings: consoleSettings,
    max_sample_rate: sampleRate.describe(
      'The admin’s own; that of the settings is below it while the server has lowered it.',
    ),
    device_from_file: z.boolean().describe('The configuration file sets the device.'),
    channels: z.array(consoleChannel),
    capture: captureView,
    listeners: z.array(listenerView.omit({ history: true })),
    max_listeners: z.int(),
    delay: z
      .object({ p50_ms: z.number(), p99_ms: z.number() })
      .nullable()
      .describe('From the console’s converter to the network, in the last second.'),
    rtp_port: z.int(),
    packets_sent: z.int(),
  })
  .meta({ id: 'Console' });

export const importRequest = z.strictObject({
  address: consoleSettings.shape.console_address.min(1, { error: 'must not be empty' }),
});

/** Taken from the console, to be looked at before it is saved. */
export const consoleImport = z
  .object({
    console: z.object({
      name: z.string(),
      model: z.string(),
      firmware: z.string(),
      address: z.string(),
    }),
    channels: z.array(consoleChannel.omit({ mapped: true })),
    findings: z
      .array(z.string())
      .describe('What is set on the console so that it will not work well.'),
  })
  .meta({ id: 'ConsoleImport' });

const captureDevice = z
  .object({ device: z.string(), name: z.string(), is_console: z.boolean() })
  .meta({ id: 'CaptureDevice' });

export const deviceList = z.object({ devices: z.array(captureDevice) });

const joinCode = z
  .object({ url: z.string(), svg: z.string().describe('The QR code of `url`.') })
  .meta({ id: 'JoinCode' });

export const joinCodeList = z.object({ codes: z.array(joinCode) });

export const adminMessage = z.strictObject({
  message: z.string().trim().min(1).max(MAX_TEXT_CHARACTERS),
  client_id: clientId.optional().describe('Of one listener; without it, all are told.'),
});

export type ChannelColor = (typeof CHANNEL_COLORS)[number];
export type ConsoleSettings = z.infer<typeof consoleSettings>;
export type ConsoleChannel = z.infer<typeof consoleChannel>;
export type CaptureView = z.infer<typeof captureView>;
export type ListenerView = z.infer<typeof listenerView>;
export type ListenerFigures = z.infer<typeof figures>;
export type ConsoleView = z.infer<typeof consoleView>;
export type ConsoleImport = z.infer<typeof consoleImport>;
export type CaptureDevice = z.infer<typeof captureDevice>;
export type JoinCode = z.infer<typeof joinCode>;
