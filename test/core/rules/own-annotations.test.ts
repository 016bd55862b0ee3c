import { expect, test } from '@jest/globals';
import { parseRuleFile, RuleFileError } from '../../../core/rules/index.ts';

const file = (annotations: string): string =>
  `groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    annotations:\n${annotations}`;

function problemsOf(text: string): readonly string[] {
  try {
    parseRuleFile(text, 'r.yaml');
  } catch (error) {
    if (error instanceof RuleFileError) return error.problems;
    throw error;
  }
  return [];
}

test('annotations say how a rule is evaluated, and are annotations still', () => {
  const [rule] =
    parseRuleFile(file('      nsmon_watermark: 1m30s\n      nsmon_no_data: keep\n'), 'r.yaml')[0]?.rules ?? [];
  expect(rule).toMatchObject({ watermarkMs: 90_000, noData: 'keep', annotations: { nsmon_no_data: 'keep' } });
});

test('without them a rule is as in Prometheus', () => {
  const [rule] = parseRuleFile(file('      summary: s\n'), 'r.yaml')[0]?.rules ?? [];
  expect(rule).toMatchObject({ watermarkMs: undefined, noData: 'resolve' });
});

test('wrong values and misspelt names are problems with a place and a proposal', () => {
  const wrong =
    '      nsmon_watermark: 10\n      nsmon_no_data: kep\n      nsmon_where: clod\n      nsmon_nodata: keep\n' +
    '      nsmon_something_new: x\n';
  expect(problemsOf(file(wrong))).toEqual([
    'r.yaml:7:24: annotation nsmon_watermark: "10" is no duration: write for example 10s or 1m30s',
    'r.yaml:8:22: annotation nsmon_no_data: "kep" is nothing to do without data - did you mean "keep"?',
    'r.yaml:9:20: annotation nsmon_where: "clod" is no place - did you mean "cloud"?',
    'r.yaml:10:7: unknown annotation "nsmon_nodata" - did you mean "nsmon_no_data"?',
  ]);
  expect(problemsOf(file('      nsmon_watermark: 2h\n'))).toEqual([
    'r.yaml:7:24: annotation nsmon_watermark: "2h" is too long: an hour at most',
  ]);
  expect(problemsOf(file('      nsmon_no_data: alarm\n'))[0]).toMatch(/allowed: resolve, keep, fire, pending$/);
});
