/** The `q`-quantile of values by linear interpolation; NaN sorts lowest. `-Inf` below 0, `+Inf` above 1. */
export function quantileOf(q: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...values].sort(ascending);
  const rank = q * (sorted.length - 1);
  const lower = sorted[Math.max(0, Math.floor(rank))] ?? Number.NaN;
  const upper = sorted[Math.min(sorted.length - 1, Math.floor(rank) + 1)] ?? Number.NaN;
  const weight = rank - Math.floor(rank);
  return lower * (1 - weight) + upper * weight;
}

/** Ascending, NaN first. */
export function ascending(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a - b || (a < b ? -1 : a > b ? 1 : 0);
}
