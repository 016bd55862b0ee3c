import { describe, expect, test } from '@jest/globals';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import { evaluateGroup, type GroupState, parseRuleFile, type RuleGroup } from '../../../core/rules/index.ts';

function group(rules: string, fields = ''): RuleGroup {
  return parseRuleFile(`groups:\n- name: g\n${fields}  rules:\n${rules}`, 'r')[0] as RuleGroup;
}

function contacts(...values: readonly number[]): MemorySeriesSource {
  const source = new MemorySeriesSource();
  values.forEach((value, i) => {
    source.append('contact', { channel: `ch${i}` }, 0, value);
  });
  return source;
}

const DETACHED = '  - {alert: Detached, expr: contact == 0, labels: {severity: warning}}\n';

describe('a group of rules', () => {
  test('reports its alerts and writes them as ALERTS series', () => {
    const { alerts, recorded, changes } = evaluateGroup(group(DETACHED), contacts(1, 0), 1000);
    expect(alerts).toEqual([
      {
        labels: { alertname: 'Detached', channel: 'ch1', severity: 'warning' },
        annotations: {},
        state: 'firing',
        activeAtMs: 1000,
        firedAtMs: 1000,
        value: 0,
      },
    ]);
    expect(changes).toMatchObject([{ from: 'inactive', to: 'firing' }]);
    expect(recorded.map(({ name, labels, value }) => [name, labels.alertstate, value])).toEqual([
      ['ALERTS', 'firing', 1],
      ['ALERTS_FOR_STATE', undefined, 1],
    ]);
  });

  test('ends the series of alerts and of recordings that are no longer there', () => {
    const rules = group(`${DETACHED}  - {record: detached, expr: contact == 0}\n`);
    const source = contacts(0);
    const first = evaluateGroup(rules, source, 1000);
    source.append('contact', { channel: 'ch0' }, 2000, 1);
    const second = evaluateGroup(rules, source, 2000, first.state);
    expect(second.recorded.map(({ name, stale }) => [name, stale])).toEqual([
      ['ALERTS', true],
      ['ALERTS_FOR_STATE', true],
      ['detached', true],
    ]);
    expect(second.alerts).toMatchObject([{ state: 'resolved', resolvedAtMs: 2000 }]);
    expect(evaluateGroup(rules, source, 3000, second.state).recorded).toEqual([]);
  });

  test('shows rules what the rules before them recorded in the same evaluation', () => {
    const rules = group('  - {record: share, expr: avg(contact)}\n  - {alert: Low, expr: share < 0.9}\n');
    const { alerts, recorded } = evaluateGroup(rules, contacts(1, 0), 1000);
    expect(recorded[0]).toEqual({ name: 'share', labels: {}, timeMs: 1000, value: 0.5 });
    expect(alerts).toMatchObject([{ labels: { alertname: 'Low' }, value: 0.5 }]);
  });

  test('looks into the past by its query_offset, but tells the time of evaluation', () => {
    const source = contacts(0);
    source.append('contact', { channel: 'ch0' }, 9000, 1);
    const { alerts } = evaluateGroup(group(DETACHED, '  query_offset: 5s\n'), source, 10_000);
    expect(alerts).toMatchObject([{ state: 'firing', activeAtMs: 10_000 }]);
  });

  test('renders templates with labels, value and queries', () => {
    const rules = group(
      '  - alert: Detached\n    expr: contact == 0\n    annotations:\n' +
        '      summary: "{{ $labels.channel }} off, {{ query \\"count(contact)\\" | first | value }} channels"\n',
    );
    const { alerts } = evaluateGroup(rules, contacts(1, 0), 1000);
    expect(alerts[0]?.annotations.summary).toBe('ch1 off, 2 channels');
  });

  test('goes on when a rule fails, and keeps that rule’s alerts', () => {
    const rules = group(`  - {alert: Wrong, expr: contact / on () contact > 0}\n${DETACHED}`);
    const { alerts, errors, state } = evaluateGroup(rules, contacts(0, 0), 1000);
    expect(errors).toMatchObject([
      { group: 'g', rule: 'Wrong', message: expect.stringContaining('found duplicate series') },
    ]);
    expect(alerts).toHaveLength(2);
    expect(state['g/alerting/Wrong/0']?.history).toMatchObject([{ atMs: 1000, error: expect.any(String) }]);
  });

  test('refuses more alerts than its limit, and then has none', () => {
    const { alerts, errors } = evaluateGroup(group(DETACHED, '  limit: 2\n'), contacts(0, 0, 0), 1000);
    expect(alerts).toEqual([]);
    expect(errors).toMatchObject([{ message: 'exceeded limit of 2 with 3 alerts' }]);
    expect(evaluateGroup(group(DETACHED, '  limit: 3\n'), contacts(0, 0, 0), 1000).alerts).toHaveLength(3);
  });

  test('refuses more recorded series than its limit', () => {
    const rules = group('  - {record: copy, expr: contact}\n', '  limit: 1\n');
    const { recorded, errors } = evaluateGroup(rules, contacts(0, 0), 1000);
    expect(recorded).toEqual([]);
    expect(errors).toMatchObject([{ message: 'exceeded limit of 1 with 2 series' }]);
  });

  test('remembers the last 20 evaluations of each rule', () => {
    const rules = group(DETACHED);
    let state: GroupState = {};
    for (let second = 1; second <= 30; second += 1) {
      state = evaluateGroup(rules, contacts(0, 0), second * 1000, state).state;
    }
    const history = state['g/alerting/Detached/0']?.history ?? [];
    expect(history).toHaveLength(20);
    expect(history.at(-1)).toEqual({
      atMs: 30_000,
      outcome: 'results',
      results: 2,
      values: [
        { labels: { __name__: 'contact', channel: 'ch0' }, value: '0' },
        { labels: { __name__: 'contact', channel: 'ch1' }, value: '0' },
      ],
      series: 2,
      inputs: [
        { labels: { __name__: 'contact', channel: 'ch0' }, timeMs: 0, value: '0' },
        { labels: { __name__: 'contact', channel: 'ch1' }, timeMs: 0, value: '0' },
      ],
    });
    expect(history[0]?.atMs).toBe(11_000);
  });

  test('keeps a rule’s state when other rules of the file change', () => {
    const source = contacts(0);
    const before = evaluateGroup(group(DETACHED), source, 1000);
    const edited = group(`  - {alert: New, expr: contact == 5}\n${DETACHED}`);
    expect(evaluateGroup(edited, source, 5000, before.state).alerts).toMatchObject([{ activeAtMs: 1000 }]);
  });

  test('tells warnings of expressions', () => {
    const rules = group('  - {record: q, expr: "histogram_quantile(0.9, contact)"}\n');
    expect(evaluateGroup(rules, contacts(1), 1000).warnings).toMatchObject([
      { rule: 'q', message: expect.stringContaining('bucket label "le" is missing') },
    ]);
  });
});
