// NTP time as RTCP uses it (RFC 3550 §4 and §6.4.1): 64 bits, their middle 32, and round trips.
//
//   |      seconds since 1900       |  fraction (1/2^32 s)          |
//   |               |     the middle 32 bits: 1/65536 s             |

/** From 1900-01-01 to 1970-01-01. */
const UNIX_EPOCH_SECONDS = 2_208_988_800;
const MIDDLE_UNITS_PER_SECOND = 65_536;
const WORD_RANGE = 2 ** 32;

/** Both clocks count whole milliseconds, so a short trip can come out this much below zero. */
const CLOCK_STEP_MS = 2;
/** Nobody watches live at this; the peer's numbers are wrong. */
const MAX_ROUND_TRIP_MS = 60_000;

interface NtpTime {
  /** Wraps in February 2036. */
  readonly seconds: number;
  readonly fraction: number;
}

export function ntpTime(unixMs: number): NtpTime {
  const whole = Math.floor(unixMs / 1_000);
  return {
    seconds: (whole + UNIX_EPOCH_SECONDS) % WORD_RANGE,
    fraction: Math.floor(((unixMs - whole * 1_000) / 1_000) * WORD_RANGE),
  };
}

/** Wraps after 18 hours: good for differences only. */
export function ntpMiddle(time: NtpTime): number {
  return ((time.seconds << 16) | (time.fraction >>> 16)) >>> 0;
}

/** A span in 1/65536 s; one that does not fit (18 hours) reads as the longest. */
export function ntpUnits(spanMs: number): number {
  const units = Math.round((spanMs / 1_000) * MIDDLE_UNITS_PER_SECOND);
  return Math.min(Math.max(units, 0), WORD_RANGE - 1);
}

/** How far the middle `to` is ahead of `from`: ± 9 hours. */
function middleDistanceMs(from: number, to: number): number {
  return (((to - from) | 0) / MIDDLE_UNITS_PER_SECOND) * 1_000;
}

/** The round trip that a report block tells, or undefined if it can't (RFC 3550 §6.4.1, figure 2). */
export function roundTripMs(block: {
  readonly arrivedNtpMiddle: number;
  readonly lastSr: number;
  readonly delaySinceLastSr: number;
}): number | undefined {
  if (block.lastSr === 0) return undefined;
  const sentOrHeld = (block.lastSr + block.delaySinceLastSr) >>> 0;
  const tripMs = middleDistanceMs(sentOrHeld, block.arrivedNtpMiddle);
  if (tripMs < -CLOCK_STEP_MS || tripMs > MAX_ROUND_TRIP_MS) return undefined;
  return Math.max(tripMs, 0);
}
