import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import { evaluateGroup, parseRuleFile, RuleFileError, renderTemplate } from '../../../core/rules/index.ts';
import { checkTemplate } from '../../../core/rules/template/template.ts';
import { parseUnitTestFile } from '../../../core/rules/testing/unit-test-file.ts';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';
import { mutated, onlyThrows, repeated } from '../../support/mutated.ts';

const FILES = ['alerts/neural', 'alerts/system', 'alerts/agent'].map((name) =>
  readFileSync(`rules/${name}.yaml`, 'utf8'),
);
const source = new MemorySeriesSource();
for (const name of ['up', 'neural_channel_contact', 'neural_device_connected']) {
  source.append(name, { thing: 'lab-1', channel: 'C3' }, 1_000, 0);
}

/** Every problem has its place; what is no problem can be evaluated, whatever its expressions then say. */
function run(text: string): void {
  const error = onlyThrows([RuleFileError], () => {
    for (const group of parseRuleFile(text, 'r.yaml')) evaluateGroup(group, source, 2_000);
  });
  if (!(error instanceof RuleFileError)) return;
  expect(error.problems.length).toBeGreaterThan(0);
  for (const problem of error.problems) expect(problem).toMatch(/^r\.yaml:(\d+:\d+: .|.*and \d+ problems more)/s);
}

