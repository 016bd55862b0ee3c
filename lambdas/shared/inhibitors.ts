import type { InhibitRule, SourceAlert } from '../../core/alerting/inhibition/inhibitor.ts';
import type { SenderState } from '../../core/alerting/sender.ts';
import { matches } from '../../core/promql/matchers.ts';
import type { AlertsTable } from './alerts-table.ts';
import { sayUnreadable } from './unreadable.ts';
import { update } from './update.ts';

/**
 * Active alerts that inhibit others, by sender, so that a decision about one group need not read every sender's state.
 * A rule names few sources, so this partition is small however large the fleet is.
 */
const INHIBITORS = 'INHIBITORS';

interface SenderInhibitors {
  /** Of the sender's state this was made from: an older one does not replace it. */
  readonly senderVersion: number;
  readonly alerts: readonly SourceAlert[];
}

/** All alerts that may inhibit others now. What a sender's item says is passed over when it makes no sense. */
export async function readInhibitors(
  table: AlertsTable,
  rules: readonly InhibitRule[],
): Promise<readonly SourceAlert[]> {
  if (rules.length === 0) return [];
  const all = await table.list<SenderInhibitors>(INHIBITORS);
  return all.flatMap(({ document }) => {
    const { alerts } = document ?? {};
    if (Array.isArray(alerts) && alerts.every((alert) => typeof alert?.labels === 'object' && alert.labels))
      return alerts;
    sayUnreadable(`what a sender inhibits, ${JSON.stringify(document)},`, 'it is no list of alerts with labels');
    return [];
  });
}

/**
 * Stores which of a sender's alerts inhibit others, before the groups learn of them: what they inhibit must not be told
 * in between. Unknown ones go on inhibiting: that their sender is silent cures nothing.
 */
export async function storeInhibitors(
  table: AlertsTable,
  rules: readonly InhibitRule[],
  { sender, alerts }: SenderState,
  senderVersion: number,
): Promise<void> {
  const active = Object.entries(alerts)
    .filter(([, { status }]) => status === 'firing' || status === 'unknown')
    .filter(([, { labels }]) => mayInhibit(rules, labels))
    .map(([fingerprint, { labels }]): SourceAlert => ({ fingerprint, labels }));
  await update<SenderInhibitors, undefined>(table, INHIBITORS, sender, (before) => {
    const known = before?.document;
    const isOlder = known !== undefined && known.senderVersion > senderVersion;
    const isSame = JSON.stringify(known?.alerts ?? []) === JSON.stringify(active);
    return { document: isOlder || isSame ? undefined : { senderVersion, alerts: active }, result: undefined };
  });
}

/** Whether any of these alerts may inhibit others. */
export function concernInhibition(
  rules: readonly InhibitRule[],
  alerts: readonly { readonly labels: SourceAlert['labels'] }[],
): boolean {
  return alerts.some(({ labels }) => mayInhibit(rules, labels));
}

function mayInhibit(rules: readonly InhibitRule[], labels: SourceAlert['labels']): boolean {
  return rules.some(({ sourceMatchers }) => matches(labels, sourceMatchers));
}
