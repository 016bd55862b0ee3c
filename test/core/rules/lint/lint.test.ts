import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../../core/alerting/routing/parse.ts';
import { type Finding, formatFinding } from '../../../../core/rules/lint/finding.ts';
import { checkNames, type LintOptions, lintRules } from '../../../../core/rules/lint/lint.ts';

const FULL = `    for: 1m
    labels: { severity: warning }
    annotations: { runbook_url: "https://example.org/r" }
`;

/** Checks that an expression gives rise to, beside an otherwise complete alert. */
function found(expr: string, rest = FULL, options: LintOptions = {}): readonly Finding[] {
  const text = `groups:\n- name: g\n  rules:\n  - alert: A\n    expr: ${JSON.stringify(expr)}\n${rest}`;
  return lintRules([{ file: 'a.yaml', text }], options);
}
const names = (expr: string, rest = FULL, options: LintOptions = {}): string[] =>
  found(expr, rest, options).map(({ check }) => check);

/** By check: expressions that it finds something in, and some that look alike and are right. */
const CASES: Readonly<Record<string, { readonly wrong: readonly string[]; readonly right: readonly string[] }>> = {
  'unknown-metric': {
    wrong: ['neural_device_conected == 0', 'something_of_others > 1', 'rate(neural_device_connected_bucket[5m]) > 0'],
    right: ['neural_device_connected == 0', 'rate(neural_device_latency_seconds_count[5m]) > 9', 'up == 0'],
  },
  'impossible-selector': {
    wrong: [
      'neural_device_connected{channel="Cz"} == 0',
      'neural_device_connected{site="north"} == 0',
      'neural_device_connected{device_id="a", device_id=~"b|c"} == 0',
    ],
    right: [
      'neural_channel_contact{channel="Cz"} == 0',
      'neural_device_connected{channel=""} == 0',
      'rate(node_cpu_seconds_total{cpu="0"}[5m]) > 2',
      'count by (site) (neural_device_connected{site="north"} == 0) > 2',
      'rate(http_request_duration_seconds_count{anything="x"}[5m]) > 2',
    ],
  },
  'nameless-selector': {
    wrong: ['count({job="neural"}) > 5'],
    right: ['max by (thing) ({job="neural"}) > 5'],
  },
  'impossible-condition': {
    wrong: [
      'neural_data_quality_score > 1',
      'neural_data_quality_score < 0',
      '100 * neural_data_quality_score > 100',
      'neural_device_data_rate_hertz > 5 < 3',
      'neural_device_data_rate_hertz > 5 and neural_device_data_rate_hertz < 3',
      'count by (thing) (neural_device_connected == 0) == 0',
      'sum by (thing) (neural_device_connected == 0) > 0',
      'rate(neural_device_samples_total[5m]) < 0',
    ],
    right: [
      'neural_data_quality_score < 0.5',
      '100 * neural_data_quality_score < 50',
      'neural_device_data_rate_hertz > 3 < 5',
      'neural_device_data_rate_hertz > 5 or neural_device_data_rate_hertz < 3',
      'neural_device_data_rate_hertz > 5 and on (thing) neural_device_data_rate_hertz < 3',
      '(count(neural_device_connected == 1) or vector(0)) == 0',
      'deriv(node_filesystem_avail_bytes[10m]) < 0',
      'node_load1 - 8 > 0',
    ],
  },
  'unmatched-operands': {
    wrong: [
      'process_resident_memory_bytes / node_memory_MemTotal_bytes > 0.8',
      'neural_channel_quality_score < 0.5 * neural_device_signal_quality_ratio',
      'a{state="current"} + a{state="available"} > 5',
      'neural_device_connected == 0 unless neural_session_duration_seconds > 5',
      'neural_channel_contact * on (device_id) group_left (subject) neural_session_subject_info and neural_channel_contact == 0',
    ],
    right: [
      'process_resident_memory_bytes / on (thing) node_memory_MemTotal_bytes > 0.8',
      'neural_channel_quality_score < on (device_id) group_left () neural_device_signal_quality_ratio',
      'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1',
      'a{state="current"} / ignoring (state) a{state="available"} > 5',
      'neural_device_connected == 0 or neural_channel_contact == 0',
      'neural_db_connections_active / neural_db_connections_max > 0.9',
    ],
  },
  range: {
    wrong: [
      'sum(rate(neural_device_errors_total[1m])) > 1',
      'rate(http_request_duration_seconds_count[10s]) > 1',
      'rate(neural_device_errors_total[1s]) > 1',
      'avg(avg_over_time(neural_data_quality_score[6h])) < 0.7',
      'avg_over_time(neural_data_quality_score[2d]) < 0.7',
    ],
    right: [
      'sum(rate(neural_device_errors_total[5m])) > 1',
      'rate(neural_device_errors_total[10s]) > 1',
      'avg(avg_over_time(neural_data_quality_score[1h])) < 0.7',
      'avg_over_time(neural_data_quality_score[12h]) < 0.7',
      'sum(count_over_time(neural_data_quality_score[1m])) < 1',
    ],
  },
  'always-true': {
    wrong: [
      'neural_data_quality_score < 70',
      'neural_device_data_rate_hertz >= 0',
      'sum(neural_device_connected) or vector(0) < 1',
      'vector(1)',
      'neural_channel_faults',
    ],
    right: [
      'count by (thing) (neural_device_connected == 0) > 0',
      'neural_data_quality_score < 0.7',
      'absent(neural_device_connected{thing="lab-1"})',
      'ALERTS{alertname="B"}',
      'neural_channel_faults and on (thing) neural_device_connected == 1',
    ],
  },
  'division-by-zero': {
    wrong: [
      'rate(neural_device_errors_total[5m]) / 0 > 1',
      'rate(cache_hits_total[5m]) / rate(cache_misses_total[5m]) != 1',
    ],
    right: ['rate(cache_hits_total[5m]) / rate(cache_misses_total[5m]) < 1', 'node_load1 / 2 != 1'],
  },
  'or-vector': {
    wrong: ['(sum by (thing) (neural_channel_contact{channel="Cz"}) or vector(0)) == 0'],
    right: ['(sum(neural_device_connected) or vector(0)) == 0'],
  },
  'counter-and-gauge': {
    wrong: [
      'rate(neural_device_data_rate_hertz[5m]) > 1',
      'delta(neural_device_errors_total[5m]) > 1',
      'neural_device_errors_total > 100',
    ],
    right: ['rate(neural_device_errors_total[5m]) > 1', 'delta(neural_device_data_rate_hertz[5m]) > 1'],
  },
  'quantile-of-totals': {
    wrong: ['histogram_quantile(0.9, neural_device_latency_seconds_bucket) > 1'],
    right: ['histogram_quantile(0.9, rate(neural_device_latency_seconds_bucket[5m])) > 1'],
  },
};

