import { describe, expect, test } from '@jest/globals';
import { inhibitor } from '../../../../core/alerting/inhibition/inhibitor.ts';
import { parseMatchers } from '../../../../core/alerting/routing/matchers.ts';

const rule = (source: string, target: string, equal: string[] = []) => ({
  sourceMatchers: parseMatchers(source),
  targetMatchers: parseMatchers(target),
  equal,
});
const source = (fingerprint: string, labels: Record<string, string>) => ({ fingerprint, labels });

describe('a firing alert', () => {
  test('inhibits those that match the target side and have equal labels', () => {
    const inhibits = inhibitor(
      [rule('alertname="SwitchDown"', 'severity="warning"', ['site'])],
      [source('switch', { alertname: 'SwitchDown', site: 'berlin' })],
    );
    expect(inhibits({ severity: 'warning', site: 'berlin' })).toEqual(['switch']);
    expect(inhibits({ severity: 'warning', site: 'paris' })).toEqual([]);
    expect(inhibits({ severity: 'critical', site: 'berlin' })).toEqual([]);
  });

  test('and its target are equal in a label that both lack', () => {
    const inhibits = inhibitor(
      [rule('a="1"', 'b="1"', ['site'])],
      [source('one', { a: '1' }), source('two', { a: '1', site: '' })],
    );
    expect(inhibits({ b: '1' })).toEqual(['one', 'two']);
    expect(inhibits({ b: '1', site: '' })).toEqual(['one', 'two']);
    expect(inhibits({ b: '1', site: 'x' })).toEqual([]);
  });

  test('that matches both sides inhibits neither itself nor another such', () => {
    const both = { alertname: 'A' };
    const inhibits = inhibitor([rule('alertname=~"A|S"', 'alertname=~"A|T"')], [source('both', both)]);
    expect(inhibits(both)).toEqual([]);
    expect(inhibits({ ...both, thing: '2' })).toEqual([]);
    // One that is a target only is inhibited by it.
    expect(inhibits({ alertname: 'T' })).toEqual(['both']);
    const withPure = inhibitor([rule('alertname=~"A|S"', 'alertname=~"A|T"')], [source('pure', { alertname: 'S' })]);
    expect(withPure(both)).toEqual(['pure']);
  });

  test('is found among many at the cost of a look-up', () => {
    const sources = Array.from({ length: 20_000 }, (_, i) => source(`s${i}`, { a: '1', thing: `t${i}` }));
    const inhibits = inhibitor([rule('a="1"', 'b="1"', ['thing'])], sources);
    const found = sources.map(({ labels }) => inhibits({ b: '1', thing: labels.thing as string }));
    expect(found.every((one, i) => one.length === 1 && one[0] === `s${i}`)).toBe(true);
  });
});
