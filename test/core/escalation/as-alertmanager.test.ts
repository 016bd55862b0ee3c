import { describe, expect, test } from '@jest/globals';
import { suppressor } from '../../../core/alerting/dispatch/suppressor.ts';
import { fingerprintOf } from '../../../core/alerting/fingerprint.ts';
import type { Route } from '../../../core/alerting/routing/config.ts';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { groupIdOf, groupLabelsOf, routesOf } from '../../../core/alerting/routing/route.ts';
import type { AlertEvent } from '../../../core/alerting/sender.ts';
import type { Silence } from '../../../core/alerting/silences/silence.ts';
import { mutedBy } from '../../../core/alerting/time-intervals/muted-by.ts';
import { applyEvents } from '../../../core/escalation/apply-events.ts';
import { type Decision, decide } from '../../../core/escalation/decide.ts';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import { recordOutcome } from '../../../core/escalation/ledger.ts';
import { policyFor } from '../../../core/escalation/policy.ts';
import { configurationOf, LENGTH, type Scenario, scenarioOf } from '../../support/alertmanager/scenario.ts';
import { applySilence, simulate, type Told } from '../../support/alertmanager/simulate.ts';

/**
 * `simulate` is held against the real Alertmanager elsewhere (test/core/alerting/dispatch). Here the escalation that is
 * deployed, with its records, ledger and waits, is held against `simulate`.
 */
function escalate(scenario: Scenario): Told[] {
  const config = parseRouting(configurationOf([scenario], () => 'http://127.0.0.1'));
  const none = { policies: new Map(), receivers: new Map() };
  const groups = new Map<string, { record: GroupRecord; route: Route; lookAtMs: number }>();
  const sources = new Map<string, Record<string, string>>();
  const silences = new Map<string, Silence>();
  const told: Told[] = [];
  let version = 0;

  const run = (group: { record: GroupRecord; route: Route; lookAtMs: number }, nowMs: number): void => {
    const { route } = group;
    const receiver = config.receivers.find(({ name }) => name === route.receiver) ?? { name: '', integrations: [] };
    const policy = policyFor(none, receiver);
    const all = [...sources].map(([fingerprint, labels]) => ({ fingerprint, labels }));
    const suppressionOf = suppressor(config, { sources: all, silences: [...silences.values()], nowMs });
    const silencing = { suppressionOf, mutedAt: (atMs: number) => mutedBy(route, config.timeIntervals, atMs) };
    group.lookAtMs = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 50; turn += 1) {
      const decision: Decision = decide(group.record, policy, { nowMs, historyEvents: 0, silencing });
      group.record = decision.group;
      if (decision.next === 'done') return;
      if (decision.next === 'wait') {
        group.lookAtMs = nowMs + decision.waitSeconds * 1000;
        return;
      }
      if (decision.next !== 'notify') continue;
      for (const notification of decision.notifications) {
        const { members, generation, dispatch, groupLabels } = group.record;
        const { integration = '' } = notification;
        const plan = dispatch?.pending?.flush.notifications.find((one) => one.integration === integration);
        const name = (fingerprint: string): string => members[fingerprint]?.labels.id ?? '?';
        const firing = (plan?.firing ?? []).map((one) => `${name(one)} firing`);
        const resolved = (plan?.resolved ?? []).map((one) => `${name(one)} resolved`);
        const labels = Object.entries(groupLabels).map(([label, value]) => `${label}="${value}"`);
        const key = `${route.key}:{${labels.join(', ')}}`;
        const status = firing.length > 0 ? 'firing' : 'resolved';
        told.push({
          group: `${route.receiver} ${integration} ${key}`,
          status,
          members: [...firing, ...resolved].sort(),
        });
        group.record = recordOutcome(
          group.record,
          generation,
          notification,
          { status: 'delivered', summary: '' },
          nowMs,
        );
      }
    }
    throw new Error('decide never comes to rest');
  };

  for (let second = 0; second <= LENGTH; second += 1) {
    const nowMs = second * 1000;
    for (const event of scenario.events.filter(({ at }) => at === second)) {
      if (event.kind === 'silence' || event.kind === 'expire') applySilence(silences, event, nowMs);
      else {
        const { labels, startsAt } = event;
        const fingerprint = fingerprintOf(labels);
        const kind = event.kind === 'fire' ? 'firing' : 'resolved';
        if (kind === 'firing') sources.set(fingerprint, labels);
        else sources.delete(fingerprint);
        const times = { activeAtMs: startsAt * 1000, firedAtMs: startsAt * 1000, changedAtMs: nowMs };
        const alert: AlertEvent['alert'] = { labels, annotations: {}, status: kind, value: 1, boot: 'b-1', ...times };
        version += 1;
        for (const route of routesOf(config.route, labels)) {
          const groupLabels = groupLabelsOf(route, labels);
          const groupId = groupIdOf(route, groupLabels);
          const known = groups.get(groupId);
          const from = { sender: 's', senderVersion: version, events: [{ kind, fingerprint, alert } as const] };
          const record = applyEvents(known?.record, { groupId, groupLabels, ...route }, from, nowMs);
          if (!record) continue;
          const hasChanged = record !== known?.record;
          const group = known ?? { record, route, lookAtMs: nowMs };
          groups.set(groupId, group);
          group.record = record;
          if (hasChanged) group.lookAtMs = Math.min(group.lookAtMs, nowMs);
        }
      }
    }
    for (const group of groups.values()) if (group.lookAtMs <= nowMs) run(group, nowMs);
  }
  return told;
}

/** By group: within one, the order counts; between groups it does not. */
function byGroup(told: readonly Told[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const { group, status, members } of [...told].sort((a, b) => (a.group < b.group ? -1 : 1))) {
    groups[group] = [...(groups[group] ?? []), `${status}: ${members.join(', ')}`];
  }
  return groups;
}

describe('a receiver without a policy', () => {
  test('is told by the deployed escalation what Alertmanager would tell it: 200 seeded scenarios', () => {
    let messages = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const scenario = scenarioOf(seed, 0);
      const { told, isAmbiguous } = simulate(scenario);
      if (isAmbiguous) continue;
      messages += told.length;
      expect({ seed, told: byGroup(escalate(scenario)) }).toEqual({ seed, told: byGroup(told) });
    }
    expect(messages).toBeGreaterThan(500);
  });
});
