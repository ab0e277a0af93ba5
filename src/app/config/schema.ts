// Every key of the configuration file with its default and its limits, as written in YAML.

import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { consoleDevice } from '#contract/console.ts';
import { MAX_STREAMS, streamSettings } from '#contract/stream-settings.ts';
import { streamId } from '#contract/streams.ts';
import { createCameraAddressRule } from '#core/access/camera-addresses.ts';
import { readSettings } from '#core/settings/read-settings.ts';

/** Each extra host is a candidate that every viewer tries, so a long list slows every start. */
const MAX_HOSTS = 16;
/** Browsers warn from five on: each one is asked by every viewer. */
const MAX_ICE_SERVERS = 8;
/** More sockets than this one process cannot serve. */
const MAX_PEERS = 100_000;
const MAX_PATH_LENGTH = 1_024;
/** Each one is looked at for each address of each camera that is opened. */
const MAX_RANGES = 64;
/** Shorter ones can be guessed. */
const MIN_SECRET_LENGTH = 16;
const MAX_SECRET_LENGTH = 256;
/** Each conversion of video takes a core or more. */
const MAX_TRANSCODERS = 64;
/** 1 TB. */
const MAX_LOG_SIZE_MB = 1_000_000;
const MAX_LOG_FILES = 10_000;
const MAX_LOG_AGE_DAYS = 3_650;
/** A Wi-Fi access point does not carry more, and the engine is measured with so many. */
const MAX_LISTENERS = 200;

function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

function text(maxLength: number) {
  const error = `must be text of 1 to ${maxLength} characters (numbers in quotes)`;
  return z.string({ error }).min(1, { error }).max(maxLength, { error });
}

