import { expect, test } from '@jest/globals';
import type { ReportedAlert } from '../../../core/alerting/report.ts';
import type { PointGroup } from '../../../core/metrics/model.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { AlertReporter } from '../../../edge-agent/rules/alert-reporter.ts';
import { RuleLoop } from '../../../edge-agent/rules/rule-loop.ts';

const START = 1_000_000_000;
const RULES = `
groups:
  - name: levels
    rules:
      - { alert: High, expr: level > 1 }
`;

function world() {
  const loop = new RuleLoop({
    groups: parseRuleFile(RULES, 'rules.yaml'),
    thing: 'lab-1',
    intervalMs: 1_000,
    state: {},
    startMs: START,
  });
  const sent: (readonly string[])[] = [];
  const answers: ((taken: boolean) => void)[] = [];
  const reporter = new AlertReporter({
    loop,
    store: { load: async () => ({}), save: async () => {} },
    send(alerts: readonly ReportedAlert[]) {
      sent.push(alerts.map(({ labels, state }) => `${labels.probe} ${state}`));
      return new Promise((resolve) => answers.push(resolve));
    },
    leaseMs: 30_000,
    log: () => {},
  });
  const level = (probe: string, value: number, timeMs: number): PointGroup[] => [
    { resource: {}, points: [{ kind: 'gauge', name: 'level', labels: { probe }, timeMs, value }] },
  ];
  return {
    sent,
    arrives: (probe: string, value: number, atMs: number) =>
      reporter.evaluateArrival(level(probe, value, START + atMs), START + atMs),
    second: (atMs: number) => reporter.evaluate([], START + atMs),
    /** The report that was sent last is, or is not, taken by the next hop. */
    async answer(taken: boolean) {
      answers.shift()?.(taken);
      for (let i = 0; i < 10; i += 1) await Promise.resolve();
    },
  };
}

test('an alert that fires while a report is on its way is reported as soon as that one is through', async () => {
  const { sent, arrives, answer } = world();
  expect(arrives('a', 2, 100)).toBe(true);
  arrives('b', 2, 150);
  expect(sent).toEqual([['a firing']]);
  await answer(true);
  expect(sent).toEqual([['a firing'], ['a firing', 'b firing']]);
  await answer(true);
  expect(sent).toHaveLength(2);
});

test('a report that was not taken is sent again with the next second, not at once', async () => {
  const { sent, arrives, second, answer } = world();
  arrives('a', 2, 100);
  await answer(false);
  expect(sent).toHaveLength(1);
  second(1_000);
  expect(sent).toEqual([['a firing'], ['a firing']]);
});

test('nothing new is said again only when the lease is due', async () => {
  const { sent, arrives, second, answer } = world();
  arrives('a', 2, 100);
  await answer(true);
  for (let atMs = 1_000; atMs <= 30_000; atMs += 1_000) {
    arrives('a', 2, atMs);
    second(atMs);
  }
  expect(sent).toHaveLength(1);
  second(31_000);
  expect(sent).toHaveLength(2);
});
