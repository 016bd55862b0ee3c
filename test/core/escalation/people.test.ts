import { describe, expect, test } from '@jest/globals';
import type { EscalationPolicy, Level } from '../../../core/escalation/policy.ts';
import { T0, Timeline } from '../../support/escalation-timeline.ts';

/** The schedule `lab` at once, PagerDuty after 5 m. */
const ON_CALL: EscalationPolicy = {
  name: 'on call',
  levels: [
    { afterMs: 0, channels: ['slack'], oncall: ['lab'] },
    { afterMs: 300_000, channels: ['pagerduty'] },
  ],
};

/** Ada until a second of the timeline, then Bob; nobody when told so. */
function shift(lab: Timeline, untilSecond: number, isAnybodyThere = true): void {
  lab.circumstances = () => ({
    targetsOf: ({ channels, oncall = [] }: Level, atMs) => {
      const person = atMs < T0 + untilSecond * 1000 ? 'ada' : 'bob';
      const people = isAnybodyThere ? oncall.map(() => ({ channel: 'sns' as const, person })) : [];
      return {
        targets: [...channels.map((channel) => ({ channel })), ...people],
        nobody: isAnybodyThere ? [] : oncall,
      };
    },
  });
}

describe('whoever is on call', () => {
  test('when the level is due is told, and of the end, too', () => {
    const lab = new Timeline(ON_CALL);
    shift(lab, 60);
    lab.alert('firing', 'A');
    lab.at(100).alert('resolved', 'A');
    expect(lab.said).toEqual([
      '0s trigger slack',
      '0s trigger sns@ada',
      '100s resolved slack',
      '100s resolved sns@ada',
    ]);
  });

  test('by the time of a repeat is told of the repeat', () => {
    const lab = new Timeline({ ...ON_CALL, repeatEveryMs: 3_600_000, repeatTimes: 1 });
    shift(lab, 1800);
    lab.alert('firing', 'A');
    lab.at(3600);
    expect(lab.said.slice(3)).toEqual(['3600s trigger slack', '3600s trigger sns@bob']);
  });

  test('is nobody: the level is complained of, once, and does not hold up the next one', () => {
    const lab = new Timeline({
      name: 'people only',
      levels: [
        { afterMs: 0, channels: [], oncall: ['lab'] },
        { afterMs: 300_000, channels: ['pagerduty'] },
      ],
    });
    shift(lab, 60, false);
    lab.alert('firing', 'A');
    lab.at(3600);
    expect(lab.said).toEqual(['0s escalate pagerduty 1.1']);
    expect(lab.problems).toEqual(['0s nobody']);
  });

  test('is nobody on any level: it is said loudly that the page went unheard', () => {
    const lab = new Timeline({ name: 'people only', levels: [{ afterMs: 0, channels: [], oncall: ['lab'] }] });
    shift(lab, 60, false);
    lab.alert('firing', 'A');
    lab.at(3600);
    expect(lab.said).toEqual([]);
    expect(lab.problems).toEqual(['0s nobody', '0s unheard']);
  });
});

describe('a page that every channel refuses', () => {
  test('finds everybody over budget on every channel: it is said loudly, and told once there is room', () => {
    const lab = new Timeline(ON_CALL);
    const room = T0 + 7_200_000;
    lab.answer = () =>
      lab.second < 7200
        ? { status: 'over-budget', summary: 'it waits', notBeforeMs: room }
        : { status: 'delivered', summary: 'ok' };
    lab.alert('firing', 'A');
    lab.at(7199);
    expect(lab.problems).toEqual(['0s unheard']);
    lab.at(7300);
    expect(lab.said.filter((line) => !line.endsWith('(over-budget)'))).not.toEqual([]);
  });

  test('is said to have gone unheard', () => {
    const lab = new Timeline();
    lab.answer = () => ({ status: 'gave-up', summary: '404' });
    lab.alert('firing', 'A');
    lab.at(10);
    expect(lab.problems).toEqual(['0s unheard']);
  });
});

describe('a person whose budget is spent', () => {
  test('is told when there is room again, and the next level at once', () => {
    const lab = new Timeline(ON_CALL);
    shift(lab, 1e6);
    lab.answer = ({ person }) =>
      person !== undefined && lab.second < 600
        ? { status: 'over-budget', summary: '5 in 15 min', notBeforeMs: T0 + 600_000 }
        : { status: 'delivered', summary: '' };
    lab.alert('firing', 'A');
    lab.at(700);
    expect(lab.said).toEqual([
      '0s trigger slack',
      '0s trigger sns@ada (over-budget)',
      '300s escalate pagerduty 1.1',
      '600s trigger sns@ada',
    ]);
  });
});

describe('a person with several channels', () => {
  const twoWays = (lab: Timeline): void => {
    const target = { channel: 'sms' as const, person: 'ada', otherwise: ['email' as const] };
    lab.circumstances = () => ({ targetsOf: () => ({ targets: [target], nobody: [] }) });
  };
  const ONE: EscalationPolicy = { name: 'one', levels: [{ afterMs: 0, channels: [], people: ['ada'] }] };

  test('is told over the first that takes it', () => {
    const lab = new Timeline(ONE);
    twoWays(lab);
    lab.alert('firing', 'A');
    lab.at(60);
    expect(lab.said).toEqual(['0s trigger sms@ada']);
  });

  test('is told over the next at once when the first refuses, and of the end where it was heard', () => {
    const lab = new Timeline(ONE);
    twoWays(lab);
    lab.answer = ({ channel }) =>
      channel === 'sms' ? { status: 'gave-up', summary: 'opted out' } : { status: 'delivered', summary: '' };
    lab.alert('firing', 'A');
    lab.at(60).alert('resolved', 'A');
    expect(lab.said).toEqual(['0s trigger sms@ada (gave-up)', '0s trigger email@ada', '60s resolved email@ada']);
    expect(lab.problems).toEqual([]);
  });
});

describe('a hand-over to a service with an escalation of its own', () => {
  const HANDED: EscalationPolicy = {
    name: 'handed over',
    levels: [
      { afterMs: 0, channels: ['slack'] },
      { afterMs: 300_000, channels: ['pagerduty'], handOver: true },
    ],
    repeatEveryMs: 3_600_000,
  };

  test('ends our repeats once it took the page', () => {
    const lab = new Timeline(HANDED);
    lab.alert('firing', 'A');
    lab.at(86_400);
    expect(lab.said).toEqual(['0s trigger slack', '300s escalate pagerduty 1.1']);
  });

  test('does not when it refused', () => {
    const lab = new Timeline(HANDED);
    lab.answer = ({ channel }) =>
      channel === 'pagerduty' ? { status: 'gave-up', summary: '403' } : { status: 'delivered', summary: '' };
    lab.alert('firing', 'A');
    lab.at(3600);
    expect(lab.said).toContain('3600s trigger slack');
  });
});
