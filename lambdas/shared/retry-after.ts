/** More than a day is no pause but a mistake. */
const LONGEST_MS = 86_400_000;

/**
 * `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
 * @returns undefined when it is neither
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_MS) : undefined;
}
