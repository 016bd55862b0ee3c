import { describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../../core/alerting/routing/parse.ts';
import { timingProblems } from '../../../../core/alerting/routing/timings.ts';

const [S, M] = [1000, 60_000];
const good = {
  groupWaitMs: 30 * S,
  groupIntervalMs: 5 * M,
  repeatIntervalMs: 4 * 60 * M,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
};
const textOf = (
  change: Partial<typeof good> | { muteTimeIntervals: string[]; activeTimeIntervals: string[] },
): string =>
  timingProblems({ ...good, ...change })
    .map(({ text }) => text)
    .join('\n');

describe('a timing that cannot work', () => {
  test.each([
    [{ repeatIntervalMs: M }, 'so it repeats every 5m; shorten group_interval, or write repeat_interval: 5m'],
    [{ repeatIntervalMs: 12 * M }, 'repeat_interval 12m is no multiple of group_interval 5m'],
    [{ repeatIntervalMs: 12 * M }, 'after 15m; write that'],
    [{ groupWaitMs: 10 * M }, 'the two are probably exchanged'],
    [{ groupIntervalMs: 500, repeatIntervalMs: M }, 'shorter than the time between two evaluations of a rule, 1s'],
    [{ muteTimeIntervals: ['a', 'b'], activeTimeIntervals: ['a'] }, 'mute whenever it is active (a)'],
  ])('%j: %s', (change, text) => expect(textOf(change)).toContain(text));

  test('is not found in defaults, nor in what works', () => {
    expect(textOf({})).toBe('');
    expect(textOf({ groupWaitMs: 0, repeatIntervalMs: 5 * M })).toBe('');
    expect(textOf({ muteTimeIntervals: ['a'], activeTimeIntervals: ['a', 'b'] })).toBe('');
  });

  test('is warned of where it is written, once, and refused when asked to be strict', () => {
    const text = `route:
  receiver: r
  routes:
    - group_wait: 10m
      routes: [{ matchers: [a=b] }]
receivers: [{ name: r }]`;
    expect(parseRouting(text).warnings).toEqual([
      expect.stringMatching(/^routing.yaml:4:19: group_wait 10m is longer than group_interval 5m/),
    ]);
    expect(() => parseRouting(text, 'am.yml', { strict: true })).toThrow('am.yml:4:19: group_wait 10m');
  });
});
