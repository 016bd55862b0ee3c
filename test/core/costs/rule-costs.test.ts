import { describe, expect, test } from '@jest/globals';
import { MONTH_MINUTES, PRICES } from '../../../core/costs/prices.ts';
import { type RuleCost, ruleCosts } from '../../../core/costs/rule-costs.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';

const FLEET = { devices: 100, channels: 16, sites: 5 };

function costs(expressions: readonly string[], fleet = FLEET): readonly RuleCost[] {
  const rules = expressions.map((expr, i) => `  - alert: A${i}\n    expr: ${JSON.stringify(expr)}\n`).join('');
  return ruleCosts(parseRuleFile(`groups:\n- name: g\n  rules:\n${rules}`, 'r'), fleet).rules;
}
const usd = ({ writes, reads, lambda }: RuleCost): number => writes + reads + lambda;

describe('what rules cost a month', () => {
  test('at the edge: nothing', () => {
    const [edge] = costs(['neural_channel_contact == 0']);
    expect(edge).toMatchObject({ plan: { where: 'edge' }, series: 0, writes: 0, reads: 0, lambda: 0 });
  });

  test('in the cloud: one write a minute for each series that it selects', () => {
    const [cloud] = costs(['avg(neural_data_quality_score) < 0.7']);
    expect(cloud?.series).toBe(100);
    expect(cloud?.writes).toBeCloseTo((100 * MONTH_MINUTES * PRICES.dynamoWrite.usd) / 1e6, 9);
    expect(cloud?.writes).toBeCloseTo(2.74, 2);
    expect(cloud?.reads).toBeGreaterThan(0);
    expect(cloud?.reads).toBeLessThan(0.5);
  });

  test('grow with the fleet, the channels and the window', () => {
    const of = (expr: string, fleet = FLEET): number => usd(costs([expr], fleet)[0]!);
    const perDevice = 'avg(neural_data_quality_score) < 0.7';
    expect(of(perDevice, { ...FLEET, devices: 200 }) / of(perDevice)).toBeCloseTo(2, 0);
    expect(of('avg(neural_channel_quality_score) < 0.7') / of(perDevice)).toBeGreaterThan(14);
    expect(of('avg(avg_over_time(neural_data_quality_score[1h])) < 0.7')).toBeGreaterThan(of(perDevice));
    expect(of('avg(rate(neural_device_latency_seconds_bucket[5m])) < 0.7')).toBeGreaterThan(of(perDevice));
  });

  test('are shared by rules that look at the same series, and what one looks at twice is counted once', () => {
    const expr = 'avg(neural_data_quality_score) < 0.7';
    const alone = usd(costs([expr])[0]!);
    const [one, other] = costs([expr, 'min(neural_data_quality_score) < 0.2']);
    expect(usd(one!) + usd(other!)).toBeCloseTo(alone, 9);
    expect(usd(costs(['avg(neural_data_quality_score) < min(neural_data_quality_score)'])[0]!)).toBeCloseTo(alone, 9);
  });

  test('are nothing for what is made of the leases', () => {
    expect(usd(costs(['time() - nsmon_agent_last_seen_timestamp_seconds > 90'])[0]!)).toBe(0);
  });
});

test('each price has a date and a source', () => {
  for (const { usd: amount, asOf, source, per } of Object.values(PRICES)) {
    expect(amount).toBeGreaterThan(0);
    expect(asOf).toMatch(/^20\d\d/);
    expect(source).toMatch(/^aws\.amazon\.com\//);
    expect(per).not.toBe('');
  }
});
