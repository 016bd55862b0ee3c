import { compareBoots, parseBoot } from './boot.ts';
import { fingerprintOf } from './fingerprint.ts';
import { LEASE_MS } from './lease.ts';
import type { AlertReport, ReportedAlert } from './report.ts';
import { type AlertEvent, type SenderChange, type SenderState, senderChange, type TrackedAlert } from './sender.ts';

/**
 * How long a restarted sender may need to evaluate every rule once, counted from its start. Until then an alert that it
 * does not report is not resolved: it may simply not have looked yet.
 */
export const RESTART_GRACE_MS = 60_000;

export type Ignored = 'older boot' | 'older sequence number';

export interface AppliedReport extends SenderChange {
  /** Why the report changed nothing: it was overtaken by a newer one, or delivered twice. */
  readonly ignored?: Ignored;
}

/**
 * Takes a sender's complete set of alerts for what is known of it.
 *
 * Reports are ordered by boot, then by sequence number. While the lease of a newer boot holds, an older boot's report is
 * one that was delayed. Once it lapsed, the "older" boot is believed: a device without a battery-backed clock may have
 * restarted with its clock set back, and must not be ignored for ever.
 *
 * @param state undefined for a sender never heard of
 * @param leaseMs how long the report is believed without another
 */
export function applyReport(
  state: SenderState | undefined,
  sender: string,
  report: AlertReport,
  nowMs: number,
  leaseMs = LEASE_MS,
): AppliedReport {
  const ignored = state && whyIgnored(state, report, nowMs);
  if (state && ignored) return { state, events: [], ignored };

  const reported = new Map(report.alerts.map((alert) => [fingerprintOf(alert.labels), alert]));
  const alerts: Record<string, TrackedAlert> = {};
  const events: AlertEvent[] = [];
  const all = new Set([...reported.keys(), ...Object.keys(state?.alerts ?? {})]);
  for (const fingerprint of all) {
    const known = state?.alerts[fingerprint];
    const isUntold = state?.changed.includes(fingerprint) ?? false;
    const now = nextAlert(known, reported.get(fingerprint), report, isUntold, nowMs);
    if (!now) continue;
    alerts[fingerprint] = now;
    const kind = eventKind(known, now);
    if (kind) events.push({ kind, fingerprint, alert: now });
  }
  const { boot, seq, session } = report;
  const seen = { sender, boot, seq, lastSeenMs: nowMs, leaseUntilMs: nowMs + leaseMs };
  const next = { ...seen, ...(session ? { session } : {}), alerts };
  return senderChange(next, events, state?.changed ?? []);
}

function whyIgnored(state: SenderState, { boot, seq }: AlertReport, nowMs: number): Ignored | undefined {
  const order = compareBoots(boot, state.boot);
  if (order === 0) return seq <= state.seq ? 'older sequence number' : undefined;
  return order < 0 && nowMs < state.leaseUntilMs ? 'older boot' : undefined;
}

/** What is known of an alert after a report; undefined when there is nothing more to know. */
function nextAlert(
  known: TrackedAlert | undefined,
  reported: ReportedAlert | undefined,
  report: AlertReport,
  isUntold: boolean,
  nowMs: number,
): TrackedAlert | undefined {
  const isOpen = known?.status === 'firing' || known?.status === 'unknown';
  if (reported?.state === 'firing') {
    const changedAtMs = known?.status === 'firing' ? known.changedAtMs : nowMs;
    const groups = isOpen && known.groups ? { groups: known.groups } : {};
    return { ...describe(reported), ...groups, status: 'firing', changedAtMs, boot: report.boot };
  }
  if (known && isOpen && isTooEarlyToTell(known, reported, report)) return known;
  if (known && isOpen) {
    const resolvedAtMs = reported?.resolvedAtMs ?? report.sentAtMs;
    return { ...known, status: 'resolved', resolvedAtMs, changedAtMs: nowMs, boot: report.boot };
  }
  // Its groups may not know yet.
  if (known?.status === 'resolved' && isUntold) return known;
  if (reported?.state === 'pending') {
    return { ...describe(reported), status: 'pending', changedAtMs: nowMs, boot: report.boot };
  }
  return undefined;
}

/** After a restart a rule begins anew: its alert is missing at first, then pending, and all the while it may be true. */
function isTooEarlyToTell(known: TrackedAlert, reported: ReportedAlert | undefined, report: AlertReport): boolean {
  if (known.boot === report.boot || reported?.state === 'resolved') return false;
  if (reported?.state === 'pending') return true;
  const startMs = parseBoot(report.boot)?.startMs ?? 0;
  return report.sentAtMs - startMs < RESTART_GRACE_MS;
}

function eventKind(known: TrackedAlert | undefined, next: TrackedAlert): AlertEvent['kind'] | undefined {
  if (next.status === 'pending') return undefined;
  if (next.status !== known?.status) return next.status;
  return next.status === 'firing' && next.boot === known.boot && next.firedAtMs !== known.firedAtMs
    ? 'updated'
    : undefined;
}

function describe({ labels, annotations, value, activeAtMs, firedAtMs }: ReportedAlert) {
  return { labels, annotations, value, activeAtMs, ...(firedAtMs === undefined ? {} : { firedAtMs }) };
}
