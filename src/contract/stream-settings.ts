// What people set about one stream: the same words in yeoul.yaml, in the API and in the UI.

import { z } from 'zod';

/** Twice the streams of one instance in the tuned stage; more belong on a second instance. */
export const MAX_STREAMS = 4_000;

const MAX_NAME_CHARACTERS = 100;
/** Cameras' longest addresses carry tokens of some hundred characters. */
const MAX_ADDRESS_CHARACTERS = 2_048;
const MAX_CREDENTIAL_CHARACTERS = 256;
const MAX_SECONDS = 3_600;

/** One line: it stands in log lines, and in header lines that go to the camera. */
function text(maxCharacters: number) {
  const error = `must be text of 1 to ${maxCharacters} characters without line breaks (numbers in quotes)`;
  return z
    .string({ error })
    .regex(/^\P{Cc}+$/u, { error })
    .max(maxCharacters, { error });
}

function seconds(from: number) {
  const error = `must be a whole number of seconds from ${from} to ${MAX_SECONDS}`;
  return z.int({ error }).min(from, { error }).max(MAX_SECONDS, { error });
}

function oneOf<const Words extends readonly string[]>(...words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

const ADDRESS = /^[Rr][Tt][Ss][Pp][Ss]?:\/\/[^\s\p{Cc}/]+[^\s\p{Cc}]*$/u;
const CAMERA = 'must be an address like rtsp://host/path or rtsps://host/path, without spaces';
const cameraAddress = z
  .string({ error: CAMERA })
  .max(MAX_ADDRESS_CHARACTERS, { error: CAMERA, abort: true })
  .regex(ADDRESS, { error: CAMERA, abort: true });

const SOURCE = `${CAMERA}, or "publish:", or "test:"`;
const source = z
  .string({ error: SOURCE })
  .max(MAX_ADDRESS_CHARACTERS, { error: SOURCE, abort: true })
  .regex(RegExp(`^(?:test|publish):$|${ADDRESS.source}`, 'u'), { error: SOURCE, abort: true });

/** Without defaults: what is absent stays as it is in a PATCH. */
export const streamSettings = z
  .strictObject({
    source: source.describe(
      '`rtsp://…` or `rtsps://…`: a camera. `publish:`: whoever publishes by WHIP or RTSP. `test:`: the built-in picture.',
    ),
    sub: cameraAddress.nullable().describe("The camera's second, smaller encoding, if it has one."),
    name: text(MAX_NAME_CHARACTERS).nullable().describe('What people see; without it, the id.'),
    username: text(MAX_CREDENTIAL_CHARACTERS).nullable(),
    password: text(MAX_CREDENTIAL_CHARACTERS).nullable().describe('Write-only: never shown again.'),
    transport: oneOf('tcp', 'udp', 'http').describe('How RTP comes from the camera.'),
    open: oneOf('always', 'demand').describe('`demand`: only while somebody watches.'),
    linger: seconds(0).describe(
      'Seconds that a stream on demand stays open after its last viewer.',
    ),
    timeout: seconds(1).describe(
      'Seconds without an answer or a complete frame until it is tried anew.',
    ),
    fingerprint: z
      .string()
      .regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/i, {
        error: 'must be a SHA-256 fingerprint, AB:CD:… (32 bytes)',
      })
      .nullable()
      .describe("SHA-256 of the camera's own certificate, for rtsps:// with a self-signed one."),
    transcode: z
      .boolean({ error: 'must be true or false' })
      .describe('Convert for browsers that cannot play it.'),
    enabled: z.boolean({ error: 'must be true or false' }),
  })
  .meta({ id: 'StreamSettings' });

export type StreamSettings = z.infer<typeof streamSettings>;

export const streamSettingsDefaults = {
  sub: null,
  name: null,
  username: null,
  password: null,
  transport: 'tcp',
  open: 'always',
  linger: 10,
  timeout: 10,
  fingerprint: null,
  transcode: true,
  enabled: true,
} as const satisfies Omit<StreamSettings, 'source'>;
