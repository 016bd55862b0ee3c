import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { T0, THREE_LEVELS, Timeline } from '../../support/escalation-timeline.ts';

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

  test('a page that nobody acknowledges reaches somebody, or it is said loudly that it did not', () => {
    const levels = fc.array(
      fc.record({ channels: fc.subarray(['slack', 'pagerduty'] as const), oncall: fc.subarray(['lab', 'cloud']) }),
      { minLength: 1, maxLength: 3 },
    );
    const world = fc.record({
      levels,
      absent: fc.subarray(['lab', 'cloud']),
      dead: fc.subarray(['slack', 'pagerduty', 'sms', 'email'] as const),
      overBudget: fc.boolean(),
    });
    fc.assert(
      fc.property(world, steps, ({ levels: some, absent, dead, overBudget }, script) => {
        const rungs = some.filter(({ channels, oncall }) => channels.length + oncall.length > 0);
        fc.pre(rungs.length > 0);
        const lab = new Timeline({ name: 'p', levels: rungs.map((rung, i) => ({ ...rung, afterMs: i * 60_000 })) });
        lab.circumstances = () => ({
          targetsOf: ({ channels, oncall = [] }) => {
            const present = oncall.filter((schedule) => !absent.includes(schedule));
            const people = present.map((person) => ({
              channel: 'sms' as const,
              person,
              otherwise: ['email' as const],
            }));
            return {
              targets: [...channels.map((channel) => ({ channel })), ...people],
              nobody: oncall.filter((schedule) => absent.includes(schedule)),
            };
          },
        });
        lab.answer = ({ channel }) => {
          if (dead.some((one) => one === channel)) return { status: 'gave-up', summary: '404' };
          if (overBudget && channel === 'sms') {
            return { status: 'over-budget', summary: '', notBeforeMs: T0 + (lab.second + 900) * 1000 };
          }
          return { status: 'delivered', summary: '' };
        };
        play(lab, script);
        lab.alert('firing', 'D', 'critical');
        const beforeSecond = lab.second;
        lab.at(lab.second + 300 + 600);
        const { generation, episode } = lab.group ?? {};
        const heard = lab.sent.filter(
          (one, i) =>
            one.generation === generation &&
            one.episode === episode?.number &&
            (one.kind === 'trigger' || one.kind === 'escalate') &&
            !lab.said[i]?.includes('('),
        );
        const loud = lab.group?.problems?.includes(`e${episode?.number}.unheard`);
        const isWaiting = lab.said.some((line) => line.includes('over-budget'));
        expect({ beforeSecond, ok: heard.length > 0 || loud || isWaiting }).toEqual({ beforeSecond, ok: true });
      }),
      { numRuns: 300 },
    );
  });

  test('what is silenced is told to nobody for as long as it is, whatever happens', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const lab = new Timeline();
        lab.circumstances = () => ({
          silencing: { suppressionOf: () => ({ reason: 'silenced', by: 's' }), mutedAt: () => undefined },
        });
        play(lab, script);
        lab.at(lab.second + 7200);
        expect(lab.said).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('an acknowledgement with a lease is never older than its lease while the alert fires', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 7200 }), (script, seconds) => {
        const acknowledgeLeaseMs = 600_000;
        const lab = new Timeline({ ...THREE_LEVELS, acknowledgeLeaseMs });
        play(lab, script);
        lab.at(lab.second + seconds);
        const { acknowledgement, phase } = lab.group ?? {};
        if (!acknowledgement || phase !== 'open') return;
        const { atMs, progressAtMs = atMs } = acknowledgement;
        expect(progressAtMs + acknowledgeLeaseMs).toBeGreaterThan(T0 + lab.second * 1000);
      }),
      { numRuns: 200 },
    );
  });
});
