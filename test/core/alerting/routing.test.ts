import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseMatchers } from '../../../core/alerting/routing/matchers.ts';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { SENT_KINDS } from '../../../core/alerting/routing/read-receivers.ts';
import { groupIdOf, groupLabelsOf, routesOf } from '../../../core/alerting/routing/route.ts';
import { policyFor } from '../../../core/escalation/policy.ts';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

const FILE = `
route:
  receiver: team
  group_by: [alertname, thing]
  routes:
    - matchers: [severity="critical", 'thing=~"lab-.*"']
      receiver: critical
      group_wait: 0s
      routes:
        - match: { alertname: Noisy }
          receiver: quiet
          continue: true
        - match_re: { alertname: No.* }
          group_by: ['...']
    - receiver: archive
      matchers: ['{team!~"a|b", site!=""}']
receivers:
  - name: team
  - name: critical
    slack_configs: [{ channel: '#a', api_url: 'https://hooks.example.org/a' }]
    telegram_configs: [{ chat_id: 1, bot_token: x }]
  - name: quiet
  - name: archive
`;
const { route, receivers, warnings } = parseRouting(FILE);
const receiversOf = (labels: Record<string, string>): string[] => routesOf(route, labels).map((r) => r.receiver);

function problemsOf(text: string): readonly string[] {
  try {
    parseRouting(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('the route tree', () => {
  test('takes an alert at the deepest route that matches, and at the first unless it says continue', () => {
    expect(receiversOf({ severity: 'critical', thing: 'lab-1', alertname: 'X' })).toEqual(['critical']);
    expect(receiversOf({ severity: 'critical', thing: 'lab-1', alertname: 'Noisy' })).toEqual(['quiet', 'critical']);
    expect(receiversOf({ severity: 'critical', thing: 'lab-1', alertname: 'North' })).toEqual(['critical']);
    expect(receiversOf({ severity: 'critical', thing: 'ward-1' })).toEqual(['team']);
    expect(receiversOf({ site: 'berlin', team: 'c' })).toEqual(['archive']);
    expect(receiversOf({ site: 'berlin', team: 'a' })).toEqual(['team']);
  });

  test('hands down what a child does not say', () => {
    const [critical] = route.routes;
    expect(critical).toMatchObject({ groupWaitMs: 0, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 });
    expect(critical?.routes[0]).toMatchObject({ groupWaitMs: 0, groupBy: ['alertname', 'thing'], continue: true });
    expect(critical?.routes[1]).toMatchObject({ receiver: 'critical', groupBy: 'all' });
  });

  test('groups by the labels an alert has, in any order, and apart per route', () => {
    const labels = { thing: 'lab-1', alertname: 'A', channel: 'Cz' };
    expect(groupLabelsOf(route, labels)).toEqual({ alertname: 'A', thing: 'lab-1' });
    expect(groupLabelsOf({ ...route, groupBy: 'all' }, labels)).toEqual(labels);
    const id = groupIdOf(route, groupLabelsOf(route, labels));
    expect(groupIdOf(route, groupLabelsOf(route, { alertname: 'A', thing: 'lab-1', channel: 'Pz' }))).toBe(id);
    const other = route.routes[0];
    expect(other && groupIdOf(other, groupLabelsOf(other, labels))).not.toBe(id);
  });

  test('warns of integrations to which nothing is sent, with the place', () => {
    expect(receivers[1]).toEqual({
      name: 'critical',
      integrations: [
        { kind: 'slack', key: 'slack[0]', sendResolved: false, settings: { channel: '#a' } },
        { kind: 'telegram', key: 'telegram[0]', sendResolved: true, settings: { chat_id: 1 } },
      ],
    });
    expect(warnings).toEqual([
      'routing.yaml:21:23: receiver "critical": nothing is sent to telegram; channels are slack, pagerduty, sns, webhook, email, opsgenie, jira',
    ]);
  });

  test('warns of exactly those kinds for which an escalation without a policy has no channel', () => {
    const kinds = [
      'slack',
      'telegram',
      'email',
      'victorops',
      'jira',
      'opsgenie',
      'sns',
      'webhook',
      'pagerduty',
      'wechat',
    ];
    const integrations = kinds.map((kind) => ({ kind, key: `${kind}[0]`, sendResolved: true, settings: {} }));
    const policy = policyFor({ policies: new Map(), receivers: new Map() }, { name: 'r', integrations });
    const sent = policy.integrations?.map(({ key }) => key.replace('[0]', ''));
    expect(sent).toEqual(kinds.filter((kind) => SENT_KINDS.includes(kind)));
  });
});

describe('matchers', () => {
  const texts = (text: string): string[] => parseMatchers(text).map(({ name, op, value }) => `${name} ${op} ${value}`);
  test('are read in all ways Alertmanager writes them', () => {
    expect(texts('a=b')).toEqual(['a = b']);
    expect(texts(' a !~ "x, y{1}" ')).toEqual(['a !~ x, y{1}']);
    expect(texts('{a="1",b=~"2|3",}')).toEqual(['a = 1', 'b =~ 2|3']);
    expect(texts('a="quote \\" and \\\\"')).toEqual(['a = quote " and \\']);
    expect(texts('a=')).toEqual(['a = ']);
    expect(texts('{}')).toEqual([]);
  });
  test('are read in the classic syntax where the newer one cannot, or differs', () => {
    expect(texts('{a="b"')).toEqual(['a = b']);
    expect(texts(String.raw`code=~"5\d+"`)).toEqual([String.raw`code =~ 5\d+`]);
    expect(texts('a=b c')).toEqual(['a = b c']);
  });
  test('may have any name in quotes', () => {
    expect(texts('"électrode.1"="Cz"')).toEqual(['électrode.1 = Cz']);
  });
  test.each(['a', '=b', 'a="b', 'a="b" c="d"', 'a=~"("'])('refuses %j', (text) => {
    expect(() => parseMatchers(text)).toThrow();
  });
});

describe('a wrong file', () => {
  test('is told all that is wrong with it, each with its place', () => {
    const text = `
route:
  reciever: team
  match: { a: b }
  group_wait: 5 minutes
  routes:
    - receiver: teams
      matchers: ['a=~"("']
      group_by: ['...', a]
      group_interval: 0s
receivers:
  - name: team
  - name: team
`;
    expect(problemsOf(text)).toEqual([
      'routing.yaml:3:3: a route has an unknown field "reciever"; did you mean "receiver"?',
      'routing.yaml:3:3: the first route has no receiver: it catches what no other route takes',
      'routing.yaml:4:10: the first route takes every alert, it cannot have match',
      'routing.yaml:5:15: group_wait must be a duration like 30s or 5m, got "5 minutes"',
      'routing.yaml:7:17: no receiver is named "teams"; did you mean "team"?',
      expect.stringMatching(/^routing.yaml:8:18: invalid regular expression/),
      'routing.yaml:9:17: group_by has "..." (all labels) beside other names: keep one of the two',
      'routing.yaml:10:23: group_interval must be longer than 0s',
      'routing.yaml:13:5: two receivers are named "team"',
    ]);
  });

  test('that is no YAML, or no mapping, or has no route says so', () => {
    expect(problemsOf('route: [')[0]).toMatch(/^routing.yaml:1:9/);
    expect(problemsOf('- a')[0]).toMatch(/must be a mapping/);
    expect(problemsOf('receivers: []')[0]).toMatch(/there is no route/);
  });
});

describeWithShared(['conformance/alertmanager'], 'configurations of others', () => {
  const read = (name: string): string => readFileSync(shared(`conformance/alertmanager/${name}`), 'utf8');
  test.each(['cli__testdata__conf.good.yml', 'cli__testdata__conf.routing.yml', 'doc__examples__simple.yml'])(
    'reads %s',
    (name) => expect(problemsOf(read(name))).toEqual([]),
  );
  test.each(['cli__testdata__conf.bad.yml', 'config__testdata__conf.nil-match_re-route.yml'])('refuses %s', (name) =>
    expect(problemsOf(read(name))).not.toEqual([]),
  );
});
