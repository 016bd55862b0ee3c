import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { SenderState } from '../../core/alerting/sender.ts';
import { SESSION_PHASES } from '../../core/alerting/session.ts';
import { endSession } from '../../core/alerting/silences/change.ts';
import { review, reviewText, type SilenceReview } from '../../core/alerting/silences/review.ts';
import {
  inSession,
  type Silence,
  sessionsOf,
  silenceMatchers,
  silenceState,
} from '../../core/alerting/silences/silence.ts';
import { raise } from '../../core/escalation/raise.ts';
import { matches } from '../../core/promql/matchers.ts';
import type { AlertsTable, Versioned } from '../shared/alerts-table.ts';
import { audit } from '../shared/audit.ts';
import { type Escalations, serve } from '../shared/escalations.ts';
import type { Groups } from '../shared/groups.ts';
import { listSilences, putSilence, readHeldBack } from '../shared/silences.ts';

/** A silence may be made a moment before its session is reported as begun. */
const SESSION_GRACE_MS = 2 * 60_000;
/** The review of a silence is an alert of its own for so long: longer than any sensible group_wait. */
const REVIEW_FIRES_MS = 10 * 60_000;
/** Alerts that a review names one by one. */
const NAMED = 20;

export interface TendPorts {
  readonly table: AlertsTable;
  readonly groups: Groups;
  readonly escalations: Escalations;
}

/**
 * Once a minute: ends the silences of sessions that are over, has the groups that a silence covered look again when it has
 * ended, and says what it kept from people, as an alert that is routed like any other. One that held nothing back ends
 * without a word.
 * @returns the alerts that say so now
 */
export async function tendSilences(
  { table, ...ports }: TendPorts,
  senders: readonly SenderState[],
  nowMs: number,
): Promise<readonly ReportedAlert[]> {
  const alerts: ReportedAlert[] = [];
  for (const stored of await listSilences(table)) {
    const silence = await tend(
      { table, ...ports },
      await endWithSession(table, stored, senders, nowMs),
      senders,
      nowMs,
    );
    const { reviewedAtMs } = silence;
    if (reviewedAtMs === undefined || nowMs - reviewedAtMs >= REVIEW_FIRES_MS) continue;
    const looked = review(silence, await readHeldBack(table, silence.id), nowMs);
    if (looked.alerts.length > 0) alerts.push(reviewAlert(silence, looked, reviewedAtMs));
  }
  return alerts;
}

async function endWithSession(
  table: AlertsTable,
  stored: Versioned<Silence>,
  senders: readonly SenderState[],
  nowMs: number,
): Promise<Versioned<Silence>> {
  const { document: silence, version } = stored;
  const { session, createdAtMs } = silence;
  if (session === undefined || nowMs - createdAtMs < SESSION_GRACE_MS) return stored;
  // An agent that has fallen silent has not said that its session is over.
  if (senders.some((sender) => sender.session?.id === session && sender.session.phase !== 'none')) return stored;
  const [ended] = endSession([silence], session, nowMs);
  if (!ended) return stored;
  const next = await putSilence(table, ended, version);
  if (next === undefined) return stored;
  const reason = `session ${session} is over`;
  await audit(table).append([
    {
      atMs: nowMs,
      actor: 'nsmon',
      action: 'silence expired',
      subject: `silence ${silence.id}`,
      reason,
      detail: { session },
    },
  ]);
  return { document: ended, version: next };
}

/** Of a silence that has ended: has its groups look again, and notes that it is being reviewed. */
async function tend(
  { table, ...ports }: TendPorts,
  { document: silence, version }: Versioned<Silence>,
  senders: readonly SenderState[],
  nowMs: number,
): Promise<Silence> {
  if (silence.reviewedAtMs !== undefined || silenceState(silence, nowMs) !== 'expired') return silence;
  await raiseCovered(ports, silence, senders, nowMs);
  const reviewed = { ...silence, reviewedAtMs: nowMs };
  return (await putSilence(table, reviewed, version)) === undefined ? silence : reviewed;
}

/** A group that told what it had to tell sleeps for hours: it would not notice that a window opened and closed. */
async function raiseCovered(
  { groups, escalations }: Omit<TendPorts, 'table'>,
  silence: Silence,
  senders: readonly SenderState[],
  nowMs: number,
): Promise<void> {
  const sets = silenceMatchers(silence);
  const sessions = sessionsOf(senders, SESSION_PHASES);
  const covered = new Map<string, string[]>();
  for (const [fingerprint, alert] of senders.flatMap(({ alerts }) => Object.entries(alerts))) {
    const isActive = alert.status === 'firing' || alert.status === 'unknown';
    if (!isActive || !sets.some((set) => matches(inSession(alert.labels, sessions), set))) continue;
    for (const id of alert.groups ?? []) covered.set(id, [...(covered.get(id) ?? []), fingerprint]);
  }
  for (const [groupId, fingerprints] of covered) {
    const isMaintenance = silence.kind === 'maintenance';
    const group = await groups.change(groupId, (before) => before && raise(before, fingerprints, isMaintenance, nowMs));
    if (group) await serve(group, escalations);
  }
}

function reviewAlert(silence: Silence, looked: SilenceReview, reviewedAtMs: number): ReportedAlert {
  const lines = looked.alerts.slice(0, NAMED).map(({ labels, severity, isFiring }) => {
    const where = [labels.thing, labels.device_id, labels.channel].filter(Boolean).join(' ');
    return `${severity} ${labels.alertname ?? 'alert'}${where ? ` on ${where}` : ''}${isFiring ? ', still firing' : ''}`;
  });
  const more = looked.alerts.length - lines.length;
  return {
    labels: { alertname: 'SilenceEnded', severity: 'info', component: 'alerting', silence_id: silence.id },
    annotations: {
      summary: reviewText(silence, looked),
      description: [`Made by ${silence.createdBy}.`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      runbook_url: 'docs/runbook.md#silenceended',
    },
    state: 'firing',
    activeAtMs: reviewedAtMs,
    firedAtMs: reviewedAtMs,
    value: looked.wouldHavePaged,
  };
}
