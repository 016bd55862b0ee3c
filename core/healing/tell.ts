import { formatTarget } from './action.ts';
import type { HealingEffect } from './event.ts';
import { REASONS } from './reasons.ts';
import type { GroupHealing, HealingRecord, HealingStatus } from './record.ts';

const PHASES: Readonly<Record<HealingStatus, GroupHealing['phase']>> = {
  'under-way': 'under-way',
  verified: 'verified',
  shadow: 'over',
  refused: 'over',
  deferred: 'over',
  'awaits-approval': 'over',
  ended: 'over',
  frozen: 'over',
};

/** Lets the groups of a record's alerts know how it stands. */
export function tell(record: HealingRecord, nowMs: number, detail = ''): HealingEffect[] {
  const { action, target, status, alerts } = record;
  const phase = PHASES[status];
  const summary = summaryOf(record, detail);
  return alerts.map(({ groups, fingerprint, holdUntilMs }) => ({
    kind: 'tell',
    groups,
    fingerprint,
    healing: { action, target, phase, holdUntilMs, ...(phase === 'over' ? { overAtMs: nowMs } : {}), summary },
  }));
}

/** `Healing: reconnect-board of lab-1/headset-1 did not help twice in a row ... 12:00:07 UTC: ... ; 12:00:23 UTC: ...` */
function summaryOf({ action, target, key, status, reason, failures }: HealingRecord, detail: string): string {
  const what = `Healing (${action} of ${formatTarget(target)})`;
  const said = detail === '' || detail === REASONS[reason] ? '' : ` (${detail})`;
  const tried = failures.map(({ atMs, text }, i) => `Attempt ${i + 1}, ${clockTime(atMs)}: ${text}.`).join(' ');
  const command = { frozen: 'thaw', 'awaits-approval': 'approve' }[status as string];
  const next = command === undefined ? '' : `To ${command} it: npx nsmon heal ${command} '${key}'.`;
  return [`${what}: ${REASONS[reason]}${said}.`, tried, next].filter((part) => part !== '').join(' ');
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
