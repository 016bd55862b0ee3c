/**
 * Works on items at the same time, `most` of them at once. The first failure stops the others (their signal aborts) and
 * is thrown.
 * @returns the results in the order of the items
 */
export async function together<T, R>(
  outer: AbortSignal,
  items: readonly T[],
  most: number,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const results: R[] = [];
  let next = 0;

  async function worker(): Promise<void> {
    while (next < items.length) {
      signal.throwIfAborted();
      const index = next++;
      results[index] = await work(items[index] as T, index, signal);
    }
  }

  const workers = Array.from({ length: Math.min(most, items.length) }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
  return results;
}
