// Which tracks go into MP4 as they are, for a player that says which codecs it can decode.

import type { TrackFormat } from '#core/streams/track-format.ts';
import { samplesOf } from '#media/aac/depacketizer.ts';
import { InputError } from '#std/errors.ts';

/** What a player may say that it decodes. */
type CarriedCodec = 'H264' | 'H265' | 'AAC' | 'opus';

/** What is not carried, such as G.711, is converted. */
export function isCarried(format: TrackFormat, codecs: readonly CarriedCodec[]): boolean {
  if (!codecs.some((codec) => codec === format.codec)) return false;
  return format.codec !== 'AAC' || isReadable(format);
}

/** A configuration that makes no sense to us would make none to a browser. */
function isReadable(format: { readonly config: Uint8Array; readonly clockRate: number }): boolean {
  try {
    return samplesOf(format) > 0;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