describe('whatever is given for a rule file, the answer is groups or problems with their places', () => {
  test('texts of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), run), { numRuns: 150, seed: 1 });
  });

  test('right files with mistakes', () => {
    fc.assert(fc.property(mutated(FILES), run), { numRuns: 60, seed: 2 });
  });

  test('structures of the file’s own words', () => {
    const leaf = fc.constantFrom(
      'up',
      'up == 0',
      '5m',
      '1',
      '',
      '"{{ $labels.x }}"',
      'nsmon_no_data',
      '*a',
      '&a x',
      '!!binary x',
      '|',
      'null',
    );
    const key = fc.constantFrom(
      'groups',
      'name',
      'rules',
      'alert',
      'expr',
      'for',
      'labels',
      'annotations',
      'record',
      'limit',
      '<<',
      '__proto__',
      '? a',
    );
    const flow = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(key, tie('any')), { maxLength: 4 })
          .map((fields) => `{${fields.map(([k, v]) => `${k}: ${v}`).join(', ')}}`),
      ),
    })).any;
    fc.assert(fc.property(flow, run), { numRuns: 250, seed: 3 });
    fc.assert(
      fc.property(
        flow.map(
          (inner) => `groups: [{name: g, rules: [{alert: A, expr: up, labels: ${inner}, annotations: ${inner}}]}]`,
        ),
        run,
      ),
      { numRuns: 250, seed: 4 },
    );
  });

  test.each(
    repeated([
      ['[', '', ']'],
      ['{a: ', '1', '}'],
      ['- ', 'a', '\n'],
      ['? ', 'a', ': '],
      ['a:\n', 'b', ''],
      ['groups: [{name: g, rules: [{alert: A, expr: "', 'up', '"}]}]'],
      ['&a ', 'x', ' *a'],
      ['"', '', "'"],
      ['|\n', ' x', ''],
      ['!!map ', '', ''],
      ['---\n', '', '...\n'],
      ['# x', '', '\n'],
      ['\t', 'a', ''],
      ['%YAML ', '', ''],
    ]).map((text) => [JSON.stringify(text.slice(0, 20)), text.length, text] as const),
  )('%s..., %d characters', (_start, _length, text) => run(text));

  test('nesting by indentation, and aliases of aliases', () => {
    for (const levels of [50, 300, 3_000]) {
      run(Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:`).join('\n'));
    }
    const lines = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    run(`l0: &l0 [{alert: A}]\n${lines.join('\n')}\ngroups: *l30`);
    run(`rules: &r [${'{alert: 1 2}, '.repeat(300)}]\ngroups:\n${'- {name: a, rules: *r}\n'.repeat(300)}`);
    run('groups: &g [{name: a, rules: *g}]');
  });

  test('five mistakes of different kinds are five problems', () => {
    const text =
      'groups:\n- name: g\n  interval: often\n  rules:\n  - alert: A\n    expr: sum(\n    annotations: {summary: "{{ nofn }}", ' +
      'nsmon_no_data: kep}\n    lables: {}\n';
    const error = onlyThrows([RuleFileError], () => parseRuleFile(text, 'r.yaml')) as RuleFileError;
    expect(error.problems).toEqual([
      expect.stringMatching(/^r\.yaml:3:13: interval: "often" is no duration/),
      expect.stringMatching(/^r\.yaml:6:15: expr: the expression ends too early/),
      expect.stringMatching(/^r\.yaml:7:28: annotation summary: unknown function nofn/),
      expect.stringMatching(/^r\.yaml:7:57: annotation nsmon_no_data: "kep"/),
      expect.stringMatching(/^r\.yaml:8:5: unknown field "lables" in a rule - did you mean "labels"/),
    ]);
  });
});

const TEMPLATES = [
  '{{ $labels.instance }} of {{ $value | humanizeDuration | printf "%-10s" }}',
  '{{ range $i, $x := query "up == 0" | sortByLabel "instance" }}{{ if $i }}, {{ end }}{{ .Labels.instance }}{{ else }}none{{ end }}',
  '{{ define "a" }}{{ . | reReplaceAll "(.*):(\\\\d+)" "$1" }}{{ end }}{{- template "a" $labels.instance -}}',
  '{{ with $x := args 1 "b" }}{{ $x.arg0 }}{{ end }}{{ /* remark */ }}{{ index (slice "abc" 1 2) }}',
];
const context = {
  nowMs: 0,
  externalUrl: 'https://example.org/p',
  query: () => [1, 2, 3].map((n) => ({ Labels: { instance: `h${n}` }, Value: n })),
};
const data = { labels: { instance: 'h:80' }, externalLabels: {}, value: 4_000 };

/** A wrong template is a problem or says so in its text; it never throws, and never says that our stack was too small. */
function render(text: string): void {
  const told = `${checkTemplate(text) ?? ''} ${renderTemplate(text, data, context).slice(0, 2_000_000)}`;
  expect(told).not.toMatch(/call stack|is not a function|undefined \(reading|native code|not iterable/);
}

describe('whatever is given for a template, it renders, or says what is wrong', () => {
  test.each(TEMPLATES)('the templates that are mutated are right: %s', (text) => {
    expect(checkTemplate(text)).toBeUndefined();
  });

  test('texts of any characters, and right ones with mistakes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `{{${text}}}`),
        render,
      ),
      { numRuns: 1_000, seed: 5 },
    );
    fc.assert(fc.property(mutated(TEMPLATES), render), { numRuns: 1_000, seed: 6 });
  });

  test('any function with any arguments', () => {
    const names =
      'query first label value strvalue sortByLabel humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration now parseDuration title toUpper toLower match reReplaceAll stripPort stripDomain args safeHtml graphLink tableLink externalURL pathPrefix printf print println len index slice eq ne lt le gt ge and or not html js urlquery constructor toString';
    const argument = fc.constantFrom(
      '"a"',
      '"(a+)+$"',
      '1',
      '-1.5e300',
      'nil',
      'true',
      '$labels',
      '.',
      '(query "x")',
      '(args 1 2)',
      '"%d %s %*d"',
      '$value',
      '"%9999999d"',
      '(toTime 9e99)',
      '""',
    );
    const call = fc
      .tuple(fc.constantFrom(...names.split(' ')), fc.array(argument, { maxLength: 4 }))
      .map(([name, args]) => `{{ ${name} ${args.join(' ')} }}`);
    fc.assert(fc.property(call, render), { numRuns: 1_500, seed: 7 });
  });

  test.each(
    repeated([
      ['{{ if true }}', 'x', '{{ end }}'],
      ['{{ range query "up" }}', 'x', '{{ end }}'],
      ['{{ define "a" }}', 'x', '{{ end }}'],
      ['{{ if true }}{{ else if true }}', '', '{{ end }}'],
      ['{{ (', '1', ') }}'],
      ['{{ ', '1', ' | print }}'],
      ['{{/* ', '', ' */}}'],
      ['{{ "', 'a', '" }}'],
      ['{{', '', '}}'],
      ['{{ $x := ', '1', ' }}'],
      ['{{- ', '" "', ' -}}'],
      ['{{ .a', '', '.b }}'],
    ]).map((text) => [JSON.stringify(text.slice(0, 20)), text.length, text] as const),
  )('%s..., %d characters', (_start, _length, text) => render(text));

  test('templates that would never end, end', () => {
    render('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}');
    const doubling = Array.from(
      { length: 60 },
      (_, i) => `{{define "t${i}"}}{{template "t${i + 1}"}}{{template "t${i + 1}"}}{{end}}`,
    );
    render(`${doubling.join('')}{{define "t60"}}x{{end}}{{template "t0"}}`);
    render(`${'{{ range query "up" }}'.repeat(30)}x${'{{ end }}'.repeat(30)}`);
    render('{{ $x := "ab" }}{{ range query "up" }}{{ $x = print $x $x }}{{ end }}{{ $x }}'.repeat(20));
  });
});

test('whatever is given for a file of unit tests, the answer is tests or problems with their places', () => {
  const file =
    'rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series: [{series: "up{a=\\"b\\"}", values: "0 1 _x3 1+2x5 stale"}]\n' +
    '  alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: [{exp_labels: {a: b}}]}]\n';
  const parse = (text: string): void => {
    const error = onlyThrows([ConfigurationError], () => parseUnitTestFile(text, 't.yaml'));
    if (error) expect(error.message).toMatch(/^t\.yaml:\d+:\d+: /);
  };
  fc.assert(fc.property(mutated([file]), parse), { numRuns: 200, seed: 8 });
  parse(file.replace('1+2x5', '1+2x999999999999'));
});
