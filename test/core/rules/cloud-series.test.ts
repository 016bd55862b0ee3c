import { describe, expect, test } from '@jest/globals';
import { cloudSeries } from '../../../core/rules/cloud-series.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { cloudSelection } from '../../../lambdas/ingest/rule-series.ts';

const rules = (...expressions: string[]): string =>
  `groups:\n- name: g\n  rules:\n${expressions.map((expr, i) => `  - alert: A${i}\n    expr: ${JSON.stringify(expr)}\n`).join('')}`;
const seriesOf = (...expressions: string[]) => cloudSeries(parseRuleFile(rules(...expressions), 'test.yaml'));
const selected = (series: ReturnType<typeof seriesOf>, name: string, labels: Record<string, string> = {}) =>
  cloudSelection(series)({ kind: 'gauge', name, labels, timeMs: 1, value: 1 }, labels);

describe('the series that cloud rules select', () => {
  test('are those of rules across agents only', () => {
    const series = seriesOf('avg(neural_data_quality_score) < 0.7', 'neural_channel_contact == 0');
    expect(selected(series, 'neural_data_quality_score')).toBe(true);
    expect(selected(series, 'neural_channel_contact')).toBe(false);
  });

  test('are narrowed by the matchers of the rule, and survive as JSON', () => {
    const series = JSON.parse(JSON.stringify(seriesOf('sum(up{job="neural-api",site=~"b.*"}) < 1')));
    expect(selected(series, 'up', { job: 'neural-api', site: 'boston' })).toBe(true);
    expect(selected(series, 'up', { job: 'neural-api', site: 'paris' })).toBe(false);
    expect(selected(series, 'up', { job: 'node', site: 'boston' })).toBe(false);
  });

  test('include the histogram behind a classic bucket, whatever its boundary', () => {
    const series = seriesOf(
      'histogram_quantile(0.9, sum by (le) (rate(neural_device_latency_seconds_bucket{le!=""}[5m]))) > 1',
    );
    expect(selected(series, 'neural_device_latency_seconds')).toBe(true);
    expect(selected(series, 'neural_device_latency_seconds_bucket')).toBe(true);
  });
});
