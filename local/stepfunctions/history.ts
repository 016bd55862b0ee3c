import { ExecutionEnd } from './errors.ts';

export interface HistoryEvent {
  /** 1, 2, 3, ... */
  readonly id: number;
  readonly previousEventId: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** `TaskStateEntered`, `TaskScheduled`, ... */
  readonly type: string;
  /** Members of the type's details, under the name that `detailsKey` gives. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A Standard execution ends with the event of this number at the latest: a quota that nobody raises. */
const MAX_EVENTS = 25_000;

/** What happened in one execution, in order. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws ExecutionEnd when only the last event, the failure itself, still fits */
  add(type: string, details: Readonly<Record<string, unknown>> = {}): void {
    if (this.events.length >= MAX_EVENTS - 1) {
      throw new ExecutionEnd(
        'FAILED',
        'States.Runtime',
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    }
    this.#push(type, details);
  }

  /** The execution's last event, for which there is always room. */
  end(type: string, details: Readonly<Record<string, unknown>>): void {
    this.#push(type, details);
  }

  #push(type: string, details: Readonly<Record<string, unknown>>): void {
    const id = this.events.length + 1;
    this.events.push({ id, previousEventId: id - 1, timestamp: this.#now(), type, details });
  }
}

/** Member of the API's HistoryEvent that holds the details: `TaskStateEntered` has `stateEnteredEventDetails`. */
export function detailsKey(type: string): string {
  const [, , edge] = /^(Pass|Task|Choice|Wait|Succeed|Fail|Parallel|Map)State(Entered|Exited)$/.exec(type) ?? [];
  if (edge) return `state${edge}EventDetails`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
