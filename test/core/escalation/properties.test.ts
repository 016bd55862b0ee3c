import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Timeline } from '../../support/escalation-timeline.ts';

type Step =
  | { readonly do: 'firing' | 'resolved' | 'unknown'; readonly alert: string; readonly severity: string }
  | { readonly do: 'acknowledge' }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'jump'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('firing' as const, 'firing' as const, 'resolved' as const, 'unknown' as const),
    alert: fc.constantFrom('A', 'B', 'C'),
    severity: fc.constantFrom('critical', 'warning'),
  }),
  fc.record({ do: fc.constant('acknowledge' as const) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ do: fc.constant('jump' as const), seconds: fc.integer({ min: 1, max: 900 }) }),
);
const steps = fc.array(step, { maxLength: 25 });

function play(lab: Timeline, script: readonly Step[]): void {
  for (const next of script) {
    if (next.do === 'wait') lab.at(lab.second + next.seconds);
    else if (next.do === 'jump') lab.jumpTo(lab.second + next.seconds);
    else if (next.do === 'acknowledge') lab.acknowledge();
    else lab.alert(next.do, next.alert, next.severity);
  }
}

describe('whatever happens', () => {
  test('nothing is sent twice to a channel that takes it', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const lab = new Timeline();
        play(lab, script);
        const keys = lab.sent.map(({ generation, key }) => `${generation} ${key}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 300 },
    );
  });

  test('an acknowledgement stops paging, until there is something new', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 100_000 }), (script, seconds) => {
        const lab = new Timeline();
        play(lab, script);
        if (lab.acknowledge() !== 'acknowledged') return;
        const before = lab.sent.length;
        lab.at(lab.second + seconds);
        const since = lab.sent.slice(before).map(({ kind }) => kind);
        expect(since.filter((kind) => kind !== 'acknowledged')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('an alert that nobody acknowledges reaches the last level', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (script, jumps) => {
        const lab = new Timeline();
        play(lab, script);
        lab.alert('firing', 'D', 'critical');
        const sinceSecond = lab.second + 300 + 300;
        if (jumps) lab.jumpTo(sinceSecond);
        else lab.at(sinceSecond);
        const { generation, episode } = lab.group ?? {};
        const pages = lab.sent.filter((one) => one.generation === generation && one.channel === 'pagerduty');
        expect(pages.some((one) => one.episode === episode?.number)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('everybody who was told of it is told of its end, once, and each incident is resolved', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const lab = new Timeline();
        play(lab, script);
        for (const alert of ['A', 'B', 'C']) {
          for (const severity of ['critical', 'warning']) lab.alert('resolved', alert, severity);
        }
        if (!lab.group) return;
        const { generation } = lab.group;
        const ofThis = lab.sent.filter((one) => one.generation === generation);
        const target = (one: (typeof ofThis)[number]): string =>
          one.channel === 'pagerduty' ? `pagerduty ${one.episode}` : one.channel;
        const told = new Set(ofThis.filter(({ kind }) => kind === 'trigger' || kind === 'escalate').map(target));
        const ended = ofThis.filter(({ kind }) => kind === 'resolved').map(target);
        expect(ended.sort()).toEqual([...told].sort());
        expect(lab.group.phase).toBe('closed');
      }),
      { numRuns: 300 },
    );
  });

  test('no message is tried more than eight times, whatever gets lost', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 10, maxLength: 60 }), (script, luck) => {
        const lab = new Timeline();
        let i = 0;
        lab.answer = () => (luck[i++ % luck.length] ? 'crash' : { status: 'delivered', summary: '' });
        play(lab, script);
        lab.at(lab.second + 7200);
        const times = new Map<string, number>();
        for (const { generation, key } of lab.sent)
          times.set(`${generation} ${key}`, (times.get(`${generation} ${key}`) ?? 0) + 1);
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(8);
      }),
      { numRuns: 100 },
    );
  });
});
