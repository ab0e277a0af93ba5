// The quantiles of some measurements.

/** The least value that so large a part did not exceed; NaN without any. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN;
}

export function quantilesOf(values: readonly number[]) {
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((part) => quantileOf(values, part));
  return { p50: p50 ?? NaN, p95: p95 ?? NaN, p99: p99 ?? NaN, max: max ?? NaN };
}
