import { type Silence, silenceMatchers, silenceState } from '../../core/alerting/silences/silence.ts';
import { formatTarget } from '../../core/healing/action.ts';
import { REASONS } from '../../core/healing/reasons.ts';
import type { HealingRecord } from '../../core/healing/record.ts';
import type { OncallConfig } from '../../core/oncall/config.ts';
import { explain } from '../../core/oncall/explain.ts';
import { onCallAt } from '../../core/oncall/on-call.ts';
import { formatMatchers } from '../../core/promql/matchers.ts';
import type { HealingView, OnCallView, OperationsView, SilenceView } from '../web/ports.ts';
import type { CloudAlerts } from './groups.ts';

/** What an operator wants to know beside the alerts: who is on call, what is silenced, what healing does. */
export function operationsOf(
  { groups, silences, healing }: CloudAlerts,
  onCall: readonly OnCallView[],
  nowMs: number,
): OperationsView {
  const held = new Map<string, number>();
  for (const { members, phase } of groups) {
    if (phase === 'closed') continue;
    for (const { status, suppressed } of Object.values(members)) {
      if (status !== 'resolved' && suppressed?.reason === 'silenced') {
        held.set(suppressed.by, (held.get(suppressed.by) ?? 0) + 1);
      }
    }
  }
  return {
    onCall,
    silences: silences
      .filter((silence) => silenceState(silence, nowMs) !== 'expired')
      .toSorted((a, b) => a.startsAtMs - b.startsAtMs || a.endsAtMs - b.endsAtMs)
      .map((silence) => silenceView(silence, held.get(silence.id) ?? 0, nowMs)),
    healing: healing.toSorted((a, b) => b.sinceMs - a.sinceMs).map(healingView),
  };
}

/** Who is on call by each schedule. Looks far ahead where nobody is, so ask once a minute, not once a second. */
export function onCallNow({ schedules }: OncallConfig, nowMs: number): OnCallView[] {
  return [...schedules.values()].map((schedule) => {
    const { people, because } = onCallAt(schedule, nowMs);
    const until = because.kind === 'nobody' ? {} : { untilMs: because.untilMs };
    return { schedule: schedule.name, people, why: explain(schedule, nowMs), ...until };
  });
}

function silenceView(silence: Silence, holdsBack: number, nowMs: number): SilenceView {
  const { id, kind, comment, createdBy, startsAtMs, endsAtMs } = silence;
  const matchers = silenceMatchers(silence).map(formatMatchers).join(' or ');
  const isActive = silenceState(silence, nowMs) === 'active';
  return { id, kind, isActive, matchers, comment, createdBy, startsAtMs, endsAtMs, holdsBack };
}

function healingView({ key, target, action, status, reason, sinceMs, failures }: HealingRecord): HealingView {
  const command = { frozen: 'thaw', 'awaits-approval': 'approve' }[status as string];
  return {
    target: formatTarget(target),
    action,
    status,
    why: REASONS[reason],
    sinceMs,
    failures: failures.map(({ atMs, text }) => ({ atMs, text })),
    ...(command === undefined ? {} : { command: `npx nsmon heal ${command} '${key}'` }),
  };
}
