import type { Suppression } from '../suppression.ts';
import { flush } from './flush.ts';
import type { DispatchSettings, DispatchState, GroupAlert } from './state.ts';

/** What would hold at a later flush, if nothing happened until then. */
export interface Foresight {
  readonly suppressionOf: (fingerprint: string) => Suppression | undefined;
  /** `mutedBy` of the route: time intervals are the one suppression whose end is known. */
  readonly mutedAt: (atMs: number) => Suppression | undefined;
}

/** Flushes looked ahead at: a week of five minutes. */
const MOST_FLUSHES = 2016;

/**
 * When the group has to be looked at next, though Alertmanager would every `group_interval`: the first of its flushes at
 * which somebody could be told something, if no alert changed until then. A silence can be ended, and an inhibiting
 * alert resolve, at any time: while one of them holds back news, every flush counts.
 * @returns a time on the grid of flushes; undefined when only a new alert can bring anything
 */
export function nextWakeMs(
  state: DispatchState,
  alerts: Readonly<Record<string, GroupAlert>>,
  settings: DispatchSettings,
  { suppressionOf, mutedAt }: Foresight,
): number | undefined {
  const { nextFlushMs } = state;
  if (nextFlushMs === undefined) return undefined;
  const isResolved = Object.values(alerts).some(({ status }) => status === 'resolved');
  if (!state.hasFlushed || isResolved) return nextFlushMs;
  const tells = (atMs: number, of: Foresight['suppressionOf']): boolean =>
    flush(state, alerts, settings, { suppressionOf: of, muted: mutedAt(atMs) }, atMs).notifications.length > 0;
  let atMs = nextFlushMs;
  for (let i = 0; i < MOST_FLUSHES; i += 1) {
    if (tells(atMs, suppressionOf) || tells(atMs, () => undefined)) return atMs;
    atMs += settings.groupIntervalMs;
  }
  return atMs;
}
