import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseRuleFile, RuleFileError } from '../../../core/rules/index.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

function problemsOf(text: string): string[] {
  try {
    parseRuleFile(text, 'rules.yaml');
  } catch (error) {
    if (error instanceof RuleFileError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a rule file', () => {
  test('is read as Prometheus reads it', () => {
    const [group] = parseRuleFile(
      `
groups:
  - name: electrodes
    interval: 1s
    limit: 10
    query_offset: 2s
    labels: {team: neuro}
    rules:
      - record: thing:contact:avg
        expr: avg by (thing) (neural_channel_contact)
        labels: {level: thing}
      - alert: ElectrodeDetached
        expr: |
          neural_channel_contact
            == 0
        for: 1m30s
        keep_firing_for: 10s
        labels: {severity: warning, team: ops}
        annotations: {summary: "{{ $labels.channel }} is off"}
`,
      'rules.yaml',
    );
    expect(group).toMatchObject({ name: 'electrodes', intervalMs: 1000, limit: 10, queryOffsetMs: 2000 });
    expect(group?.rules).toMatchObject([
      { kind: 'recording', name: 'thing:contact:avg', labels: { team: 'neuro', level: 'thing' }, line: 9 },
      {
        kind: 'alerting',
        name: 'ElectrodeDetached',
        forMs: 90_000,
        keepFiringForMs: 10_000,
        labels: { team: 'ops', severity: 'warning' },
        annotations: { summary: '{{ $labels.channel }} is off' },
        line: 12,
      },
    ]);
  });

  test('without rules is fine', () => {
    expect(parseRuleFile('', 'rules.yaml')).toEqual([]);
    expect(parseRuleFile('groups:\n', 'rules.yaml')).toEqual([]);
    expect(parseRuleFile('groups: [{name: empty}]', 'rules.yaml')).toMatchObject([{ name: 'empty', rules: [] }]);
  });

  test('tells all its problems at once, each with its line', () => {
    expect(
      problemsOf(`
groups:
  - name: a
    intervall: 1s
    rules:
      - alert: X
        expr: sum(
        for: 5x
        lables: {a: b}
      - record: a b
        expr: foo
        for: 1m
      - alert: Y
        labels: {"a-b": c}
        expr: up == 0
        annotations: {summary: "{{ $label.x }}", description: "{{ nofn 1 }}", title: "{{ if }}"}
      - expr: up
  - name: a
    interval: soon
`),
    ).toEqual([
      'rules.yaml:4:5: unknown field "intervall" in a group - did you mean "interval"?',
      'rules.yaml:7:19: expr: the expression ends too early in the arguments of a function (at 1:5 of the expression)',
      'rules.yaml:8:14: for: "5x" is no duration: write for example 30s, 5m or 1h30m',
      'rules.yaml:9:9: unknown field "lables" in a rule - did you mean "labels"?',
      'rules.yaml:10:17: "a b" is no metric name: letters, digits, _ and :, no digit first',
      'rules.yaml:12:14: for belongs to alerting rules only: remove it from a b',
      'rules.yaml:14:18: "a-b" is no label name: letters, digits and _, no digit first, not __name__',
      'rules.yaml:16:32: annotation summary: undefined variable $label: known are $labels, $externalLabels, $externalURL, $value',
      'rules.yaml:16:63: annotation description: unknown function nofn',
      'rules.yaml:16:86: annotation title: a template action is empty',
      'rules.yaml:17:9: a rule needs record (the name of a series) or alert (the name of an alert)',
      'rules.yaml:18:5: group "a" is there twice: names of groups are unique',
      'rules.yaml:19:15: interval: "soon" is no duration: write for example 30s, 5m or 1h30m',
    ]);
  });

  test('points into a block of an expression', () => {
    const [problem] = problemsOf(
      'groups:\n  - name: a\n    rules:\n      - alert: X\n        expr: |\n          up\n            == )\n',
    );
    expect(problem).toMatch(/^rules\.yaml:7:\d+: expr: unexpected \) in an operand \(at 2:6 of the expression\)$/);
  });

  test('that is no YAML is refused with the place', () => {
    expect(problemsOf('groups:\n  - name: "a\n')[0]).toMatch(/^rules\.yaml:\d+:\d+: Missing closing "quote/);
    expect(problemsOf('- a\n- b\n')).toEqual(['rules.yaml:1:1: the rule file must be a mapping with groups']);
  });

  test('refuses two rules that would write the same series', () => {
    const twice = 'groups:\n- name: g\n  rules:\n  - {record: a, expr: b}\n  - {record: a, expr: c}\n';
    expect(problemsOf(twice)).toEqual([
      'rules.yaml:5:5: recording rule a is in group g twice with the same labels: the second overwrites the first',
    ]);
  });
});

describeWithShared(['conformance/rules-wild'], 'rule files from the field', () => {
  // One test for all: the files are not there to be listed where this is skipped.
  test('are read, all of them', () => {
    const names = readdirSync(shared('conformance/rules-wild'));
    const counts = names.map((name) => {
      const groups = parseRuleFile(readFileSync(shared(`conformance/rules-wild/${name}`), 'utf8'), name);
      return groups.flatMap(({ rules }) => rules).length;
    });
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describeWithShared(['conformance/promtool'], 'rule files of promtool', () => {
  test.each(['rules.yml', 'at-modifier.yml', 'negative-offset.yml', 'bad-rules-error.yml'])('%s is read', (name) => {
    expect(parseRuleFile(readFileSync(shared(`conformance/promtool/${name}`), 'utf8'), name)).not.toHaveLength(0);
  });

  test('a variable that does not exist in templates is a problem', () => {
    const text = readFileSync(shared('conformance/promtool/rules-bad.yml'), 'utf8');
    expect(problemsOf(text)).toEqual([expect.stringContaining('undefined variable $label')]);
  });
});
