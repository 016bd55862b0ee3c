import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import type { Silence } from '../../../core/alerting/silences/silence.ts';
import { parseEscalation } from '../../../core/escalation/parse-policy.ts';
import { policyFor } from '../../../core/escalation/policy.ts';
import { NO_ONCALL, type OncallConfig } from '../../../core/oncall/config.ts';
import type { TimedChange } from '../../../core/replay/alerting-track.ts';
import { replayChain } from '../../../core/replay/chain.ts';
import type { Journal } from '../../../core/replay/journal.ts';
import { People } from '../../../core/replay/people.ts';
import { reportOf } from '../../../core/replay/report.ts';
import { type AlertingRule, parseRuleFile } from '../../../core/rules/index.ts';

const START_MS = Date.UTC(2026, 10, 2, 8);
const SECOND = 1_000;
const MINUTE = 60_000;

const [group] = parseRuleFile('groups: [{ name: g, rules: [{ alert: A, expr: up }] }]', 'rules.yaml');
const rule = group?.rules[0] as AlertingRule;

function change(offsetMs: number, to: 'firing' | 'resolved', labels: Record<string, string>): TimedChange {
  const atMs = START_MS + offsetMs;
  const alert = { labels, annotations: {}, phase: to, activeAtMs: atMs, firedAtMs: atMs, value: 1 };
  const from = to === 'firing' ? 'pending' : 'firing';
  return { atMs, rule: { ...rule, name: labels.alertname ?? '' }, alert, from, to };
}

const ROUTING = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - { receiver: team, matchers: [team=night], mute_time_intervals: [mornings] }
receivers: [{ name: team }]
inhibit_rules:
  - { source_matchers: [alertname=Down], target_matchers: [alertname=Slow], equal: [site] }
time_intervals:
  - { name: mornings, time_intervals: [{ times: [{ start_time: '08:00', end_time: '09:00' }] }] }`;

const ESCALATION = `
policies:
  - name: page
    levels: [{ channels: [slack] }, { after: 10m, channels: [sns] }]
    repeat: { every: 1h }
receivers: { team: page }`;

function play(
  changes: readonly TimedChange[],
  options: { acknowledgeAfterMs?: number; silences?: readonly Silence[]; lastsMs?: number; oncall?: OncallConfig } = {},
): Journal {
  const routing = parseRouting(ROUTING);
  const escalation = parseEscalation(ESCALATION, ['team']);
  const team = routing.receivers[0];
  if (!team) throw new Error('no receiver');
  const work = replayChain(changes, {
    routing,
    policyOf: () => policyFor(escalation, team),
    silences: options.silences ?? [],
    people: new People(options.oncall ?? NO_ONCALL, options.acknowledgeAfterMs),
    toMs: START_MS + (options.lastsMs ?? 30 * MINUTE),
  });
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const told = (journal: Journal): string[] =>
  journal.notifications.map(({ atMs, kind, channel }) => `${(atMs - START_MS) / SECOND}s ${kind} ${channel}`);

const fire = (offsetMs: number, labels: Record<string, string>): TimedChange => change(offsetMs, 'firing', labels);
const resolve = (offsetMs: number, labels: Record<string, string>): TimedChange => change(offsetMs, 'resolved', labels);

describe('a replay of the chain', () => {
  const SLOW = { alertname: 'Slow', site: 'a' };

  test('waits for company, climbs, and tells the end', () => {
    const journal = play([
      fire(0, SLOW),
      fire(10 * SECOND, { ...SLOW, site: 'b' }),
      resolve(20 * MINUTE, SLOW),
      resolve(20 * MINUTE, { ...SLOW, site: 'b' }),
    ]);
    expect(told(journal)).toEqual([
      '30s trigger slack',
      '630.2s escalate sns',
      '1200s resolved slack',
      '1200s resolved sns',
    ]);
    expect(journal.incidents).toMatchObject([
      { alerts: 2, openedAtMs: START_MS, closedAtMs: START_MS + 20 * MINUTE + 200 },
    ]);
  });

  test('an acknowledgement stops the climb', () => {
    const journal = play([fire(0, SLOW)], { acknowledgeAfterMs: 5 * MINUTE });
    expect(told(journal)).toEqual(['30s trigger slack', '330.2s acknowledged slack']);
  });

  test('nobody is told of what another alert says already, until it does not any more', () => {
    const down = { alertname: 'Down', site: 'a' };
    const inhibited = play([fire(0, down), fire(MINUTE, SLOW), resolve(2 * MINUTE, SLOW)]);
    expect(told(inhibited)).toEqual(['30s trigger slack', '630.2s escalate sns']);
    expect(inhibited.firings.find((firing) => firing.rule === 'Slow')).toMatchObject({ pagedAtMs: undefined });
    expect([...(inhibited.firings[1]?.suppressed ?? [])]).toEqual(['inhibited']);
    const elsewhere = play([fire(0, { ...down, site: 'b' }), fire(MINUTE, SLOW)], { lastsMs: 5 * MINUTE });
    expect(told(elsewhere)).toEqual(['30s trigger slack', '90s trigger slack']);
  });

  test('nobody is told within a muted interval, and everybody after', () => {
    const journal = play([fire(0, { ...SLOW, team: 'night' })], { lastsMs: 75 * MINUTE });
    const [first] = told(journal);
    expect(Number(first?.split('s ')[0])).toBeGreaterThanOrEqual(3600);
    expect([...(journal.firings[0]?.suppressed ?? [])]).toEqual(['muted']);
  });

  test('nobody is told of what is silenced', () => {
    const silence: Silence = {
      id: 's1',
      kind: 'silence',
      matcherSets: [[{ name: 'alertname', op: '=', value: 'Slow' }]],
      startsAtMs: START_MS,
      endsAtMs: START_MS + 10 * MINUTE,
      createdBy: 'ada',
      comment: '',
      createdAtMs: START_MS,
    };
    const journal = play([fire(0, SLOW), resolve(9 * MINUTE, SLOW)], { silences: [silence] });
    expect(told(journal)).toEqual([]);
    expect([...(journal.firings[0]?.suppressed ?? [])]).toEqual(['silenced']);
  });

  test('a heartbeat is no page and is not acknowledged', () => {
    const journal = play([fire(0, { alertname: 'Watchdog', severity: 'none' })], {
      acknowledgeAfterMs: MINUTE,
      lastsMs: 20 * MINUTE,
    });
    expect(told(journal)).toEqual(['30s trigger slack', '630.2s escalate sns']);
    const report = reportOf({ changes: [], rules: [], loop: undefined }, journal, { fromMs: 0, toMs: 1 }, []);
    expect(report.addressees).toEqual([]);
    expect(report.labelled?.falseAlarms).toBe(0);
  });

  test('the same changes give the same bytes', () => {
    const label = fc.constantFrom('Slow', 'Down', 'Odd');
    const events = fc.array(fc.tuple(fc.nat(3_000), label, fc.constantFrom('a', 'b'), fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(events, (all) => {
        const changes = all
          .toSorted(([a], [b]) => a - b)
          .map(([s, alertname, site, on]) => change(s * SECOND, on ? 'firing' : 'resolved', { alertname, site }));
        const bytes = (): string => {
          const { problems, ...rest } = play(changes, { acknowledgeAfterMs: 3 * MINUTE, lastsMs: 120 * MINUTE });
          return JSON.stringify([rest, [...problems]]);
        };
        expect(bytes()).toBe(bytes());
      }),
      { numRuns: 25 },
    );
  });
});
