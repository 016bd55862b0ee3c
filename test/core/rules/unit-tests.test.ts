import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { runUnitTests } from '../../../core/rules/testing/run-unit-tests.ts';
import { parseUnitTestFile } from '../../../core/rules/testing/unit-test-file.ts';
import { UserError } from '../../../core/user-error.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

const RULES = `
groups:
  - name: g
    rules:
      - alert: Down
        expr: up == 0
        for: 2m
        labels: { severity: page }
        annotations: { summary: "{{ $labels.job }} is down" }
      - record: job:up:sum
        expr: sum by (job) (up)
`;
const run = (tests: string) =>
  runUnitTests(parseUnitTestFile(`tests:\n${tests}`, 'test.yml'), parseRuleFile(RULES, 'rules.yml'));
const INPUT = `  - input_series: [{ series: 'up{job="a"}', values: '1 0 0 0 0' }]\n`;

describe('rule unit tests', () => {
  test('an alert counts from when it fires, not while it is pending', () => {
    const check = (time: string, alerts: string) =>
      run(`${INPUT}    alert_rule_test: [{ eval_time: ${time}, alertname: Down, exp_alerts: ${alerts} }]\n`);
    const firing = '[{ exp_labels: { job: a, severity: page }, exp_annotations: { summary: a is down } }]';
    expect(check('2m', '[]')).toEqual({ passed: 1, failed: [] });
    expect(check('3m', firing)).toEqual({ passed: 1, failed: [] });
    expect(check('2m', firing).failed).toEqual([
      expect.objectContaining({ what: 'alert Down at 120s', got: 'nothing' }),
    ]);
  });

  test('a query sees the input and what rules recorded', () => {
    const { passed, failed } = run(
      `${INPUT}    promql_expr_test:\n` +
        `      - { expr: 'job:up:sum', eval_time: 1m, exp_samples: [{ labels: 'job:up:sum{job="a"}', value: 0 }] }\n` +
        `      - { expr: 'up', eval_time: 0, exp_samples: [{ labels: 'up{job="b"}', value: 1 }] }\n`,
    );
    expect(passed).toBe(1);
    expect(failed).toEqual([{ test: 'test 1', what: 'up at 0s', expected: 'up{job="b"} 1', got: 'up{job="a"} 1' }]);
  });

  test('a file that is wrong says everything that is', () => {
    const read = () =>
      parseUnitTestFile(
        'evaluation_interval: soon\ntests:\n  - input: []\n    input_series: [{series: a, values: "one"}]\n',
        't.yml',
      );
    expect(read).toThrow(UserError);
    for (const part of [
      't.yml:1:22: evaluation_interval must be a duration like 30s or 5m, got "soon"',
      't.yml:3:5: test 1 has an unknown field "input"; ',
      't.yml:4:20: input series a: one is no value',
    ])
      expect(read).toThrow(part);
  });
});

/** Files of promtool's own tests that must fail; all others must pass. */
const BAD = ['bad-promql.yml', 'bad-rules-error-test.yml', 'failing.yml', 'rules_run.yml', 'rules_run_no_fuzzy.yml'];

describeWithShared(['conformance/promtool'], "promtool's own unit-test files", () => {
  const folder = shared('conformance/promtool');
  const files = readdirSync(folder).filter((name) => /^tests:/m.test(readFileSync(path.join(folder, name), 'utf8')));

  test.each(files)('%s has the verdict that promtool gives', (name) => {
    const tests = parseUnitTestFile(readFileSync(path.join(folder, name), 'utf8'), name);
    const groups = tests.ruleFiles.flatMap((file) => [
      ...parseRuleFile(readFileSync(path.join(folder, file), 'utf8'), file),
    ]);
    expect({ name, isGood: runUnitTests(tests, groups).failed.length === 0 }).toEqual({
      name,
      isGood: !BAD.includes(name),
    });
  });
});
