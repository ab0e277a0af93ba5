// One tick of many channels' Opus frames in as few RTP payloads as carry it (PRODUCT 2.5).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | channel 1..32 |     length in bytes ≥ 1       | Opus frame … |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                    and so on, until the payload ends          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { MAX_PAYLOAD_BYTES } from './packet-plan.ts';

const ENTRY_HEADER_BYTES = 3;
const MAX_CHANNEL = 32;
const MAX_FRAME_BYTES = MAX_PAYLOAD_BYTES - ENTRY_HEADER_BYTES;

/** By channel, so the first place stays empty. Undefined or empty: nothing of it goes out. */
type FramesByChannel = readonly (Uint8Array | undefined)[];

interface OpusBundle {
  readonly payloads: Uint8Array[];
  /** Frames that no payload can hold: left out. */
  readonly oversized: number;
}

/** The frames of these channels, in this order; each payload takes as many as it can hold. */
export function writeOpusBundle(channels: readonly number[], frames: FramesByChannel): OpusBundle {
  const payloads: Uint8Array[] = [];
  let oversized = 0;
  let first = 0;
  let sizeBytes = 0;
  for (let index = 0; index < channels.length; index++) {
    const entryBytes = entrySize(frames[channels[index] ?? 0]);
    if (entryBytes > MAX_PAYLOAD_BYTES) oversized++;
    else if (sizeBytes + entryBytes <= MAX_PAYLOAD_BYTES) sizeBytes += entryBytes;
    else {
      payloads.push(writePayload(channels, frames, { first, sizeBytes }));
      first = index;
      sizeBytes = entryBytes;
    }
  }
  if (sizeBytes > 0) payloads.push(writePayload(channels, frames, { first, sizeBytes }));
  return { payloads, oversized };
}

/** The channels from `first` on, until the payload is full. */
function writePayload(
  channels: readonly number[],
  frames: FramesByChannel,
  { first, sizeBytes }: { first: number; sizeBytes: number },
): Uint8Array {
  const payload = new Uint8Array(sizeBytes);
  let at = 0;
  for (let index = first; at < sizeBytes; index++) {
    const channel = channels[index] ?? 0;
    const frame = frames[channel];
    if (!frame || frame.length === 0 || frame.length > MAX_FRAME_BYTES) continue;
    payload[at] = channel;
    payload[at + 1] = frame.length >>> 8;
    payload[at + 2] = frame.length;
    payload.set(frame, at + ENTRY_HEADER_BYTES);
    at += ENTRY_HEADER_BYTES + frame.length;
  }
  return payload;
}

function entrySize(frame: Uint8Array | undefined): number {
  return frame && frame.length > 0 ? ENTRY_HEADER_BYTES + frame.length : 0;
}

/** Why nothing of a payload was taken. */
type OpusBundleDamage =
  | 'empty'
  | 'cut_off'
  | 'empty_frame'
  | 'unknown_channel'
  | 'repeated_channel';

/**
 * Hands out each channel's frame, a view of the payload; or says what is wrong, and hands out nothing.
 * Bytes that are damaged in one place cannot be trusted in another.
 */
export function readOpusBundle(
  payload: Uint8Array,
  onFrame: (channel: number, frame: Uint8Array) => void,
): OpusBundleDamage | undefined {
  const damage = findDamage(payload);
  if (damage) return damage;
  for (let at = 0; at < payload.length; ) {
    const start = at + ENTRY_HEADER_BYTES;
    const end = start + lengthAt(payload, at);
    onFrame(payload[at] ?? 0, payload.subarray(start, end));
    at = end;
  }
  return undefined;
}

function findDamage(payload: Uint8Array): OpusBundleDamage | undefined {
  if (payload.length === 0) return 'empty';
  let at = 0;
  // At 32 bits for 32 channels this also bounds the number of entries.
  let seen = 0;
  while (at < payload.length) {
    if (at + ENTRY_HEADER_BYTES > payload.length) return 'cut_off';
    const channel = payload[at] ?? 0;
    const length = lengthAt(payload, at);
    const bit = 1 << (channel - 1);
    if (channel < 1 || channel > MAX_CHANNEL) return 'unknown_channel';
    if (seen & bit) return 'repeated_channel';
    if (length === 0) return 'empty_frame';
    seen |= bit;
    at += ENTRY_HEADER_BYTES + length;
  }
  return at === payload.length ? undefined : 'cut_off';
}

/** Of the frame whose entry starts here. */
function lengthAt(payload: Uint8Array, at: number): number {
  return ((payload[at + 1] ?? 0) << 8) | (payload[at + 2] ?? 0);
}
