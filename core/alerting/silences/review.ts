import type { Labels } from '../../metrics/model.ts';
import { type Severity, severityOf, severityRank } from '../severity.ts';
import { type Silence, silenceState } from './silence.ts';

/** A notification that a suppression held back: what a flush lists as `suppressed`, with its time and group. */
export interface SuppressedNotification {
  readonly atMs: number;
  readonly groupId: string;
  readonly receiver: string;
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly status: 'firing' | 'resolved';
  /** Why; here `by` is a silence's id. */
  readonly reason: string;
  readonly by: string;
}

/** What a silence kept from people, for the message when it ends. */
export interface SilenceReview {
  readonly silenceId: string;
  readonly state: 'active' | 'expired' | 'pending';
  /** Pages that were not sent: a group counts once for each time that something new in it was held back. */
  readonly wouldHavePaged: number;
  readonly byReceiver: Readonly<Record<string, number>>;
  /** The alerts, worst first, each with how often it was held back and whether it fires still. */
  readonly alerts: readonly ReviewedAlert[];
}

export interface ReviewedAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly severity: Severity;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly isFiring: boolean;
}

/**
 * Looks back on a silence.
 * @param log every suppressed notification; those of other silences are passed over
 */
export function review(silence: Silence, log: readonly SuppressedNotification[], nowMs: number): SilenceReview {
  const own = log
    .filter(({ reason, by }) => reason === 'silenced' && by === silence.id)
    .toSorted((a, b) => a.atMs - b.atMs);
  const alerts = new Map<string, ReviewedAlert>();
  const pages = new Set<string>();
  const byReceiver: Record<string, number> = {};
  for (const { fingerprint, labels, atMs, status, groupId, receiver } of own) {
    const before = alerts.get(fingerprint);
    const isFiring = status === 'firing';
    const firstMs = before?.firstMs ?? atMs;
    alerts.set(fingerprint, { fingerprint, labels, severity: severityOf(labels), firstMs, lastMs: atMs, isFiring });
    // The same alert is held back at every flush; a page would have been sent when it began to fire.
    const page = `${groupId} ${atMs}`;
    if (!isFiring || before?.isFiring || pages.has(page)) continue;
    pages.add(page);
    byReceiver[receiver] = (byReceiver[receiver] ?? 0) + 1;
  }
  return {
    silenceId: silence.id,
    state: silenceState(silence, nowMs),
    wouldHavePaged: pages.size,
    byReceiver,
    alerts: [...alerts.values()].toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity)),
  };
}

/** The review in one sentence, for people. */
export function reviewText(silence: Silence, { wouldHavePaged, alerts }: SilenceReview): string {
  const what = silence.kind === 'maintenance' ? 'Maintenance window' : 'Silence';
  const end = `${what} ${silence.id} (${silence.comment}) has ended.`;
  if (alerts.length === 0) return `${end} It held nothing back.`;
  const names = [...new Set(alerts.map(({ labels }) => labels.alertname ?? '?'))].join(', ');
  const firing = alerts.filter(({ isFiring }) => isFiring).length;
  const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const held = `${counted(wouldHavePaged, 'notification')} of ${counted(alerts.length, 'alert')} (${names})`;
  return `${end} It held back ${held}; ${firing === 0 ? 'none fires any more' : `${firing} still firing`}.`;
}
