// NAL units into RTP payloads, as cameras do it: FU-A (RFC 6184 §5.8), FU (RFC 7798 §4.4.3), and wrong.

import type { Behaviour } from './behaviour.ts';
import type { VideoEncoding } from './clip.ts';

const H264_FU_A = 28;
const H265_FU = 49;
const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** An interleaved frame's length has 16 bits; the RTP header is in it. */
const MAX_TCP_PAYLOAD_BYTES = 65_000;

export function formatPayloads(
  encoding: VideoEncoding,
  units: readonly Uint8Array[],
  { packing, maxPayloadBytes }: Pick<Behaviour, 'packing' | 'maxPayloadBytes'>,
): Uint8Array[] {
  const maxBytes = packing === 'fragments' ? maxPayloadBytes : MAX_TCP_PAYLOAD_BYTES;
  if (packing === 'annex-b') {
    const [, ...parts] = units.flatMap((unit) => [START_CODE, unit]);
    const joined = Buffer.concat(parts);
    if (joined.length <= maxBytes) return [joined];
  }
  return units.flatMap((unit) =>
    unit.length <= maxBytes ? [unit] : formatFragments(encoding, unit, maxBytes),
  );
}

/** Start bit, end bit and type stand in the last byte of the headers. */
function formatFragments(
  encoding: VideoEncoding,
  unit: Uint8Array,
  maxBytes: number,
): Uint8Array[] {
  const [indicator, type] = encoding === 'H264' ? h264Indicator(unit) : h265Indicator(unit);
  const body = unit.subarray(indicator.length);
  const partBytes = maxBytes - indicator.length - 1;
  const count = Math.ceil(body.length / partBytes);
  return Array.from({ length: count }, (_, index) => {
    const ends = (index === 0 ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
    const part = body.subarray(index * partBytes, (index + 1) * partBytes);
    return Buffer.concat([indicator, Uint8Array.of(ends | type), part]);
  });
}

function h264Indicator(unit: Uint8Array): [Uint8Array, number] {
  return [Uint8Array.of((unit[0]! & 0xe0) | H264_FU_A), unit[0]! & 0x1f];
}

function h265Indicator(unit: Uint8Array): [Uint8Array, number] {
  return [Uint8Array.of((unit[0]! & 0x81) | (H265_FU << 1), unit[1]!), (unit[0]! >> 1) & 0x3f];
}
