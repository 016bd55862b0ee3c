import type { Answer } from '../../core/notifications/answer.ts';

/** Time, chance and patience, given from outside. */
export interface RetryPorts {
  readonly nowMs: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The first pause is up to so long; each further one up to twice as long. */
const FIRST_PAUSE_MS = 500;
const MAX_TRIES = 3;

/**
 * Tries again while the answer is about the moment: after what the channel asks for in `Retry-After`, else after a pause
 * with full jitter, so that many who failed together do not come back together. A pause after which a whole try would not
 * fit before the deadline is not begun: the state machine and the ledger have more patience than a function.
 * @param isPassing whether trying again may help
 * @param tryMs how long a try may take
 */
export async function withRetries(
  attempt: () => Promise<Answer>,
  isPassing: (answer: Answer) => boolean,
  deadlineMs: number,
  tryMs: number,
  { nowMs, random, sleep }: RetryPorts,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt();
    if (tries >= MAX_TRIES || !isPassing(answer)) return answer;
    const asked = 'status' in answer ? answer.retryAfterMs : undefined;
    const pauseMs = asked ?? Math.floor(random() * FIRST_PAUSE_MS * 2 ** (tries - 1));
    if (nowMs() + pauseMs + tryMs > deadlineMs) return answer;
    await sleep(pauseMs);
  }
}
