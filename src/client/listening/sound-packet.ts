// One RTP packet of a listener's sound, read by what `stream_config` says of its stream (PRODUCT 2.5).

import type { StreamConfig } from '#contract/listening.ts';
import { opusPacketDurationTicks } from '#media/opus/packet.ts';
import {
  payloadEnd,
  payloadStart,
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
} from '#media/rtp/header.ts';
import { readOpusBundle } from '#media/sound/opus-bundle.ts';
import { payloadFormatOf, type SoundCodec } from '#media/sound/payload-types.ts';

const SAMPLE_BYTES = { pcm: 2, pcm24: 3 } as const;

/** One RTP stream as it was agreed on. */
export interface SoundStream {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly codec: SoundCodec;
  /** Its packets name their channels. */
  readonly isBundle: boolean;
  readonly channels: readonly number[];
}

export interface SoundPacket {
  readonly stream: SoundStream;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** How long its sound lasts. */
  readonly ticks: number;
  readonly payload: Uint8Array;
}

/** Undefined for a payload type that is not ours. */
export function describeStream(
  { ssrc, payload_type, channels }: StreamConfig['streams'][number],
  { layout }: Pick<StreamConfig, 'layout'>,
): SoundStream | undefined {
  const codec = payloadFormatOf(payload_type)?.codec;
  if (!codec) return undefined;
  const isBundle = codec === 'opus' && layout === 'bundle';
  return { ssrc, payloadType: payload_type, codec, isBundle, channels };
}

/** Undefined for what is no packet of these streams, or damaged. */
export function readSoundPacket(
  packet: Uint8Array,
  streams: ReadonlyMap<number, SoundStream>,
): SoundPacket | undefined {
  const start = payloadStart(packet);
  const stream = streams.get(readSsrc(packet));
  if (start < 0 || !stream || readPayloadType(packet) !== stream.payloadType) return undefined;
  const payload = packet.subarray(start, payloadEnd(packet));
  const ticks = countTicks(payload, stream);
  if (ticks === 0) return undefined;
  return {
    stream,
    sequence: readSequence(packet),
    timestamp: readTimestamp(packet),
    marker: readMarker(packet),
    ticks,
    payload,
  };
}

/** 0 if it is damaged. */
function countTicks(payload: Uint8Array, { codec, isBundle, channels }: SoundStream): number {
  if (codec !== 'opus') return countFrames(payload, channels.length * SAMPLE_BYTES[codec]);
  if (!isBundle) return frameTicks(payload);
  let ticks = 0;
  const damage = readOpusBundle(payload, (_, frame) => {
    ticks ||= frameTicks(frame);
  });
  return damage ? 0 : ticks;
}

function countFrames(payload: Uint8Array, frameBytes: number): number {
  return payload.length % frameBytes === 0 ? payload.length / frameBytes : 0;
}

function frameTicks(frame: Uint8Array): number {
  try {
    return opusPacketDurationTicks(frame);
  } catch {
    return 0;
  }
}