describe.each(Object.entries(CASES))('%s', (check, { wrong, right }) => {
  test.each(wrong)('finds: %s', (expr) => expect(names(expr)).toContain(check));
  test.each(right)('says nothing of: %s', (expr) => expect(names(expr)).not.toContain(check));
});

describe('what is beside the expression', () => {
  const without = (fields: string, annotations = ''): string =>
    `${fields}    labels: { severity: warning }\n    annotations: { runbook_url: "https://e.org"${annotations} }\n`;

  test('no for on a gauge is told, a written one is a decision, counters and times ask for none', () => {
    expect(names('neural_data_quality_score < 0.5', without(''))).toEqual(['missing-for']);
    expect(names('neural_data_quality_score < 0.5', without('    for: 0s\n'))).toEqual([]);
    expect(names('avg_over_time(neural_data_quality_score[5m]) < 0.5', without(''))).toEqual([]);
    expect(names('rate(neural_device_errors_total[5m]) > 0', without(''))).toEqual([]);
    expect(names('time() - nsmon_agent_last_seen_timestamp_seconds > 90', without(''))).toEqual([]);
  });

  test('absence of seconds, and of nobody knows what', () => {
    expect(names('absent(neural_device_connected)', without(''))).toEqual(['absent']);
    expect(names('absent(neural_device_connected)', without('    for: 5m\n'))).toEqual([]);
    expect(names('absent(sum by (thing) (neural_device_connected))')).toContain('absent');
  });

  test('a for that is over before the next evaluation', () => {
    expect(names('avg(neural_data_quality_score) < 0.5', without('    for: 30s\n'))).toEqual(['for-below-interval']);
    expect(names('neural_data_quality_score < 0.5', without('    for: 30s\n'))).toEqual([]);
  });

  test('a value in a label, and a label that is not there in a text', () => {
    const rest = `    for: 1m
    labels: { severity: warning, level: "{{ $value }}" }
    annotations: { runbook_url: "https://e.org", summary: "{{ $labels.thing }} {{ $labels.channel }} {{ $labels.level }}" }
`;
    expect(names('max by (thing) (neural_channel_contact) == 0', rest)).toEqual([
      'value-in-label',
      'unknown-template-label',
      'unknown-template-label',
    ]);
    expect(
      found('neural_channel_contact == 0', without('    for: 1m\n', ', summary: "{{ $labels.site }}"')),
    ).toMatchObject([
      { check: 'unknown-template-label', why: expect.stringContaining('before the cloud stamps tenant and site') },
    ]);
  });

  test('severity and runbook', () => {
    const anchorsOf = (page: string) => (page === 'docs/runbook.md' ? new Set(['a']) : undefined);
    const rest = (severity: string, url: string): string =>
      `    for: 1m\n    labels: { ${severity} }\n    annotations: { ${url} }\n`;
    const of = (severity: string, url: string): string[] =>
      names('neural_channel_contact == 0', rest(severity, url), { anchorsOf });
    expect(of('severity: critical', 'runbook_url: docs/runbook.md#a')).toEqual([]);
    expect(of('severity: crtical', 'runbook_url: docs/runbook.md#b')).toEqual(['severity', 'runbook']);
    expect(of('team: lab', 'runbook_url: docs/other.md#a').sort()).toEqual(['runbook', 'severity']);
    expect(of('severity: page', '')).toEqual(['runbook']);
  });
});

