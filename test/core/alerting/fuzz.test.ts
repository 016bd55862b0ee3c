import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMatchers } from '../../../core/alerting/routing/matchers.ts';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { parseEscalation } from '../../../core/escalation/parse-policy.ts';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';
import { mutated, onlyThrows, repeated } from '../../support/mutated.ts';

const ROUTING = `
route:
  receiver: a
  group_by: ['...']
  group_wait: 10s
  routes:
    - { matchers: ['severity=~"critical|page"', 'x!="y"'], receiver: b, continue: true, mute_time_intervals: [night] }
    - { match: { team: neuro }, match_re: { site: '^(a|b)+$' }, repeat_interval: 1h, active_time_intervals: [night] }
receivers: [{ name: a }, { name: b, webhook_configs: [{ url: 'https://example.org' }] }]
inhibit_rules: [{ source_matchers: [severity="critical"], target_matchers: ['severity="warning"'], equal: [thing] }]
time_intervals:
  - name: night
    time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }], weekdays: ['monday:friday'], days_of_month: ['-1'], months: ['1:3'], years: ['2026'], location: Europe/Berlin }]
`;
const read = (parse: (text: string) => unknown) => (text: string) => {
  const error = onlyThrows([ConfigurationError], () => parse(text));
  if (!(error instanceof ConfigurationError)) return;
  for (const problem of error.problems) expect(problem).toMatch(/^f\.yaml:(\d+:\d+: .| and \d+ problems more)/s);
};
const FILES = {
  'a routing file': {
    texts: [ROUTING, readFileSync('rules/routing.yaml', 'utf8')],
    run: read((text) => parseRouting(text, 'f.yaml')),
  },
  'an escalation file': {
    texts: [readFileSync('rules/escalation.yaml', 'utf8')],
    run: read((text) => parseEscalation(text, ['critical', 'warning', 'watchdog'], 'f.yaml')),
  },
};

describe.each(Object.entries(FILES))(
  'whatever is given for %s, it is read, or each problem has its place',
  (_name, { texts, run }) => {
    test('texts of any characters, and right ones with mistakes', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), run), { numRuns: 150, seed: 1 });
      fc.assert(fc.property(mutated(texts), run), { numRuns: 200, seed: 2 });
    });

    test.each(
      repeated([
        ['route: {routes: [', '', ']}'],
        ['[{routes: ', '', '}]'],
        ['- routes:\n', '', ''],
        ['route: &a {routes: [*a]} #', '', '\n'],
        ['policies: [{levels: ', '', '}]'],
        ['receivers: {a: ', 'b', '}'],
      ]).map((text) => [JSON.stringify(text.slice(0, 20)), text.length, text] as const),
    )('%s..., %d characters', (_start, _length, text) => run(text));

    test('a route that is its own child', () => {
      run('route: &r {receiver: a, routes: [*r]}\nreceivers: [{name: a}]\n');
    });
  },
);

test('matchers of any text are read, or are an error', () => {
  const run = (text: string): void => void onlyThrows([Error], () => parseMatchers(text));
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), run), { numRuns: 1_000, seed: 3 });
  fc.assert(fc.property(mutated(['{a="b",c=~"d|e", f!~`g`}', 'severity=critical']), run), { numRuns: 1_000, seed: 4 });
  for (const text of repeated([
    ['{a="', '', '"}'],
    ['a=b,', '', ''],
    ['"\\', '', '"'],
    ['a=~"(', '', ')+"'],
  ]))
    run(text);
});
