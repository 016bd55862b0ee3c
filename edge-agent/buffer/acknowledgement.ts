import type { Acknowledgement } from './record.ts';

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && isCount(value[0]) && isCount(value[1]) && value[0] <= value[1];
}

/**
 * Reads `{"boot": "...", "ranges": [[1, 3], [5, 5]]}`. Undefined when it is anything else: an acknowledgement that
 * cannot be understood acknowledges nothing.
 */
export function parseAcknowledgement(payload: Uint8Array): Acknowledgement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { boot, ranges } = value as Record<string, unknown>;
  if (typeof boot !== 'string' || !Array.isArray(ranges) || !ranges.every(isRange)) return undefined;
  return { boot, ranges };
}
