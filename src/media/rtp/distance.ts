// Distances between numbers that wrap: sequence numbers (16 bits) and timestamps (32 bits).
// They are never compared with < or >.

/** How far `to` is ahead of `from`: -32768 to 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** How far `to` is ahead of `from`, in ticks: ± 2^31. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0;
}