function oneOf<const Words extends readonly string[]>(...words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

const port = wholeNumber(0, 65_535);
const yesOrNo = z.boolean({ error: 'must be true or false' });

const HOST = 'must be an IP address or a host name, without a port';
const host = z.string({ error: HOST }).refine(isHost, { error: HOST });

function isHost(value: string): boolean {
  return value.includes(':') ? isIPv6(value) : isIP(value) !== 0 || isHostName(value);
}

/** RFC 1123 §2.1; labels that are all digits would be a mistyped address. */
function isHostName(value: string): boolean {
  const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
  return (
    value.length <= 253 &&
    !/^[0-9.]+$/.test(value) &&
    RegExp(`^${label}(\\.${label})*$`).test(value)
  );
}

const ICE_URL = 'must look like stun:host:port or turn:host:port?transport=udp';
const iceUrl = z
  .string({ error: ICE_URL })
  .regex(
    /^(stun:|turns?:)(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/,
    {
      error: ICE_URL,
    },
  );

const iceServer = z
  .strictObject({
    url: iceUrl,
    username: text(512).optional(),
    credential: text(512).optional(),
  })
  .refine(({ url, username, credential }) => url.startsWith('stun') || (username && credential), {
    error: 'needs username and credential: browsers refuse a TURN server without them',
  });

const stream = streamSettings
  .partial()
  .extend({ source: streamSettings.shape.source })
  .superRefine((given, context) => {
    for (const { key, message } of readSettings(given).problems) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

const RANGE = 'must be an address or a range like 10.0.0.7, 10.0.0.0/8 or fd00::/8';
const addressRange = z.string({ error: RANGE }).refine(isAddressRange, { error: RANGE });

function isAddressRange(text: string): boolean {
  try {
    return Boolean(createCameraAddressRule([text]));
  } catch {
    return false;
  }
}

const DEVICE = 'must be auto, test:, tones:, file:PATH, hw:CARD or the name of a PCM';
/** The file belongs to who runs the server: it may name files, which the API may not. */
const device = z.string({ error: DEVICE }).refine(isDevice, { error: DEVICE });

function isDevice(value: string): boolean {
  return /^file:.{1,1024}$/.test(value) || consoleDevice.safeParse(value).success;
}

const MDNS_NAME = 'must be a host name without .local: letters, digits and -, at most 63';
const mdnsName = z
  .string({ error: MDNS_NAME })
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, { error: MDNS_NAME });

const SECRET = `must be text of ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} letters, digits and signs, without spaces`;
/** It goes through header lines. */
const adminSecret = z
  .string({ error: SECRET })
  .regex(/^[\x21-\x7e]*$/, { error: SECRET })
  .min(MIN_SECRET_LENGTH, { error: SECRET })
  .max(MAX_SECRET_LENGTH, { error: SECRET });

const filePath = text(MAX_PATH_LENGTH).refine((path) => !/[/\\]$/.test(path), {
  error: 'must name a file, not a folder',
});

export const configSchema = z
  .strictObject({
    server: z
      .strictObject({
        host: host.default('0.0.0.0'),
        http_port: port.default(8080),
        production: yesOrNo.default(false),
      })
      .prefault({}),
    metrics: z.strictObject({ port: port.nullable().default(null) }).prefault({}),
    webrtc: z
      .strictObject({
        host: host.default('0.0.0.0'),
        port: port.default(8189),
        tcp: yesOrNo.default(true),
        hosts: z
          .array(host)
          .max(MAX_HOSTS, { error: `must have at most ${MAX_HOSTS} entries` })
          .default([]),
        ice_servers: z
          .array(iceServer)
          .max(MAX_ICE_SERVERS, { error: `must have at most ${MAX_ICE_SERVERS} entries` })
          .default([]),
        max_peers: wholeNumber(1, MAX_PEERS).default(1_000),
      })
      .prefault({}),
    rtsp: z
      .strictObject({
        host: host.default('0.0.0.0'),
        port: port.nullable().default(8554),
        rtp_port: port.default(0),
      })
      .prefault({}),
    console: z
      .strictObject({
        enabled: yesOrNo.default(true),
        device: device.nullable().default(null),
        arecord: text(MAX_PATH_LENGTH).default('arecord'),
        rtp_port: port.default(5002),
        max_listeners: wholeNumber(1, MAX_LISTENERS).default(20),
        mdns_name: mdnsName.nullable().default('m32-server'),
      })
      .prefault({}),
    cameras: z
      .strictObject({
        allow: z
          .array(addressRange)
          .max(MAX_RANGES, { error: `must have at most ${MAX_RANGES} entries` })
          .default([]),
      })
      .prefault({}),
    streams: z
      .record(streamId, stream)
      .refine((streams) => Object.keys(streams).length <= MAX_STREAMS, {
        error: `must have at most ${MAX_STREAMS} entries`,
      })
      .default({}),
    transcoding: z
      .strictObject({
        ffmpeg: text(MAX_PATH_LENGTH).default('ffmpeg'),
        max: wholeNumber(0, MAX_TRANSCODERS).default(2),
      })
      .prefault({}),
    access: z
      .strictObject({
        read: oneOf('open', 'admin').default('open'),
        publish: oneOf('admin', 'open').default('admin'),
        admin_secret: adminSecret.nullable().default(null),
      })
      .prefault({}),
    data: z.strictObject({ path: filePath.default('data/yeoul.db') }).prefault({}),
    logging: z
      .strictObject({
        level: oneOf('debug', 'info', 'warn', 'error').default('info'),
        output: oneOf('console', 'file', 'both').default('console'),
        file_path: filePath.default('logs/yeoul.log'),
        max_size: wholeNumber(1, MAX_LOG_SIZE_MB).default(500),
        max_backups: wholeNumber(0, MAX_LOG_FILES).default(15),
        max_age: wholeNumber(0, MAX_LOG_AGE_DAYS).default(15),
      })
      .prefault({}),
  })
  .superRefine(({ server, metrics, webrtc, rtsp, console }, context) => {
    const tcp: Listener[] = [
      [['server', 'http_port'], server.http_port],
      [['metrics', 'port'], metrics.port],
      [['webrtc', 'port'], webrtc.tcp ? webrtc.port : null],
      [['rtsp', 'port'], rtsp.port],
    ];
    const udp: Listener[] = [
      [['webrtc', 'port'], webrtc.port],
      [['rtsp', 'rtp_port'], rtsp.rtp_port],
      [['console', 'rtp_port'], console.enabled ? console.rtp_port : null],
    ];
    for (const { path, other } of [...findCollisions(tcp), ...findCollisions(udp)]) {
      const message = `must not be the same as ${other.join('.')}`;
      context.addIssue({ code: 'custom', path, message, params: { complete: true } });
    }
  });

type Listener = [path: string[], port: number | null];

/** Each port that an earlier one has already. */
function findCollisions(listeners: readonly Listener[]): { path: string[]; other: string[] }[] {
  return listeners.flatMap(([path, port], at) => {
    const other = listeners.slice(0, at).find((each) => isSamePort(each[1], port));
    return other ? [{ path, other: other[0] }] : [];
  });
}

/** 0 asks for any free port, so two of them do not collide. */
function isSamePort(one: number | null, other: number | null): boolean {
  return one !== null && one !== 0 && one === other;
}

export type ConfigValues = z.output<typeof configSchema>;
