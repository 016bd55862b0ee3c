/** The quality of one channel of one device while one subject wore it: a cell of the table devices by subjects. */
export interface Cell {
  readonly device: string;
  /** A handle, never a name. */
  readonly subject: string;
  /** Mean quality, 0 to 1. */
  readonly quality: number;
}

/** Median of a list that is not empty. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
