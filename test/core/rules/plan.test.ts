import { describe, expect, test } from '@jest/globals';
import { formatMatchers } from '../../../core/promql/index.ts';
import { parseRuleFile, plan, type Rule, selectors } from '../../../core/rules/index.ts';

function rule(expr: string, annotations = ''): Rule {
  const text = `groups:\n- name: g\n  rules:\n  - alert: A\n    expr: ${JSON.stringify(expr)}\n${annotations}`;
  return parseRuleFile(text, 'r')[0]?.rules[0] as Rule;
}

describe('a rule runs at the edge when it needs one agent’s series only', () => {
  test.each([
    'neural_channel_contact == 0',
    'rate(neural_device_samples_total[1m]) < 200',
    'avg by (thing) (neural_data_quality_score) < 0.7',
    'max by (device_id, channel) (neural_channel_contact) == 0',
    'sum without (channel) (neural_channel_faults) > 2',
    'histogram_quantile(0.95, sum by (le, thing) (rate(neural_device_latency_seconds_bucket[5m]))) > 0.1',
    'neural_db_connections_active / neural_db_connections_max > 0.9',
    'process_resident_memory_bytes / on (thing) group_left () node_memory_MemTotal_bytes > 0.8',
    'node_load1 / ignoring (job) node_cpus > 2',
    'absent(neural_device_connected{thing="lab-1"})',
    'avg_over_time(neural_data_quality_score[5m:10s]) < 0.7',
    'vector(1)',
  ])('%s', (expr) => {
    expect(plan(rule(expr))).toEqual({ where: 'edge', why: 'needs the series of one agent only' });
  });
});

describe('a rule runs in the cloud when agents meet in it, and says why', () => {
  test.each([
    ['avg(neural_data_quality_score) < 0.7', 'avg aggregates across agents'],
    ['count by (site) (neural_device_connected == 0) > 3', 'count by (site) aggregates across agents'],
    ['sum without (thing) (neural_device_connected)', 'sum without (thing) aggregates across agents'],
    ['topk(3, node_load1) > 8', 'topk aggregates across agents'],
    ['a / on (site) group_left () b', '/ on (site) joins series across agents'],
    ['a unless on () b', 'unless on () joins series across agents'],
    ['a and ignoring (thing, instance) b', 'and ignoring (thing, instance) joins series across agents'],
    ['absent(neural_device_connected)', 'absent() is about the series of all agents'],
    ['node_load1 > scalar(limit)', 'scalar() is about the only series'],
    [
      'time() - nsmon_agent_last_seen_timestamp_seconds > 90',
      'nsmon_agent_last_seen_timestamp_seconds is made in the cloud',
    ],
  ])('%s', (expr, why) => {
    expect(plan(rule(expr))).toMatchObject({ where: 'cloud', why: expect.stringContaining(why) });
  });
});

test('the annotation nsmon_where decides otherwise', () => {
  expect(plan(rule('up == 0', '    annotations: {nsmon_where: cloud}\n')).where).toBe('cloud');
  expect(plan(rule('sum(up) == 0', '    annotations: {nsmon_where: edge}\n')).where).toBe('edge');
});

test('the selectors of a rule are each told once', () => {
  const found = selectors(rule('a{x="1"} / b > 0 and rate(a{x="1"}[5m]) > 0 or {__name__=~"c.*", y!="2"}'));
  expect(found.map(formatMatchers)).toEqual(['a{x="1"}', 'b', '{__name__=~"c.*",y!="2"}']);
});
