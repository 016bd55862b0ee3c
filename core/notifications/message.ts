import { type Severity, severityOf, severityRank, worstSeverity } from '../alerting/severity.ts';
import { type GroupRecord, groupStatus, type Member } from '../escalation/group.ts';
import type { Notification, NotificationKind } from '../escalation/notification.ts';
import type { Labels } from '../metrics/model.ts';

/** A notification for people, before it has the form of a channel. */
export interface Message {
  readonly kind: NotificationKind;
  /** One line: what, where, how bad. */
  readonly title: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly runbookUrl?: string;
  /** Only where there is something to acknowledge. */
  readonly acknowledgeUrl?: string;
  readonly alerts: readonly MessageAlert[];
  /** Alerts beyond those listed. */
  readonly moreAlerts: number;
  readonly groupId: string;
  readonly generation: number;
  readonly episode: number;
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly source: string;
  readonly openedAtMs: number;
}

export interface MessageAlert {
  readonly fingerprint: string;
  readonly status: Member['status'];
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  readonly value: number;
}

/** Labels that could name a person. A session is named by its handle, `session_id`; who it is stays at the site. */
const PERSONAL = /^(participant|patient|subject|person|proband|user)(_?(full|first|last|family|given)?_?name)?$/i;
/** The most alerts listed in one message: PagerDuty takes 512 KB, Slack much less. */
const MAX_ALERTS = 50;

/** Writes a notification of a group for people. */
export function messageOf(group: GroupRecord, notification: Notification, acknowledgeUrl: string | undefined): Message {
  const { kind, episode, level } = notification;
  const all = listAlerts(group);
  const current = all.filter(({ status }) => status !== 'resolved');
  const shown = current.length > 0 ? current : all;
  const [first] = shown;
  const severity = worstSeverity(shown.map(({ labels }) => labels));
  const annotations = first?.annotations ?? {};
  const runbookUrl = annotations.runbook_url;
  const mayAcknowledge = acknowledgeUrl !== undefined && kind !== 'acknowledged' && kind !== 'resolved';
  return {
    kind,
    title: titleOf(group, kind, level, severity, shown),
    severity,
    summary: annotations.summary ?? '',
    description: annotations.description ?? '',
    facts: factsOf(group, shown),
    ...(runbookUrl ? { runbookUrl } : {}),
    ...(mayAcknowledge ? { acknowledgeUrl } : {}),
    alerts: all.slice(0, MAX_ALERTS),
    moreAlerts: Math.max(0, all.length - MAX_ALERTS),
    groupId: group.groupId,
    generation: group.generation,
    episode,
    receiver: group.receiver,
    groupLabels: publicLabels(group.groupLabels),
    source: first?.labels.thing ?? first?.labels.instance ?? 'nsmon',
    openedAtMs: group.openedAtMs,
  };
}

function publicLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !PERSONAL.test(name)));
}

/** `0.3125` for people: at most four digits that count. */
export function formatValue(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'not a number';
}

export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What still fires first, then the worst first. */
function listAlerts(group: GroupRecord): MessageAlert[] {
  const alerts = Object.entries(group.members).map(([fingerprint, member]): MessageAlert => {
    const { labels, annotations, status, value, activeAtMs, firedAtMs, resolvedAtMs } = member;
    const ends = resolvedAtMs === undefined ? {} : { endsAtMs: resolvedAtMs };
    const times = { startsAtMs: firedAtMs ?? activeAtMs, ...ends };
    return { fingerprint, status, labels: publicLabels(labels), annotations, value, ...times };
  });
  const weight = ({ status, labels }: MessageAlert): number =>
    severityRank(severityOf(labels)) + (status === 'firing' ? 20 : status === 'unknown' ? 10 : 0);
  return alerts.sort((a, b) => weight(b) - weight(a) || a.startsAtMs - b.startsAtMs);
}

function titleOf(
  group: GroupRecord,
  kind: NotificationKind,
  level: number,
  severity: Severity,
  shown: readonly MessageAlert[],
): string {
  const names = [...new Set(shown.map(({ labels }) => labels.alertname ?? 'alert'))];
  const name = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : (names[0] ?? 'alert');
  const thing = group.groupLabels.thing ?? shown[0]?.labels.thing;
  const count = shown.length > 1 ? ` (${shown.length} alerts)` : '';
  const what = `${name}${thing ? ` on ${thing}` : ''}${count}`;
  const isUnknown = groupStatus(group) === 'unknown' ? ', state unknown' : '';
  switch (kind) {
    case 'trigger':
      return `${severity.toUpperCase()}: ${what}${isUnknown}`;
    case 'escalate':
      return `${severity.toUpperCase()}, level ${level}: ${what}${isUnknown}, nobody has acknowledged`;
    case 'acknowledged':
      return `ACKNOWLEDGED by ${group.acknowledgement?.by ?? 'somebody'}: ${what}`;
    case 'reminder':
      return `STILL ON IT, ${group.acknowledgement?.by ?? 'somebody'}? ${what}: say so, or the escalation goes on`;
    case 'resolved':
      return `RESOLVED: ${what}`;
    case 'unknown':
      return `UNKNOWN: ${what}, ${thing ?? 'its sender'} is silent`;
  }
}

/** What all shown alerts share, and the value of the first: ten facts at most, which is what Slack shows. */
function factsOf(group: GroupRecord, shown: readonly MessageAlert[]): Message['facts'] {
  const [first, ...others] = shown;
  if (!first) return [];
  const common = Object.entries(first.labels)
    .filter(([name, value]) => name !== 'alertname' && others.every(({ labels }) => labels[name] === value))
    .map(([name, value]) => ({ name, value }));
  return [
    { name: 'since', value: formatTime(group.openedAtMs) },
    { name: 'value', value: formatValue(first.value) },
    ...common,
  ].slice(0, 10);
}
