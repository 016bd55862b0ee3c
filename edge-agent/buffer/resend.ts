import type { BufferedMessage } from './disk-buffer.ts';

export interface ResendPolicy {
  /** A sent message that was not acknowledged for this long is sent again; longer than the store takes to answer. */
  readonly afterMs: number;
  /** Each further time waits twice as long, up to this. */
  readonly maxMs: number;
}

/** The store acknowledges about once a minute: two and a half of them are a loss, not a delay. */
export const DEFAULT_RESEND: ResendPolicy = { afterMs: 150_000, maxMs: 900_000 };

interface Attempt {
  readonly times: number;
  readonly dueMs: number;
}

const keyOf = ({ boot, seq }: { boot: string; seq: number }): string => `${boot}/${seq}`;

/**
 * When each waiting message is sent again. Messages of an earlier run and those that could not be sent are due at
 * once; being sent is no reason to forget one, only the store's acknowledgement is.
 */
export class ResendSchedule {
  private readonly attempts = new Map<string, Attempt>();
  private readonly policy: ResendPolicy;

  constructor(policy: ResendPolicy = DEFAULT_RESEND) {
    this.policy = policy;
  }

  /** The message was handed to the next hop at `nowMs`. */
  sent(message: { boot: string; seq: number }, nowMs: number): void {
    const times = (this.attempts.get(keyOf(message))?.times ?? 0) + 1;
    const waitMs = Math.min(this.policy.maxMs, this.policy.afterMs * 2 ** (times - 1));
    this.attempts.set(keyOf(message), { times, dueMs: nowMs + waitMs });
  }

  /** Whether it was ever sent: a first sending asks for no acknowledgement of its own, a further one does. */
  wasSent(message: { boot: string; seq: number }): boolean {
    return this.attempts.has(keyOf(message));
  }

  forget(message: { boot: string; seq: number }): void {
    this.attempts.delete(keyOf(message));
  }

  /** At most `limit` of `waiting` that are due, in their order (oldest first). */
  due(waiting: readonly BufferedMessage[], nowMs: number, limit: number): BufferedMessage[] {
    const due: BufferedMessage[] = [];
    for (const message of waiting) {
      if (due.length >= limit) break;
      if ((this.attempts.get(keyOf(message))?.dueMs ?? 0) <= nowMs) due.push(message);
    }
    return due;
  }
}
