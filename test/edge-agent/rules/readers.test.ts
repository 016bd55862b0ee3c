import { expect, test } from '@jest/globals';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { readersOf } from '../../../edge-agent/rules/readers.ts';

const RULES = `
groups:
  - name: latency
    rules:
      - alert: Slow
        expr: histogram_quantile(0.95, rate(neural_device_latency_seconds_bucket[1m])) > 1 or vector(0) > absent(up)
  - name: presence
    rules:
      - alert: Gone
        expr: absent(up)
      - alert: Any
        expr: '{job="neural"} > 5'
`;

test('a group is found by every metric that its rules name, a histogram also by its own name', () => {
  const readers = readersOf(parseRuleFile(RULES, 'rules.yaml'));
  const found = [...readers].map(([metric, groups]) => [metric, [...groups].map(({ name }) => name)]);
  expect(Object.fromEntries(found)).toEqual({
    neural_device_latency_seconds_bucket: ['latency'],
    neural_device_latency_seconds: ['latency'],
    up: ['latency', 'presence'],
  });
});
