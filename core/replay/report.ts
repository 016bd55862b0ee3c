import type { SuppressionReason } from '../alerting/suppression.ts';
import { addressOf, type Channel } from '../escalation/policy.ts';
import { type Costs, costsOf } from './costs.ts';
import type { Journal } from './journal.ts';
import { judge, type Labelled, type LabelledIncident } from './labelled.ts';
import { isPage } from './people.ts';
import type { RulesReplay } from './replay-rules.ts';
import type { Times } from './schedule.ts';

/** What a replay found, as plain data: the same input gives the same bytes of JSON. */
export interface ReplayReport extends Times {
  readonly rules: readonly RuleReport[];
  /** The rule because of which evaluations were done one at a time. */
  readonly loop?: string;
  readonly alerts: { readonly fired: number; readonly paged: number };
  readonly incidents: {
    readonly count: number;
    /** Alerts that came into an incident which others had opened. */
    readonly grouped: number;
  };
  /** Alerts held back, at least for a time, and those of them of which nobody was told at all. */
  readonly suppressed: Readonly<Record<SuppressionReason, { readonly alerts: number; readonly neverTold: number }>>;
  readonly notifications: Readonly<Record<string, { readonly pages: number; readonly others: number }>>;
  readonly addressees: readonly Addressee[];
  readonly problems: Readonly<Record<string, number>>;
  readonly costs: Costs;
  readonly labelled?: Labelled;
}

export interface RuleReport {
  readonly group: string;
  readonly name: string;
  readonly kind: 'alerting' | 'recording';
  readonly evaluations: number;
  readonly fired: number;
  readonly firingMs: number;
  readonly longestMs: number;
  /** It still fired at the end. */
  readonly stillFiring: number;
  readonly errors: number;
  readonly lastError?: string;
  /** Why it was evaluated one step at a time, at least partly. */
  readonly steppedBecause?: string;
}

/** A person, or a channel that many read. */
export interface Addressee {
  readonly address: string;
  readonly pages: number;
  /** By hour of the day, UTC. */
  readonly byHour: readonly number[];
  /** Most pages within any 60 minutes. */
  readonly mostInAnHour: number;
}

export function reportOf(
  { rules, loop }: RulesReplay,
  journal: Journal,
  times: Times,
  incidents: readonly LabelledIncident[] | undefined,
): ReplayReport {
  const { firings, notifications, problems } = journal;
  return {
    fromMs: times.fromMs,
    toMs: times.toMs,
    rules: ruleReports(rules, journal, times.toMs),
    ...(loop === undefined ? {} : { loop }),
    alerts: { fired: firings.length, paged: firings.filter(({ pagedAtMs }) => pagedAtMs !== undefined).length },
    incidents: {
      count: journal.incidents.length,
      grouped: journal.incidents.reduce((sum, { alerts }) => sum + Math.max(0, alerts - 1), 0),
    },
    suppressed: {
      inhibited: suppressed(journal, 'inhibited'),
      silenced: suppressed(journal, 'silenced'),
      muted: suppressed(journal, 'muted'),
    },
    notifications: byChannel(journal),
    addressees: addressees(notifications),
    problems: Object.fromEntries([...problems].sort(([a], [b]) => (a < b ? -1 : 1))),
    costs: costsOf(journal),
    ...(incidents ? { labelled: judge(incidents, firings, times) } : {}),
  };
}

function ruleReports(outcomes: RulesReplay['rules'], { firings }: Journal, toMs: number): RuleReport[] {
  // Rules of one name are told apart by nothing that people see: the first has the figures of all.
  const taken = new Set<string>();
  return outcomes.map(({ group, rule, evaluations, errors, fallback }) => {
    const isFirst = rule.kind === 'alerting' && !taken.has(rule.name);
    if (isFirst) taken.add(rule.name);
    const own = isFirst ? firings.filter((firing) => firing.rule === rule.name) : [];
    const lengths = own.map((firing) => (firing.toMs ?? toMs) - firing.fromMs);
    return {
      group,
      name: rule.name,
      kind: rule.kind,
      evaluations,
      fired: own.length,
      firingMs: lengths.reduce((sum, ms) => sum + ms, 0),
      longestMs: lengths.reduce((most, ms) => Math.max(most, ms), 0),
      stillFiring: own.filter((firing) => firing.toMs === undefined).length,
      errors: errors.count,
      ...(errors.last === undefined ? {} : { lastError: errors.last }),
      ...(fallback === undefined ? {} : { steppedBecause: fallback.why }),
    };
  });
}

function suppressed({ firings }: Journal, reason: SuppressionReason): { alerts: number; neverTold: number } {
  const held = firings.filter((firing) => firing.suppressed.has(reason));
  return { alerts: held.length, neverTold: held.filter(({ pagedAtMs }) => pagedAtMs === undefined).length };
}

function byChannel({ notifications }: Journal): Record<string, { pages: number; others: number }> {
  const counts = new Map<Channel, { pages: number; others: number }>();
  for (const notification of notifications) {
    const count = counts.get(notification.channel) ?? { pages: 0, others: 0 };
    if (isPage(notification)) count.pages += 1;
    else count.others += 1;
    counts.set(notification.channel, count);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const HOUR_MS = 3_600_000;

function addressees(notifications: Journal['notifications']): Addressee[] {
  const times = new Map<string, number[]>();
  for (const notification of notifications.filter(isPage)) {
    // Whatever channel reaches a person: it is the person who is woken.
    const address = notification.person ?? addressOf(notification);
    times.set(address, [...(times.get(address) ?? []), notification.atMs]);
  }
  return [...times]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, at]) => {
      const byHour = Array.from({ length: 24 }, () => 0);
      for (const ms of at) {
        const hour = Math.floor(ms / HOUR_MS) % 24;
        byHour[hour] = (byHour[hour] ?? 0) + 1;
      }
      let most = 0;
      let first = 0;
      at.forEach((ms, i) => {
        while ((at[first] ?? ms) <= ms - HOUR_MS) first += 1;
        most = Math.max(most, i - first + 1);
      });
      return { address, pages: at.length, byHour, mostInAnHour: most };
    });
}
