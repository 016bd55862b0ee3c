import { AwsError } from './service.ts';

export interface Fault {
  /** Error name the client sees, such as `ThrottlingException`. */
  readonly error: string;
  /** HTTP status; 400 unless given. A client decides by it whether to retry on its own. */
  readonly status?: number;
  readonly message?: string;
  /** How many of the next requests fail so; 1 unless given. */
  readonly times?: number;
}

/** Errors that a test orders for the next requests: `faults.next('timestream', 'WriteRecords', {error: 'ThrottlingException', times: 3})`. */
export class Faults {
  readonly #ordered = new Map<string, { fault: Fault; left: number }[]>();

  /** Orders are served in the order given, after those already waiting for the same operation. */
  next(signingName: string, operation: string, fault: Fault): void {
    const key = `${signingName}:${operation}`;
    const waiting = this.#ordered.get(key) ?? [];
    waiting.push({ fault, left: fault.times ?? 1 });
    this.#ordered.set(key, waiting);
  }

  /** The error that this request must be answered with, if any. */
  take(signingName: string, operation: string): AwsError | undefined {
    const waiting = this.#ordered.get(`${signingName}:${operation}`);
    const first = waiting?.[0];
    if (!waiting || !first) return undefined;
    first.left -= 1;
    if (first.left <= 0) waiting.shift();
    const { error, status, message } = first.fault;
    return new AwsError(error, message ?? `${operation} fails with ${error}, as a test ordered.`, status);
  }

  clear(): void {
    this.#ordered.clear();
  }
}
