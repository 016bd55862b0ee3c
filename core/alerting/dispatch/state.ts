import type { Labels } from '../../metrics/model.ts';

/**
 * An aggregation group as plain data: when it looks at its alerts next, and the notification log of what each
 * integration was told. The log outlives the group, as Alertmanager's does: when the group comes back, nobody is told
 * again of what they know.
 */
export interface DispatchState {
  /** Absent while the group does not exist: it had no alerts left. */
  readonly nextFlushMs?: number;
  /** Until the first flush an alert that is older than `group_wait` brings it forward. */
  readonly hasFlushed: boolean;
  /** By key of integration, such as `slack[0]`. */
  readonly notified: Readonly<Record<string, NotifiedEntry>>;
  /** Fingerprints that a maintenance window held back at the last flush: they are raised when it closes. */
  readonly inMaintenance?: readonly string[];
}

/** What an integration was last told. */
export interface NotifiedEntry {
  /** Fingerprints, sorted. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly atMs: number;
}

/** An alert of the group. `unknown` (its sender is silent) counts as firing: silence is not health. */
export interface GroupAlert {
  readonly labels: Labels;
  readonly status: 'firing' | 'unknown' | 'resolved';
}

/** From the route, and from its receiver. */
export interface DispatchSettings {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly integrations: readonly { readonly key: string; readonly sendResolved: boolean }[];
}

/**
 * The group once an alert has come in or has changed: call it for each. Opens the group if there is none. The first
 * flush is `group_wait` later, or at once for an alert that has been firing for longer than that. Later alerts wait for
 * the next flush of the grid, also when the group meant to sleep for longer.
 * @param state undefined for a group never heard of
 * @param startsAtMs when the alert began to fire
 */
export function insert(
  state: DispatchState | undefined,
  startsAtMs: number,
  { groupWaitMs, groupIntervalMs }: Pick<DispatchSettings, 'groupWaitMs' | 'groupIntervalMs'>,
  nowMs: number,
): DispatchState {
  const isOverdue = startsAtMs + groupWaitMs < nowMs;
  if (state?.nextFlushMs === undefined) {
    const nextFlushMs = isOverdue ? nowMs : nowMs + groupWaitMs;
    return { nextFlushMs, hasFlushed: false, notified: state?.notified ?? {} };
  }
  if (state.hasFlushed) return { ...state, nextFlushMs: awoken(state.nextFlushMs, groupIntervalMs, nowMs) };
  return isOverdue ? { ...state, nextFlushMs: Math.min(state.nextFlushMs, nowMs) } : state;
}

/** The group that need not look before `wakeMs`, a time that `nextWakeMs` gave. */
export function sleepUntil(state: DispatchState, wakeMs: number): DispatchState {
  return { ...state, nextFlushMs: wakeMs };
}

/** The first flush of the grid from now on, of a group that meant to sleep until `wakeMs`; one that is due stays so. */
function awoken(wakeMs: number, groupIntervalMs: number, nowMs: number): number {
  const skipped = Math.floor((wakeMs - nowMs) / groupIntervalMs);
  return wakeMs - Math.max(skipped, 0) * groupIntervalMs;
}
