// How long an Opus packet lasts, from its first bytes (RFC 6716 §3.1).
//
//   TOC byte:  +-+-+-+-+-+-+-+-+    c = 0: one frame, 1 and 2: two,
//              | config  |s| c |    c = 3: the next byte holds the number: |v|p|  count  |
//              +-+-+-+-+-+-+-+-+

import { InputError } from '#std/errors.ts';

/** 120 ms (RFC 6716 §3.2.5), in ticks of 48 kHz. */
const MAX_PACKET_TICKS = 5760;
const FRAME_COUNT_MASK = 0x3f;
const CODE_ARBITRARY_COUNT = 3;

/** Table 2: ticks of 48 kHz per frame for each of a mode's configurations. */
const SILK_FRAME_TICKS = [480, 960, 1920, 2880];
const HYBRID_FRAME_TICKS = [480, 960];
const CELT_FRAME_TICKS = [120, 240, 480, 960];
const FIRST_HYBRID_CONFIG = 12;
const FIRST_CELT_CONFIG = 16;

export function opusPacketDurationTicks(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) throw invalid('it is empty');
  const ticks = frameTicks(toc >>> 3) * frameCount(packet, toc & 3);
  if (ticks === 0 || ticks > MAX_PACKET_TICKS) {
    throw invalid(`it would last ${ticks / 48} ms, and the limit is 120 ms`);
  }
  return ticks;
}

function frameTicks(config: number): number {
  if (config >= FIRST_CELT_CONFIG) return CELT_FRAME_TICKS[config % 4] ?? 0;
  if (config >= FIRST_HYBRID_CONFIG) return HYBRID_FRAME_TICKS[config % 2] ?? 0;
  return SILK_FRAME_TICKS[config % 4] ?? 0;
}

function frameCount(packet: Uint8Array, code: number): number {
  if (code !== CODE_ARBITRARY_COUNT) return code === 0 ? 1 : 2;
  const count = packet[1];
  if (count === undefined) throw invalid('its frame count is missing');
  return count & FRAME_COUNT_MASK;
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the Opus packet: ${reason}.`, { code: 'invalid_opus' });
}
