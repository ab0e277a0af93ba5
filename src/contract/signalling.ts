// What is said over `WS /ws/{streamId}`: JSON messages tagged by `type`, parsed once at the rim.

import { z } from 'zod';
import { profileName, streamState, viewerList } from './streams.ts';

/** A browser's offer with every codec and extension is 8 to 30 KiB; the whole message fits in 64. */
const MAX_SDP_CHARACTERS = 60 * 1024;
const MAX_SECRET_CHARACTERS = 512;
const MAX_MID_CHARACTERS = 64;
/** Far above any screen. */
const MAX_HEIGHT_PIXELS = 16_384;

const ping = z.object({ type: z.literal('ping') });
const pong = z.object({ type: z.literal('pong') });
const candidate = z.object({
  type: z.literal('candidate'),
  /** As browsers give it; empty: there are no more. One line, since it becomes one of SDP. */
  candidate: z.string().regex(/^((a=)?candidate:[\x20-\x7e]{1,1000})?$/, {
    error: 'must be one line that begins with candidate:, or empty',
  }),
  sdpMid: z.string().max(MAX_MID_CHARACTERS).nullish(),
});

export const clientMessage = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('auth'), secret: z.string().min(1).max(MAX_SECRET_CHARACTERS) }),
    z.object({ type: z.literal('offer'), sdp: z.string().min(1).max(MAX_SDP_CHARACTERS) }),
    candidate,
    z.object({
      type: z.literal('quality'),
      mode: z.enum(['auto', 'main', 'sub']),
      heightPixels: z.int().min(1).max(MAX_HEIGHT_PIXELS).optional(),
    }),
    z.object({
      type: z.literal('mse'),
      codecs: z
        .array(z.enum(['H264', 'H265', 'AAC', 'opus']))
        .min(1)
        .max(4),
    }),
    z.object({ type: z.literal('leave') }),
    ping,
    pong,
  ],
  { error: 'must be auth, offer, candidate, quality, mse, leave, ping or pong' },
);

export const serverMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('answer'),
    /** Holds all of the server's candidates. */
    sdp: z.string(),
    /** Of the picture, if there is one: `H264`. */
    codec: z.string().nullable(),
    viewer: z.string(),
    iceServers: z.array(
      z.object({
        urls: z.string(),
        username: z.string().optional(),
        credential: z.string().optional(),
      }),
    ),
  }),
  candidate,
  z.object({
    type: z.literal('mse'),
    /** For `MediaSource.isTypeSupported` and `addSourceBuffer`; binary messages follow. */
    mime: z.string(),
    viewer: z.string(),
  }),
  z.object({
    type: z.literal('stats'),
    viewer: viewerList.shape.viewers.element,
    /** When the medium at time 0 was captured, in ms since 1970: MSE only. */
    mediaStartMs: z.number().nullable(),
    /** Frames that this socket had no room for: MSE only. */
    droppedFrames: z.int(),
  }),
  z.discriminatedUnion('event', [
    z.object({
      type: z.literal('event'),
      event: z.literal('stream'),
      state: streamState,
      reason: z.string().nullable(),
      nextAttemptAt: z.iso.datetime().nullable(),
    }),
    z.object({
      type: z.literal('event'),
      event: z.literal('profile'),
      profile: profileName,
      why: z.string(),
    }),
    z.object({ type: z.literal('event'), event: z.literal('ended'), reason: z.string() }),
  ]),
  z.object({
    type: z.literal('error'),
    /** As of the HTTP API's problems. */
    code: z.string(),
    message: z.string(),
  }),
  ping,
  pong,
]);

export type ClientMessage = z.infer<typeof clientMessage>;
export type ServerMessage = z.infer<typeof serverMessage>;
