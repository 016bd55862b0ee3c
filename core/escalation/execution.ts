import { hashOf } from '../hash.ts';

/** Which execution: the input of the state machine. */
export interface ExecutionInput {
  readonly groupId: string;
  readonly generation: number;
  /** 0, and one more each time it continues as a new execution. */
  readonly continuation: number;
}

/**
 * The name of an execution. Starting one twice under a name does nothing the second time, and a closed name cannot be
 * used for 90 days: so that each generation is served once, however often its alerts are delivered.
 */
export function executionName({ groupId, generation, continuation }: ExecutionInput): string {
  return `${groupId}-${generation}-${hashOf(JSON.stringify([groupId, generation, continuation]), 12)}`;
}

/** Continue as new beyond this: Step Functions ends an execution at 25,000 events of history. */
export const MAX_HISTORY_EVENTS = 20_000;

/**
 * Events of history that one turn of the loop adds, at most. Decide and the choice: 7. Wait: 8. Notify: 4, and for each
 * notification 2 of the iteration and 9 of its task, which is tried three times.
 */
export function historyEventsOf(next: 'notify' | 'wait', notifications: number): number {
  return 7 + (next === 'wait' ? 8 : 4 + 20 * notifications);
}
