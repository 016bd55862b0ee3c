/** An error of a state: what `Retry` and `Catch` match by name, and `$states.errorOutput` shows. */
export class StateError extends Error {
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }

  /** `$states.errorOutput`. */
  get output(): { Error: string; Cause: string } {
    return { Error: this.error, Cause: this.message };
  }
}

/** Ends the whole execution, whatever its states catch: stopped, out of time, or out of history. */
export class ExecutionEnd extends Error {
  readonly status: 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  readonly error: string | undefined;

  constructor(status: ExecutionEnd['status'], error: string | undefined, cause: string) {
    super(cause);
    this.status = status;
    this.error = error;
  }
}

/** What no wildcard catches (Amazon States Language, "Errors"): a state that asks for them by name may. */
const NOT_IN_ALL = ['States.Runtime', 'States.DataLimitExceeded'];

/** Whether one of `names` (an `ErrorEquals` list) means this error. */
export function matches(names: readonly string[], error: string): boolean {
  return names.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return !NOT_IN_ALL.includes(error);
    return name === 'States.TaskFailed' && error !== 'States.Timeout' && !NOT_IN_ALL.includes(error);
  });
}
