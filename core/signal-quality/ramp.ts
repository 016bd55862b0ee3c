export function clamp01(value: number): number {
  // Not `value < 0`: minus zero must become zero.
  return value <= 0 ? 0 : value > 1 ? 1 : value;
}

/** 1 up to (or from) `good`, 0 beyond `bad`, linear between; `good` may be the larger one. NaN gives 0. */
export function ramp(value: number, good: number, bad: number): number {
  const share = (bad - value) / (bad - good);
  return Number.isNaN(share) ? 0 : clamp01(share);
}
