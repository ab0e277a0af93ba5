// The numbers under which one viewer gets one track.

import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';

/** A viewer's SSRC for retransmissions is its SSRC with this bit turned: the two must differ. */
const RTX_SSRC_BIT = 0x1_00_00;

export interface Lane {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly rtx: { readonly ssrc: number; readonly payloadType: number } | undefined;
}

export function rtxSsrcOf(ssrc: number): number {
  return (ssrc ^ RTX_SSRC_BIT) >>> 0;
}

export function laneFor({ payloadType, rtxPayloadType }: OfferedCodec, ssrc: number): Lane {
  const rtx =
    rtxPayloadType === undefined
      ? undefined
      : { payloadType: rtxPayloadType, ssrc: rtxSsrcOf(ssrc) };
  return { ssrc, payloadType, rtx };
}
