// Streams and their viewers as the API shows them (PRODUCT 1.5).

import { z } from 'zod';
import { streamSettings } from './stream-settings.ts';

export const streamId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'an id has letters, digits, - and _, at most 64')
  .describe('Letters, digits, - and _; at most 64.');

export const sessionKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a key has letters, digits, - and _, at most 64')
  .describe(
    'From the `Location` of the answer. Who has it may end the session, so nothing else shows it.',
  );

export const streamState = z
  .enum(['idle', 'connecting', 'live', 'stalled', 'retrying', 'refused', 'disabled'])
  .describe(
    '`idle`: on demand, and nobody watches. `live`: frames arrive. `stalled`: connected, but no complete frame for 5 s. `retrying`: it failed and is tried again. `refused`: it failed in a way that trying again would make worse, as with a wrong password.',
  );

export const profileName = z.enum(['main', 'sub']);

const trackView = z
  .object({
    kind: z.enum(['video', 'audio']),
    codec: z.string().describe('`H264`, `opus`'),
    clockRate: z.int(),
    profile: z.string().nullable().describe('Video: from the parameter sets.'),
    level: z.string().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    channels: z.int().nullable(),
    frameRate: z.number().nullable().describe('Frames in the last second.'),
    gopFrames: z.int().nullable().describe('Frames in the last complete group of pictures.'),
    reorders: z
      .boolean()
      .nullable()
      .describe('Video: whether it has B-frames, which browsers show out of order.'),
    faults: z
      .record(z.string(), z.int())
      .describe('What was wrong with markers and timestamps, and mended: counted by kind.'),
    bitrateKbps: z.number().describe('Over the last second.'),
    packets: z.int(),
    bytes: z.int(),
    frames: z.int(),
    keyFrames: z.int(),
    lostPackets: z.int().describe('Missing between source and server.'),
    droppedPackets: z.int().describe('Not passed on: damaged frames until the next key frame.'),
    malformedPackets: z.int(),
  })
  .meta({ id: 'Track' });

export const profileView = z
  .object({
    name: profileName,
    source: z.string().describe('Without secrets.'),
    state: streamState,
    reason: z.string().nullable().describe('Why it is not live, in words.'),
    stateSince: z.iso.datetime(),
    failures: z.int().describe('In a row.'),
    nextAttemptAt: z.iso.datetime().nullable().describe('While it is retrying.'),
    tracks: z.array(trackView),
    ignored: z
      .array(z.string())
      .describe('What the camera sends besides, and why it is not taken.'),
    warnings: z
      .array(z.string())
      .describe('What viewers will notice, and which setting of the camera would help.'),
  })
  .meta({ id: 'Profile' });

const conversionView = z
  .object({
    from: z.string(),
    to: z.string(),
    state: z.enum(['idle', 'opening', 'converting', 'failed']),
    reason: z.string().nullable(),
    users: z.int(),
    cpuSeconds: z.number().nullable().describe('What it has cost so far.'),
  })
  .meta({ id: 'Conversion' });

const streamOrigin = z
  .object({
    kind: z
      .enum(['file', 'builtin', 'api', 'publisher'])
      .describe('`publisher`: made by whoever publishes, and gone with them.'),
    file: z.string().nullable().describe('The configuration file, where it is from one.'),
    line: z.int().nullable(),
  })
  .describe('Where it was configured. Streams of the file are changed in the file.');

const shownSettings = streamSettings
  .omit({ password: true })
  .extend({ hasPassword: z.boolean().describe('Passwords are never shown.') })
  .meta({ id: 'ShownStreamSettings' });

export const streamView = z
  .object({
    id: streamId,
    name: z.string(),
    origin: streamOrigin,
    settings: shownSettings,
    source: z.string().describe('Of the main profile, without secrets.'),
    state: streamState.describe('Of the main profile.'),
    reason: z.string().nullable().describe('Why it is not live, in words.'),
    stateSince: z.iso.datetime(),
    tracks: z
      .array(trackView)
      .describe('Of the main profile, or of the sub profile while it has none.'),
    profiles: z.array(profileView),
    conversions: z.array(conversionView),
    viewers: z.int(),
  })
  .meta({ id: 'Stream' });

export const streamList = z.object({ streams: z.array(streamView) }).meta({ id: 'StreamList' });

const viewerTrackView = z
  .object({
    kind: z.enum(['video', 'audio']),
    codec: z.string(),
    payloadType: z.int(),
    packets: z.int(),
    bytes: z.int(),
    retransmitted: z.int(),
    nacks: z.int().describe('Packets asked for again.'),
    unanswered: z.int().describe('Asked for again, but no longer at hand or over the limit.'),
    plis: z.int().describe('Key frames asked for.'),
    dropped: z.int().describe('Skipped for this viewer, to the next key frame.'),
    lossRatio: z.number().describe('0 to 1, from the last receiver report.'),
    lostPackets: z.int(),
    jitterMs: z.number(),
  })
  .meta({ id: 'ViewerTrack' });

const viewerView = z
  .object({
    id: z.string(),
    stream: streamId,
    protocol: z.enum(['whep', 'ws', 'rtsp', 'mse']),
    profile: profileName,
    choice: z.string().describe('Why it gets what it gets, in words.'),
    quality: z.enum(['auto', 'main', 'sub']).describe('What it asked for.'),
    state: z.enum(['connecting', 'connected', 'disconnected', 'failed', 'closed']),
    since: z.iso.datetime(),
    remote: z.string().nullable().describe('Address and port the media goes to.'),
    path: z.enum(['udp', 'tcp']).nullable(),
    rttMs: z.number().nullable(),
    estimateKbps: z
      .number()
      .nullable()
      .describe('What its link carries, as the browser estimates it; null where it does not say.'),
    userAgent: z.string().nullable(),
    tracks: z.array(viewerTrackView),
  })
  .meta({ id: 'Viewer' });

export const viewerList = z.object({ viewers: z.array(viewerView) }).meta({ id: 'ViewerList' });

export type ProfileView = z.infer<typeof profileView>;
export type StreamOrigin = z.infer<typeof streamOrigin>;
export type ShownSettings = z.infer<typeof shownSettings>;
export type StreamState = z.infer<typeof streamState>;
export type TrackView = z.infer<typeof trackView>;
export type StreamView = z.infer<typeof streamView>;
export type ViewerTrackView = z.infer<typeof viewerTrackView>;
export type ViewerView = z.infer<typeof viewerView>;