describe('routing', () => {
  const routing = parseRouting(`
route:
  receiver: everybody
  group_by: [alertname, thing]
  routes:
    - { receiver: nobody, matchers: [severity="info"] }
receivers: [{ name: everybody }, { name: nobody }]
`);
  const options: LintOptions = { routing, reachesSomebody: (receiver) => receiver !== 'nobody' };
  const of = (severity: string): string =>
    `    for: 1m\n    labels: { severity: ${severity} }\n    annotations: { runbook_url: "https://e.org" }\n`;

  test('an alert that nobody is told of', () => {
    expect(names('neural_channel_contact == 0', of('info'), options)).toEqual(['unrouted']);
    expect(names('neural_channel_contact == 0', of('warning'), options)).toEqual([]);
    expect(names('neural_channel_contact == 0', of('none'), options)).toEqual([]);
  });

  test('alerts that differ, in one group', () => {
    expect(names('avg by (site) (neural_data_quality_score) < 0.7', of('warning'), options)).toEqual([
      'lost-group-labels',
    ]);
    expect(names('avg by (thing) (neural_data_quality_score) < 0.7', of('warning'), options)).toEqual([]);
    expect(names('avg(neural_data_quality_score) < 0.7', of('warning'), options)).toEqual([]);
  });
});

describe('disabling', () => {
  const rules = (comment: string, inside = ''): string => `groups:
- name: g
  rules:
  ${comment}
  - alert: A
    expr: neural_data_quality_score < 0.5${inside}
    labels: { severity: warning }
    annotations: { runbook_url: "https://e.org" }
  - alert: B
    expr: neural_data_quality_score < 0.4
    labels: { severity: warning }
    annotations: { runbook_url: "https://e.org" }
`;
  const of = (text: string): string[] =>
    lintRules([{ file: 'a.yaml', text }]).map(
      ({ check, rule, what }) => `${rule} ${check}${check === 'disable' ? `: ${what}` : ''}`,
    );

  test('silences one check of one rule, before it or within it, or of a file', () => {
    expect(of(rules('#'))).toEqual(['A missing-for', 'B missing-for']);
    expect(of(rules('# nsmon lint: disable=missing-for it is meant so'))).toEqual(['B missing-for']);
    expect(of(rules('#', ' # nsmon lint: disable=missing-for it is meant so'))).toEqual(['B missing-for']);
    expect(of(rules('# nsmon lint: disable-file=missing-for all are meant so'))).toEqual([]);
  });

  test('works in an annotation, too', () => {
    const text = rules('#').replace('{ runbook_url', '{ nsmon_lint_disable: missing-for it is meant so, runbook_url');
    expect(of(text)).toEqual(['B missing-for']);
  });

  test('asks for a reason, knows the names of checks, and tells when there is nothing to silence', () => {
    expect(of(rules('# nsmon lint: disable=missing-for'))).toEqual([
      'comment disable: missing-for is disabled without a reason; write it after the name',
      'B missing-for',
    ]);
    expect(of(rules('# nsmon lint: disable=mising-for because'))[0]).toBe(
      'comment disable: there is no check "mising-for"; did you mean "missing-for"?',
    );
    expect(of(rules('# nsmon lint: disable=severity because'))[0]).toBe(
      'comment disable: severity is disabled, and would say nothing here',
    );
  });
});

describe('a finding', () => {
  test.each([
    ['plain', 'expr: neural_data_quality_score > 1', 5, 11],
    ['quoted', "expr: 'neural_data_quality_score > 1'", 5, 12],
    ['literal', 'expr: |\n      neural_data_quality_score\n        > 1', 6, 7],
    ['folded', 'expr: >-\n      0.1 < 1 *\n      (neural_data_quality_score > 1)', 7, 8],
  ])('has the place in the file: %s', (_style, expr, line, column) => {
    const text = `groups:\n- name: g\n  rules:\n  - alert: A\n    ${expr}\n${FULL}`;
    const finding = lintRules([{ file: 'a.yaml', text }]).find(({ check }) => check === 'impossible-condition');
    expect(finding?.place).toEqual({ line, column });
  });

  test('reads well in 80 columns', () => {
    for (const finding of found('histogram_quantile(0.9, neural_device_latency_seconds_bucket) > 1', '')) {
      const lines = formatFinding(finding).split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(4);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });
});

test('the names of checks are unique, and the README names them all', () => {
  expect(new Set(checkNames).size).toBe(checkNames.length);
  const readme = readFileSync('rules/README.md', 'utf8');
  expect(checkNames.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
