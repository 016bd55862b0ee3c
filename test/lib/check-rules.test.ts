import { describe, expect, test } from '@jest/globals';
import { assertRulesUsable } from '../../lib/check-rules.ts';

const ALERTS = 'groups:\n  - name: g\n    rules:\n      - alert: Up\n        expr: up == 0\n';
const ROUTING = 'route:\n  receiver: on-call\nreceivers:\n  - name: on-call\n';
const good = { 'alerts/a.yaml': ALERTS, 'routing.yaml': ROUTING };

const check = (files: Readonly<Record<string, string>>) => () =>
  assertRulesUsable(new Map(Object.entries(files)), 'my-rules');

describe('a directory of rules, before it is built into anything', () => {
  test('passes with rules and routes; escalations may be absent', () => {
    expect(check(good)).not.toThrow();
  });

  test('without a rule file or without routes is refused', () => {
    expect(check({})).toThrow(
      /my-rules\/alerts: there is no rule file.*\nmy-rules\/routing.yaml: there is no such file/,
    );
  });

  test('tells the problems of every file at once, each with its place', () => {
    const files = {
      'alerts/a.yaml': ALERTS.replace('up == 0', 'rate(up['),
      'routing.yaml': ROUTING.replace('receiver: on-call', 'receiver: nobody'),
    };
    expect(check(files)).toThrow(/alerts\/a.yaml:\d+:\d+: .*\nrouting.yaml:2:\d+: no receiver is named "nobody"/);
  });

  test('is refused when an escalation names a receiver that the routes do not have', () => {
    const escalation = 'policies: []\nreceivers:\n  on-cal: p\n';
    expect(check({ ...good, 'escalation.yaml': escalation })).toThrow(/routing.yaml has no receiver "on-cal"/);
  });
});
