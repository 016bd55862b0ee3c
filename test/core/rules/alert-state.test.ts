import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { VectorSample } from '../../../core/promql/index.ts';
import {
  type AlertChange,
  type AlertingRule,
  type AlertingState,
  NO_ALERTS,
  parseRuleFile,
  RESOLVED_RETENTION_MS,
  step,
} from '../../../core/rules/index.ts';

function rule(fields: string): AlertingRule {
  const text = `groups: [{name: g, rules: [{alert: Detached, expr: contact == 0, ${fields}}]}]`;
  return parseRuleFile(text, 'r')[0]?.rules[0] as AlertingRule;
}

const sample = (channel: string, value = 0): VectorSample => ({
  labels: { __name__: 'contact', channel },
  value,
  histogram: undefined,
  dropName: false,
});

/** Plays a timeline, one character a second: `#` the expression holds, `.` it does not. Gives the phase at each second. */
function play(of: AlertingRule, timeline: string, secondMs = 1000): { phases: string; changes: AlertChange[] } {
  let state: AlertingState = NO_ALERTS;
  let phases = '';
  const all: AlertChange[] = [];
  timeline.split('').forEach((c, second) => {
    const [next, changes] = step(of, state, c === '#' ? [sample('Cz')] : [], second * secondMs);
    state = JSON.parse(JSON.stringify(next)) as AlertingState;
    all.push(...changes);
    phases += state.alerts[0]?.phase[0] ?? '.';
  });
  return { phases, changes: all };
}

describe('the life of an alert', () => {
  test.each([
    ['fires at once without for', '', '..###..', '..fffrr'],
    ['is pending until for has elapsed', 'for: 3s', '.######.', '.pppfffr'],
    ['is forgotten when it ends while pending', 'for: 3s', '.###.###', '.ppp.ppp'],
    ['lives anew when it holds again after a resolve', 'for: 2s', '####..####', 'ppffrrppff'],
    ['goes on firing for keep_firing_for', 'keep_firing_for: 3s', '##.....', 'fffffrr'],
    ['a new start of the condition resets keep_firing_for', 'keep_firing_for: 3s', '##..#....', 'ffffffffr'],
  ])('it %s', (_name, fields, timeline, phases) => {
    expect(play(rule(fields), timeline).phases).toBe(phases);
  });

  test('is told as changes', () => {
    const { changes } = play(rule('for: 2s'), '.####..#');
    expect(changes.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'inactive -> pending',
      'pending -> firing',
      'firing -> resolved',
      'inactive -> pending',
    ]);
  });

  test('ends 15 minutes after it was resolved', () => {
    const of = rule('');
    const [firing] = step(of, NO_ALERTS, [sample('Cz')], 0);
    const [resolved] = step(of, firing, [], 1000);
    expect(resolved.alerts).toMatchObject([{ phase: 'resolved', firedAtMs: 0, resolvedAtMs: 1000 }]);
    expect(step(of, resolved, [], 1000 + RESOLVED_RETENTION_MS)[0].alerts).toHaveLength(1);
    expect(step(of, resolved, [], 1001 + RESOLVED_RETENTION_MS)[0].alerts).toHaveLength(0);
  });

  test('has the labels of series and rule, without the metric’s name', () => {
    const of = rule('labels: {severity: warning, channel_copy: "{{ $labels.channel }}"}');
    const render = (text: string, labels: Readonly<Record<string, string>>): string =>
      text.replace('{{ $labels.channel }}', labels.channel ?? '');
    const [state] = step(of, NO_ALERTS, [sample('Cz')], 0, render);
    expect(state.alerts[0]?.labels).toEqual({
      alertname: 'Detached',
      channel: 'Cz',
      channel_copy: 'Cz',
      severity: 'warning',
    });
  });

  test('keeps the value at which the expression last held', () => {
    const of = rule('');
    const [firing] = step(of, NO_ALERTS, [sample('Cz', 7)], 0);
    const [later] = step(of, firing, [sample('Cz', 9)], 1000);
    const [resolved] = step(of, later, [], 2000);
    expect(resolved.alerts[0]?.value).toBe(9);
  });

  test('two elements that become the same alert are an error', () => {
    const of = rule('labels: {channel: any}');
    expect(() => step(of, NO_ALERTS, [sample('Cz'), sample('Pz')], 0)).toThrow('same labelset');
  });

  test('is never firing before for has elapsed without a break, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 0, max: 5 }), (held, seconds) => {
        const timeline = held.map((holds) => (holds ? '#' : '.')).join('');
        const { phases } = play(rule(`for: ${seconds}s`), timeline);
        phases.split('').forEach((phase, i) => {
          const run = /#*$/.exec(timeline.slice(0, i + 1))?.[0].length ?? 0;
          expect(phase === 'f').toBe(run > seconds);
        });
      }),
    );
  });
});
