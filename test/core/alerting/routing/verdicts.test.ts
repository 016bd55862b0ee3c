import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../../core/alerting/routing/parse.ts';

const AMTOOL = '/usr/bin/amtool';
const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-verdicts-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const BASE = 'receivers: [{ name: r }]\ntime_intervals: [{ name: t, time_intervals: [] }]\n';
const interval = (text: string): string =>
  `route: { receiver: r }\nreceivers: [{ name: r }]\ntime_intervals: [{ name: t, time_intervals: [${text}] }]`;
const matchers = (text: string): string => `${BASE}route: { receiver: r, routes: [{ matchers: ['${text}'] }] }`;
const route = (text: string): string => `${BASE}route: { receiver: r, routes: [{ ${text} }] }`;
const root = (text: string): string => `${BASE}route: { receiver: r, ${text} }`;
const inhibition = (text: string): string => `${BASE}route: { receiver: r }\ninhibit_rules: [{ ${text} }]`;
const top = (text: string): string => `${BASE}route: { receiver: r }\n${text}`;
const receiver = (text: string): string => `route: { receiver: r }\nreceivers: [{ name: r, ${text} }]`;

/** Where small slips and unusual spellings decide whether a file is one. */
const TEXTS: readonly string[] = [
  ...[
    '{}',
    '{ times: [] }',
    "{ times: [{ start_time: '09:00', end_time: '24:00' }] }",
    "{ times: [{ start_time: '9:00', end_time: '17:00' }] }",
    "{ times: [{ start_time: '17:00', end_time: '17:00' }] }",
    "{ times: [{ start_time: '17:00' }] }",
    "{ weekdays: ['Monday:FRIDAY'] }",
    "{ weekdays: ['monday : friday'] }",
    "{ weekdays: ['friday:monday'] }",
    "{ weekdays: ['1:5'] }",
    "{ weekdays: ['monday:'] }",
    '{ days_of_month: [1] }',
    "{ days_of_month: ['0'] }",
    "{ days_of_month: ['-31:-1'] }",
    "{ days_of_month: ['-1:1'] }",
    "{ days_of_month: ['1:-1'] }",
    "{ days_of_month: ['28:-1'] }",
    "{ days_of_month: ['+5'] }",
    "{ months: ['January:3'] }",
    "{ months: ['march:january'] }",
    "{ months: ['13'] }",
    '{ months: [jan] }',
    "{ years: ['2022:2020'] }",
    '{ location: Europe/Berlin }',
    '{ location: europe/berlin }',
    '{ location: US/Pacific }',
    '{ location: Etc/GMT+5 }',
    "{ location: '+02:00' }",
    '{ location: Local }',
  ].map(interval),
  ...[
    'a=b',
    '{a="b"',
    'a=b}',
    'a=b,',
    ',a=b',
    'a=b,,c=d',
    '',
    '{}',
    'a',
    'a="b',
    'a=b"',
    'a="b"c="d"',
    'a=~"\\d+"',
    'a=~"("',
    'a==b',
    'a!b',
    'a = b c',
    'a={b}',
    'a=b, c="d,e"',
    'a= ',
    'a:b=c',
    'a=~"(?=a)"',
    'a=~"(?P<x>a)"',
    'a=~"*a"',
  ].map(matchers),
  ...[
    'receiver: x',
    'mute_time_intervals: [t]',
    'mute_time_intervals: [x]',
    'group_by: [a, a]',
    "group_by: ['...', a]",
    "group_by: ['']",
    'group_by: []',
    'group_wait: 0',
    'group_wait: 5',
    'group_wait: 30m1h',
    'group_interval: 0s',
    'repeat_interval: 0s',
    'continue: yes',
    "continue: 'yes'",
    'match: { a: }',
    "match: { '': c }",
    'match_re: { a: }',
    "match_re: { a: '(' }",
    'matchers: a=b',
  ].map(route),
  ...['continue: true', 'continue: false', 'match: {}', 'matchers: []', 'matchers: [a=b]'].map(root),
  ...['source_match: { a: b }', "target_match_re: { a: '(' }", 'equal: x', 'equal: [x, x]'].map(inhibition),
  ...[
    'templates: a',
    "mute_time_intervals: [{ name: '' }]",
    'mute_time_intervals: [{ name: t }]',
    'global: { resolve_timeout: x }',
    'foo: 1',
    'inhibit_rules:',
  ].map(top),
  ...[
    "webhook_configs: [{ url: 'http://a' }]",
    'webhook_configs: [{ url: a }]',
    "webhook_configs: [{ url: 'http://a', send_resolved: no }]",
    "webhook_configs: [{ url: 'http://a', send_resolved: maybe }]",
    'foo_configs: []',
  ].map(receiver),
];

/** What 0.25 refuses, and newer versions or we take on purpose. */
const DIFFERENCES: readonly { readonly reason: string; readonly texts: readonly string[] }[] = [
  {
    reason: 'label names in UTF-8, since 0.27',
    texts: [matchers('a-b=c'), matchers('"a b"=c'), route('group_by: [a-b]')],
  },
  { reason: 'names of inhibit rules, of newer versions', texts: [inhibition('name: x')] },
  {
    reason: 'settings that are ignored are warned of: they may be of a newer version',
    texts: [top('global: { foo: 1 }'), receiver("webhook_configs: [{ url: 'http://a', foo: 1 }]")],
  },
];

function accepts(text: string): boolean {
  try {
    parseRouting(text);
    return true;
  } catch {
    return false;
  }
}

describe('a configuration is good or bad', () => {
  const amtoolAccepts = (text: string): boolean => {
    const file = path.join(directory, 'am.yml');
    writeFileSync(file, text);
    return spawnSync(AMTOOL, ['check-config', file], { timeout: 10_000 }).status === 0;
  };
  const real = existsSync(AMTOOL) ? test : test.skip;
  real(`as amtool says (${TEXTS.length} texts)`, () => {
    const verdicts = TEXTS.map((text) => ({ text, isGood: accepts(text) }));
    expect(verdicts).toEqual(TEXTS.map((text) => ({ text, isGood: amtoolAccepts(text) })));
  });

  for (const { reason, texts } of DIFFERENCES) {
    real(`but for ${reason}`, () => {
      expect(texts.map((text) => [accepts(text), amtoolAccepts(text)])).toEqual(texts.map(() => [true, false]));
    });
  }

  test('and a slip in a setting is named', () => {
    expect(parseRouting(receiver("slack_configs: [{ api_url: 'http://a', titel: x }]")).warnings).toEqual([
      'routing.yaml:2:63: the slack config has a setting "titel" that is ignored; did you mean "title"?',
    ]);
  });
});
