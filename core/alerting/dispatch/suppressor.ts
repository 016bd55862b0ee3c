import type { Labels } from '../../metrics/model.ts';
import { type InhibitRule, inhibitor, type SourceAlert } from '../inhibition/inhibitor.ts';
import { type Sessions, type Silence, silencer } from '../silences/silence.ts';
import type { Suppression } from '../suppression.ts';

/** What is true of the world at a time. */
export interface SuppressorInput {
  /** Every alert that fires or is unknown, of every group: those that are resolved inhibit nothing. */
  readonly sources: readonly SourceAlert[];
  readonly silences: readonly Silence[];
  /** For silences that are bound to a session; default: none is known. */
  readonly sessions?: Sessions;
  readonly nowMs: number;
}

/**
 * Says of each alert why nobody is told of it, if so; inhibition is asked before silences, as in Alertmanager. Prepared
 * once for a time, then asked for every alert. What the route's time intervals say is asked of `mutedBy`.
 */
export function suppressor(
  { inhibitRules }: { readonly inhibitRules: readonly InhibitRule[] },
  { sources, silences, sessions, nowMs }: SuppressorInput,
): (labels: Labels) => Suppression | undefined {
  const inhibitorsOf = inhibitor(inhibitRules, sources);
  const silenceOf = silencer(silences, nowMs, sessions);
  return (labels) => {
    const [source] = inhibitorsOf(labels);
    if (source !== undefined) return { reason: 'inhibited', by: source };
    const silence = silenceOf(labels);
    if (silence === undefined) return undefined;
    const isMaintenance = silence.kind === 'maintenance' ? { isMaintenance: true as const } : {};
    return { reason: 'silenced', by: silence.id, ...isMaintenance };
  };
}
