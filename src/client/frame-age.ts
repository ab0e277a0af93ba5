// How old the picture on screen is, from what the browser knows; null where it knows nothing.

/** From 1900-01-01 (NTP, RFC 5905 §6) to 1970-01-01. */
const NTP_TO_UNIX_MS = 2_208_988_800_000;

/** Between the two epochs' idea of the years 2000 to 2060: larger values count from 1900. */
const NTP_FROM_MS = 3_000_000_000_000;

/** Estimates of two clocks may cross by a little; a picture from further in the future is an error. */
const CLOCK_ERROR_MS = 100;

/** An older picture means a sender whose clock is wrong: live media is not a minute late. */
const OLDEST_MS = 60_000;

interface FrameClocks {
  /** Of the frame on screen, from `requestVideoFrameCallback`, on the `nowMs` scale. */
  readonly captureTimeMs: number | null;
  readonly nowMs: number;
  /** From the statistics: the sender's clock, Unix or NTP epoch. */
  readonly playoutTimestampMs: number | null;
  readonly wallMs: number;
  /** Server's clock minus ours, or null while unknown. */
  readonly serverOffsetMs: number | null;
}

export function frameAgeMs(clocks: FrameClocks): number | null {
  if (clocks.captureTimeMs !== null) {
    const ageMs = clocks.nowMs - clocks.captureTimeMs;
    if (ageMs >= -CLOCK_ERROR_MS) return Math.max(0, ageMs);
  }
  if (clocks.playoutTimestampMs === null || clocks.serverOffsetMs === null) return null;
  const capturedMs = unixMs(clocks.playoutTimestampMs);
  const ageMs = clocks.wallMs + clocks.serverOffsetMs - capturedMs;
  return ageMs >= -CLOCK_ERROR_MS && ageMs <= OLDEST_MS ? Math.max(0, ageMs) : null;
}

function unixMs(timestampMs: number): number {
  return timestampMs >= NTP_FROM_MS ? timestampMs - NTP_TO_UNIX_MS : timestampMs;
}
