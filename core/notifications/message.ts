import { type Severity, severityOf, severityRank, worstSeverity } from '../alerting/severity.ts';
import { type GroupRecord, groupStatus, type Member } from '../escalation/group.ts';
import type { Notification, NotificationKind } from '../escalation/notification.ts';
import { healingLines } from '../healing/hold.ts';
import type { Labels } from '../metrics/model.ts';
import { WITHHELD, type Withhold, withheld, withholder } from './personal.ts';

/** A notification for people, before it has the form of a channel. */
export interface Message {
  /** Identity within the generation: a message that is sent again has the same. */
  readonly key: string;
  /** Handle of the one it is for; absent: whoever is behind the channel. */
  readonly person?: string;
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

/** The most alerts listed in one message: PagerDuty takes 512 KB, Slack much less. */
const MAX_ALERTS = 50;

/** What Slack shows in one block. */
const MAX_FACTS = 10;

/** What a message may carry beside what the group says. */
export interface MessageLinks {
  /** The receiver's own headline and text, instead of ours. */
  readonly title?: string;
  readonly text?: string;
  /** The acknowledge page. */
  readonly acknowledgeUrl?: string;
  /** What a relative `runbook_url` is relative to. */
  readonly runbookBaseUrl?: string;
}

/**
 * Writes a notification of a group for people. What personal labels say is nowhere in it: not as a label, and not in a
 * text that was rendered from one.
 */
export function messageOf(group: GroupRecord, notification: Notification, links: MessageLinks): Message {
  const { key, person, kind, episode } = notification;
  const withhold = withholder(Object.values(group.members));
  const all = listAlerts(toldOf(group), withhold, links.runbookBaseUrl);
  const current = all.filter(({ status }) => status !== 'resolved');
  const shown = current.length > 0 ? current : all;
  const [first] = shown;
  const severity = worstSeverity(shown.map(({ labels }) => labels));
  const annotations = first?.annotations ?? {};
  const runbookUrl = absoluteUrl(annotations.runbook_url, links.runbookBaseUrl);
  const mayAcknowledge = links.acknowledgeUrl !== undefined && kind !== 'acknowledged' && kind !== 'resolved';
  const groupLabels = withheld(group.groupLabels, withhold);
  const by = withhold(group.acknowledgement?.by ?? 'somebody');
  return {
    key,
    ...(person === undefined ? {} : { person }),
    kind,
    title:
      links.title !== undefined && links.title.trim() !== ''
        ? withhold(links.title.trim())
        : titleOf(notification, { severity, groupLabels, by, isUnknown: groupStatus(group) === 'unknown' }, shown),
    severity,
    summary: links.text === undefined ? (annotations.summary ?? '') : '',
    description: describe(
      links.text === undefined ? annotations.description : withhold(links.text),
      kind === 'resolved' ? [] : healingLines(group),
    ),
    facts: [...heldBackOf(group), ...factsOf(group, shown)].slice(0, MAX_FACTS),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(mayAcknowledge ? { acknowledgeUrl: links.acknowledgeUrl } : {}),
    alerts: all.slice(0, MAX_ALERTS),
    moreAlerts: Math.max(0, all.length - MAX_ALERTS),
    groupId: group.groupId,
    generation: group.generation,
    episode,
    receiver: group.receiver,
    groupLabels,
    source: first?.labels.thing ?? first?.labels.instance ?? 'nsmon',
    openedAtMs: group.openedAtMs,
  };
}

/** What is wrong and, below it, what was tried already. */
function describe(description: string | undefined, tried: readonly string[]): string {
  return [description ?? '', ...tried].filter((part) => part !== '').join('\n');
}

/** An address that can be opened from anywhere; undefined when it is relative and nothing says to what. */
function absoluteUrl(url: string | undefined, base: string | undefined): string | undefined {
  if (!url || url.includes(WITHHELD) || !URL.canParse(url, base)) return undefined;
  const { href, protocol } = new URL(url, base);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** `0.3125` for people: at most four digits that count. */
export function formatValue(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'not a number';
}

export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What people are told of: not what is held back, unless there is nothing else. */
function toldOf({ members }: GroupRecord): [fingerprint: string, member: Member][] {
  const all = Object.entries(members);
  const told = all.filter(([, { suppressed }]) => !suppressed);
  return told.length > 0 ? told : all;
}

/** How many more alerts of the group are not told of now, and why. */
function heldBackOf({ members }: GroupRecord): Message['facts'] {
  const reasons = new Map<string, number>();
  for (const { status, suppressed } of Object.values(members)) {
    if (suppressed && status !== 'resolved') reasons.set(suppressed.reason, (reasons.get(suppressed.reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return [];
  return [{ name: 'held back', value: [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ') }];
}

/** What still fires first, then the worst first. */
function listAlerts(
  members: readonly [fingerprint: string, member: Member][],
  withhold: Withhold,
  runbookBaseUrl: string | undefined,
): MessageAlert[] {
  const alerts = members.map(([fingerprint, member]): MessageAlert => {
    const { labels, annotations, status, value, activeAtMs, firedAtMs, resolvedAtMs } = member;
    const ends = resolvedAtMs === undefined ? {} : { endsAtMs: resolvedAtMs };
    const times = { startsAtMs: firedAtMs ?? activeAtMs, ...ends };
    const texts = withheld(annotations, withhold);
    const runbook = absoluteUrl(texts.runbook_url, runbookBaseUrl);
    return {
      fingerprint,
      status,
      labels: withheld(labels, withhold),
      annotations: runbook === undefined ? texts : { ...texts, runbook_url: runbook },
      value,
      ...times,
    };
  });
  const weight = ({ status, labels }: MessageAlert): number =>
    severityRank(severityOf(labels)) + (status === 'firing' ? 20 : status === 'unknown' ? 10 : 0);
  return alerts.sort((a, b) => weight(b) - weight(a) || a.startsAtMs - b.startsAtMs);
}

interface TitleParts {
  readonly severity: Severity;
  readonly groupLabels: Labels;
  readonly by: string;
  readonly isUnknown: boolean;
}

function titleOf({ kind, level }: Notification, parts: TitleParts, shown: readonly MessageAlert[]): string {
  const { severity, groupLabels, by } = parts;
  const names = [...new Set(shown.map(({ labels }) => labels.alertname ?? 'alert'))];
  const name = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : (names[0] ?? 'alert');
  const thing = groupLabels.thing ?? shown[0]?.labels.thing;
  const count = shown.length > 1 ? ` (${shown.length} alerts)` : '';
  const what = `${name}${thing ? ` on ${thing}` : ''}${count}`;
  const isUnknown = parts.isUnknown ? ', state unknown' : '';
  switch (kind) {
    case 'trigger':
      return `${severity.toUpperCase()}: ${what}${isUnknown}`;
    case 'escalate':
      return `${severity.toUpperCase()}, level ${level}: ${what}${isUnknown}, nobody has acknowledged`;
    case 'acknowledged':
      return `ACKNOWLEDGED by ${by}: ${what}`;
    case 'reminder':
      return `STILL ON IT, ${by}? ${what}: say so, or the escalation goes on`;
    case 'resolved':
      return `RESOLVED: ${what}`;
    case 'unknown':
      return `UNKNOWN: ${what}, ${thing ?? 'its sender'} is silent`;
  }
}

/** What all shown alerts share, and the value of the first. */
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
  ];
}
