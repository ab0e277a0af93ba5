// A clip made ready to send to many: each frame as interleaved RTP packets behind one another, whose
// numbers are written over in a copy.

import { RTP_HEADER_BYTES, writeRtpHeader, writeWord } from '#media/rtp/header.ts';
import type { ClipFrame, TrackClip } from './clip.ts';
import { payloadTypeOf } from './description.ts';
import { formatPayloads } from './payloads.ts';
import { formatFrame } from './wire.ts';

interface PreparedFrame {
  readonly dueMs: number;
  readonly ticks: number;
  readonly bytes: Buffer;
  /** Where each `$` stands in `bytes`. */
  readonly starts: readonly number[];
}

export interface PreparedTrack {
  readonly clockRate: number;
  readonly durationMs: number;
  readonly frames: readonly PreparedFrame[];
}

interface FrameNumbers {
  readonly channel: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Written over the end of every packet that has room for it: when it was sent. */
  readonly stamp?: Uint8Array | undefined;
}

const MAX_PAYLOAD_BYTES = 1400;
const RTP_START = 4;
/** Smaller packets are parameter sets, which must stay as they are. */
const MIN_STAMPED_BYTES = 200;

export function prepareTrack(
  track: TrackClip,
  index: number,
  maxPayloadBytes = MAX_PAYLOAD_BYTES,
): PreparedTrack {
  const { clockRate, durationMs } = track;
  const payloadType = payloadTypeOf(track, index);
  const limits = { payloadType, maxPayloadBytes };
  const frames = track.frames.map((frame) => prepareFrame(track, frame, limits));
  return { clockRate, durationMs, frames };
}

/** A copy of the frame with these numbers, the sequence number being the first packet's. */
export function copyFrame({ bytes, starts }: PreparedFrame, numbers: FrameNumbers): Buffer {
  const copy = Buffer.allocUnsafe(bytes.length);
  copy.set(bytes);
  for (const [at, start] of starts.entries()) {
    copy[start + 1] = numbers.channel;
    const sequence = (numbers.sequence + at) & 0xffff;
    copy[start + RTP_START + 2] = sequence >>> 8;
    copy[start + RTP_START + 3] = sequence;
    writeWord(copy, start + RTP_START + 4, numbers.timestamp);
    writeWord(copy, start + RTP_START + 8, numbers.ssrc);
    const end = starts[at + 1] ?? copy.length;
    if (numbers.stamp && end - start >= MIN_STAMPED_BYTES) {
      copy.set(numbers.stamp, end - numbers.stamp.length);
    }
  }
  return copy;
}

function prepareFrame(
  track: TrackClip,
  frame: ClipFrame,
  { payloadType, maxPayloadBytes }: { payloadType: number; maxPayloadBytes: number },
): PreparedFrame {
  const limits = { packing: 'fragments', maxPayloadBytes } as const;
  const payloads =
    track.kind === 'video' ? formatPayloads(track.encoding, frame.units, limits) : frame.units;
  const parts = payloads.map((payload, at) => {
    const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
    const marker = at === payloads.length - 1 && track.kind === 'video';
    writeRtpHeader(packet, { marker, payloadType, sequence: 0, timestamp: 0, ssrc: 0 });
    packet.set(payload, RTP_HEADER_BYTES);
    return formatFrame(0, packet);
  });
  let at = 0;
  const starts = parts.map((part) => {
    at += part.length;
    return at - part.length;
  });
  return { dueMs: frame.dueMs, ticks: frame.ticks, bytes: Buffer.concat(parts), starts };
}
