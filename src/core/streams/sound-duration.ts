// How long a packet of sound lasts, so that its timestamps can be counted.

import { payloadEnd } from '#media/rtp/header.ts';
import type { TrackFormat } from './track-format.ts';

/** Of one Opus frame by the configuration in its first byte, in ticks of 48 kHz (RFC 6716 §3.1). */
const SILK_TICKS = [480, 960, 1920, 2880] as const;
const HYBRID_TICKS = [480, 960] as const;
const CELT_TICKS = [120, 240, 480, 960] as const;
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;
const L16_BYTES = 2;

/** In ticks of the track's clock; 0 where a packet does not say it simply. Never throws. */
export function soundDurationTicks(format: TrackFormat, packet: Uint8Array, start: number): number {
  if (format.kind === 'video') return 0;
  const bytes = payloadEnd(packet) - start;
  switch (format.codec) {
    case 'opus':
      return opusTicks(packet, start);
    case 'PCMU':
    case 'PCMA':
      return Math.floor(bytes / format.channels);
    // Two samples a byte, and a clock of half the sampling rate (RFC 3551 §4.5.2).
    case 'G722':
      return bytes;
    case 'L16':
      return Math.floor(bytes / L16_BYTES / format.channels);
    default:
      return 0;
  }
}

function opusTicks(packet: Uint8Array, start: number): number {
  const first = packet[start] ?? 0;
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[start + 1] ?? 0) & 0x3f;
  return frames * opusFrameTicks(first >> 3);
}

function opusFrameTicks(configuration: number): number {
  if (configuration < FIRST_HYBRID) return SILK_TICKS[configuration & 3] ?? 0;
  if (configuration < FIRST_CELT) return HYBRID_TICKS[configuration & 1] ?? 0;
  return CELT_TICKS[configuration & 3] ?? 0;
}
