import { describe, expect, test } from '@jest/globals';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import {
  evaluateGroup,
  type GroupState,
  parseRuleFile,
  type RuleGroup,
  ruleStatuses,
} from '../../../core/rules/index.ts';

const rulesOf = (expr: string, noData: string, fields = ''): RuleGroup =>
  parseRuleFile(
    `groups: [{name: g, rules: [{alert: A, expr: '${expr}', ${fields} labels: {severity: page, who: '{{ $value }}'}, ` +
      `annotations: {summary: '{{ $labels.channel }}', runbook_url: r.md, nsmon_no_data: ${noData}}}]}]`,
    'r',
  )[0] as RuleGroup;

/** Per second what the channels say; a channel that is not named has no sample. Gives the alerts at each second. */
function play(group: RuleGroup, seconds: readonly Readonly<Record<string, number | undefined>>[]) {
  const source = new MemorySeriesSource();
  let state: GroupState = {};
  const told = seconds.map((channels, second) => {
    const now = second * 1_000;
    for (const [channel, value = 1] of Object.entries(channels)) source.append('contact', { channel }, now, value);
    // One that is not there has ended.
    for (const channel of ['C3', 'C4'])
      if (channels[channel] === undefined) source.markStale('contact', { channel }, now);
    const { alerts, state: next } = evaluateGroup(group, source, now, state, { identity: { thing: 'lab-1' } });
    state = JSON.parse(JSON.stringify(next)) as GroupState;
    return alerts
      .filter(({ state: phase }) => phase !== 'resolved')
      .map(({ labels, state: phase }) => `${labels.nsmon_no_data ? 'blind' : (labels.channel ?? 'all')} ${phase}`);
  });
  return { told, state };
}

describe('without data', () => {
  const off = [{ C3: 0, C4: 1 }, {}, {}, { C3: 1, C4: 1 }];

  test.each([
    ['resolve', [['C3 firing'], [], [], []]],
    ['keep', [['C3 firing'], ['C3 firing'], ['C3 firing'], []]],
    ['fire', [['C3 firing'], ['C3 firing', 'blind firing'], ['C3 firing', 'blind firing'], []]],
  ])('%s does what it says', (noData, told) => {
    expect(play(rulesOf('contact == 0', noData), off).told).toEqual(told);
  });

  test('pending waits for the rule’s own for, fire does not', () => {
    const silent = [{ C3: 1 }, {}, {}, {}, { C3: 1 }];
    expect(play(rulesOf('contact == 0', 'pending', 'for: 2s,'), silent).told).toEqual([
      [],
      ['blind pending'],
      ['blind pending'],
      ['blind firing'],
      [],
    ]);
    expect(play(rulesOf('contact == 0', 'fire', 'for: 2s,'), silent).told[1]).toEqual(['blind firing']);
  });

  test('keep does not let one channel speak for another', () => {
    const lost = [{ C3: 0, C4: 1 }, { C4: 1 }, { C4: 1 }, { C3: 1, C4: 1 }];
    expect(play(rulesOf('contact == 0', 'keep'), lost).told).toEqual([['C3 firing'], ['C3 firing'], ['C3 firing'], []]);
    expect(play(rulesOf('contact == 0', 'resolve'), lost).told).toEqual([['C3 firing'], [], [], []]);
  });

  test('an aggregation has data as long as one of its series has', () => {
    const lost = [{ C3: 0, C4: 1 }, { C4: 1 }, {}];
    expect(play(rulesOf('min(contact) == 0', 'keep'), lost).told).toEqual([['all firing'], [], []]);
    expect(play(rulesOf('min(contact) == 0', 'keep'), [{ C3: 0 }, {}]).told).toEqual([['all firing'], ['all firing']]);
  });

  test('labels that the expression writes are not looked for among its series', () => {
    const rewritten = 'label_replace(contact == 0, "channel", "x-$1", "channel", "(.*)")';
    expect(play(rulesOf(rewritten, 'keep'), off).told).toEqual([['x-C3 firing'], ['x-C3 firing'], ['x-C3 firing'], []]);
  });

  test('a pending alert that is kept does not fire: that it still holds is not known', () => {
    const told = play(rulesOf('contact == 0', 'keep', 'for: 2s,'), [{ C3: 0 }, {}, {}, {}, { C3: 0 }]).told;
    expect(told.map((alerts) => alerts[0])).toEqual([
      'C3 pending',
      'C3 pending',
      'C3 pending',
      'C3 pending',
      'C3 firing',
    ]);
  });

  test('samples that a comparison filters out are data', () => {
    for (const noData of ['keep', 'fire', 'pending']) {
      expect(play(rulesOf('contact == 0', noData), [{ C3: 1 }, { C3: 2 }]).told).toEqual([[], []]);
    }
  });

  test('absent() is itself the question, and no missing data', () => {
    expect(play(rulesOf('absent(contact)', 'fire'), [{ C3: 1 }, {}, { C3: 1 }]).told).toEqual([[], ['all firing'], []]);
  });

  test('an expression without selectors needs no data', () => {
    expect(play(rulesOf('vector(1) > 2', 'fire'), [{}, {}]).told).toEqual([[], []]);
  });

  test('the alert says what is known and no more', () => {
    const group = rulesOf('contact{kind="eeg"} == 0', 'fire');
    const { alerts } = evaluateGroup(group, new MemorySeriesSource(), 0, {}, { identity: { thing: 'lab-1' } });
    expect(alerts).toEqual([
      {
        labels: { alertname: 'A', severity: 'page', kind: 'eeg', thing: 'lab-1', nsmon_no_data: 'true' },
        annotations: {
          summary: 'No data for A',
          description: 'Whether A holds is unknown: there is no sample of contact{kind="eeg"}.',
          runbook_url: 'r.md',
          nsmon_no_data: 'fire',
        },
        state: 'firing',
        activeAtMs: 0,
        firedAtMs: 0,
        value: 0,
      },
    ]);
  });

  test('unknown is not ok', () => {
    const group = rulesOf('contact == 0', 'resolve');
    const health = (seconds: Parameters<typeof play>[1]): string | undefined =>
      ruleStatuses(group, play(group, seconds).state)[0]?.health;
    expect(health([])).toBe('unknown');
    expect(health([{ C3: 1 }])).toBe('ok');
    expect(health([{ C3: 1 }, {}])).toBe('unknown');
    expect(health([{ C3: 0 }])).toBe('firing');
  });
});
