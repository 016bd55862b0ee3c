import type { Clock } from '../stepfunctions/clock.ts';
import type { StreamRecord } from './stream.ts';

/** An invocation takes 6 MB; a batch is closed before its records, in base64, exceed that. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Records that wait to be handled, given out in batches, oldest first. */
export class BatchQueue {
  readonly #records: StreamRecord[] = [];
  #wake: () => void = () => {};

  get length(): number {
    return this.#records.length;
  }

  push(record: StreamRecord): void {
    this.#records.push(record);
    this.#wake();
  }

  /**
   * Waits for a first record, then at most `windowMs` for more of them.
   * @throws the signal's reason when it aborts first
   */
  async take(size: number, windowMs: number, clock: Clock, signal: AbortSignal): Promise<readonly StreamRecord[]> {
    while (this.#records.length === 0) await this.#arrival(signal);
    if (windowMs > 0 && this.#records.length < size) {
      const elapsed = new AbortController();
      const window = clock.sleep(windowMs, AbortSignal.any([signal, elapsed.signal])).catch(() => {});
      let closed = false;
      void window.then(() => {
        closed = true;
        this.#wake();
      });
      while (!closed && this.#records.length < size) await this.#arrival(signal);
      elapsed.abort();
    }
    let bytes = 0;
    const enough = this.#records.findIndex((record, index) => {
      bytes += record.data.length;
      return index >= size || (index > 0 && bytes > MAX_BATCH_BYTES);
    });
    return this.#records.splice(0, enough < 0 ? this.#records.length : enough);
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
    });
  }
}
