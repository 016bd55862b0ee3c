import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { routesOf } from '../../../core/alerting/routing/route.ts';
import { parseEscalation } from '../../../core/escalation/parse-policy.ts';
import { policyFor } from '../../../core/escalation/policy.ts';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseEscalation(text, ['critical', 'warning']);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the rules that are shipped', () => {
  const routing = parseRouting(readFileSync('rules/routing.yaml', 'utf8'));
  const names = routing.receivers.map(({ name }) => name);
  const escalation = parseEscalation(readFileSync('rules/escalation.yaml', 'utf8'), names);
  const channels = (labels: Record<string, string>) => {
    const [route] = routesOf(routing.route, labels);
    const receiver = { name: route?.receiver ?? '', integrations: [] };
    return policyFor(escalation, receiver).levels.map((level) => level.channels);
  };

  test('are right and need no warning', () => expect(routing.warnings).toEqual([]));
  test('give every receiver a policy', () => expect([...escalation.receivers.keys()].sort()).toEqual(names.sort()));
  test('page for what is critical, and only then', () => {
    expect(channels({ severity: 'critical' })).toEqual([['slack', 'sns'], ['pagerduty']]);
    expect(channels({ severity: 'warning' })).toEqual([['slack'], ['sns']]);
    expect(channels({ alertname: 'Watchdog', severity: 'none' })).toEqual([['heartbeat']]);
  });
});

describe('a receiver without a policy', () => {
  const none = { policies: new Map(), receivers: new Map() };
  test('tells those of its integrations that we send to, each by itself, as Alertmanager would', () => {
    const { receivers } = parseRouting(`
route: { receiver: team }
receivers:
  - name: team
    slack_configs: [{ channel: '#a', api_url: 'https://hooks.example.org/a' }, { channel: '#b', api_url: 'https://hooks.example.org/b', send_resolved: true }]
    pushover_configs: [{ user_key: u, token: t }]
`);
    expect(receivers.map((receiver) => policyFor(none, receiver).integrations)).toEqual([
      [
        { key: 'slack[0]', channel: 'slack', sendResolved: false },
        { key: 'slack[1]', channel: 'slack', sendResolved: true },
      ],
    ]);
  });
  test('and without integrations tells nobody', () =>
    expect(policyFor(none, { name: 'null', integrations: [] })).toMatchObject({ levels: [], integrations: [] }));
});

describe('a wrong escalation file', () => {
  test('is told all that is wrong with it, each with its place', () => {
    const text = `
policies:
  - name: page
    levels:
      - channels: [slak, slack, slack]
      - after: 5m
      - after: 1m
        channels: [pagerduty]
    repeat: { every: 30s, times: -1 }
  - name: page
receivers:
  critcal: page
  warning: pager
`;
    expect(problemsOf(text)).toEqual([
      'escalation.yaml:5:20: no channel is named "slak"; did you mean "slack"?',
      'escalation.yaml:5:33: channel slack stands twice in one level',
      'escalation.yaml:6:9: a level tells nobody; give it channels (slack, sns, pagerduty, webhook, heartbeat, email, sms, opsgenie, jsm), oncall or people',
      'escalation.yaml:7:9: after must be longer than that of the level before: 60 s is not longer than 300 s',
      "escalation.yaml:9:22: every must be longer than the last level's after, 60 s",
      'escalation.yaml:9:34: times must be a whole number from 0, got -1',
      'escalation.yaml:10:5: policy "page" has no levels: nobody would be told',
      'escalation.yaml:10:5: two policies are named "page"',
      'escalation.yaml:12:12: routing.yaml has no receiver "critcal"; did you mean "critical"?',
      'escalation.yaml:13:12: no policy is named "pager"; did you mean "page"?',
    ]);
  });
});
