import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../core/escalation/decide.ts';
import { MAX_HISTORY_EVENTS } from '../../../core/escalation/execution.ts';
import { T0, THREE_LEVELS, Timeline } from '../../support/escalation-timeline.ts';

describe('the ladder', () => {
  test('tells each level when nobody below has answered, then repeats from the first', () => {
    const lab = new Timeline({ ...THREE_LEVELS, repeatEveryMs: 3_600_000, repeatTimes: 1 });
    lab.alert('firing', 'A');
    lab.at(3 * 3600);
    expect(lab.said).toEqual([
      '0s trigger slack',
      '60s escalate sns',
      '300s escalate pagerduty 1.1',
      '3600s trigger slack',
      '3660s escalate sns',
      '3900s escalate pagerduty 1.1',
    ]);
  });

  test('repeats at the repeat_interval of the route when the policy does not say', () => {
    const lab = new Timeline({ name: 'one', levels: [{ afterMs: 0, channels: ['slack'] }] });
    lab.alert('firing', 'A');
    lab.at(9 * 3600);
    expect(lab.said).toEqual(['0s trigger slack', '14400s trigger slack', '28800s trigger slack']);
  });

  test('waits for company as long as group_wait says', () => {
    const lab = new Timeline(THREE_LEVELS, { groupWaitMs: 30_000 });
    lab.alert('firing', 'A', 'warning');
    lab.at(10).alert('firing', 'B');
    lab.at(100);
    expect(lab.said).toEqual(['30s trigger slack', '90s escalate sns']);
  });

  test('says nothing of what resolved before group_wait was over', () => {
    const lab = new Timeline(THREE_LEVELS, { groupWaitMs: 30_000 });
    lab.alert('firing', 'A');
    lab.at(20).alert('resolved', 'A');
    lab.at(3600);
    expect(lab.said).toEqual([]);
    expect(lab.group?.phase).toBe('closed');
  });

  test('skips no level, however late the decision', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.jumpTo(1000);
    expect(lab.said).toEqual(['0s trigger slack', '1000s escalate sns', '1000s escalate pagerduty 1.1']);
  });

  test('tells nobody where the policy names nobody', () => {
    const lab = new Timeline({ name: 'none', levels: [] });
    lab.alert('firing', 'A');
    lab.at(86_400).alert('resolved', 'A');
    expect(lab.said).toEqual([]);
    expect(lab.group?.phase).toBe('closed');
  });
});

describe('an acknowledgement', () => {
  test('early: stops the ladder, and whoever was told learns of it and of the end', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(30);
    expect(lab.acknowledge()).toBe('acknowledged');
    lab.at(86_400 * 2);
    lab.alert('resolved', 'A');
    expect(lab.said).toEqual(['0s trigger slack', '30s acknowledged slack', '172800s resolved slack']);
  });

  test('late: everybody told so far learns of it', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(400).acknowledge();
    expect(lab.said.slice(3)).toEqual([
      '400s acknowledged slack',
      '400s acknowledged sns',
      '400s acknowledged pagerduty 1.1',
    ]);
    expect(lab.acknowledge('Bob')).toBe('already acknowledged');
    lab.alert('resolved', 'A');
    expect(lab.acknowledge('Bob')).toBe('already resolved');
  });

  test('does not cover a new alert: after group_interval the ladder begins anew, with an incident of its own', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(400).acknowledge();
    lab.at(500).alert('firing', 'B');
    lab.at(1100);
    expect(lab.said.slice(6)).toEqual(['700s trigger slack', '760s escalate sns', '1000s escalate pagerduty 1.2']);
    lab.alert('resolved', 'A');
    lab.alert('resolved', 'B');
    expect(lab.said.slice(9)).toEqual([
      '1100s resolved slack',
      '1100s resolved sns',
      '1100s resolved pagerduty 1.1',
      '1100s resolved pagerduty 1.2',
    ]);
  });
});

describe('an alert that joins its group', () => {
  test('is told of after group_interval to whoever was told, and holds up no level', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(100).alert('firing', 'B');
    lab.at(120).alert('firing', 'C');
    lab.at(1000);
    expect(lab.said.slice(2)).toEqual(['300s escalate pagerduty 1.1', '360s trigger slack', '360s trigger sns']);
  });

  test('more severe, is told of at once to all levels reached, with an incident of its own', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A', 'warning');
    lab.at(310).alert('firing', 'B', 'critical');
    lab.at(1000);
    expect(lab.said).toEqual([
      '0s trigger slack',
      '60s escalate sns',
      '300s escalate pagerduty 1.1',
      '310s trigger slack',
      '310s escalate sns',
      '310s escalate pagerduty 1.2',
    ]);
  });

  test('more severe, does not delay the levels that are still to come', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A', 'info');
    lab.at(290).alert('firing', 'B', 'warning');
    lab.at(299).alert('firing', 'C', 'critical');
    lab.at(301);
    expect(lab.said).toContain('300s escalate pagerduty 1.3');
  });

  test('again, after it had resolved, is no news', () => {
    const lab = new Timeline();
    for (const name of ['A', 'B']) lab.alert('firing', name);
    lab.at(400).alert('resolved', 'B');
    lab.at(700);
    const before = lab.said.length;
    lab.alert('firing', 'B');
    lab.at(2000);
    expect(lab.said).toHaveLength(before);
  });
});

describe('the end', () => {
  test('comes when the last alert has resolved, and the next alert opens the next generation', () => {
    const lab = new Timeline();
    for (const name of ['A', 'B']) lab.alert('firing', name);
    lab.at(10).alert('resolved', 'A');
    lab.at(20).alert('resolved', 'B');
    expect(lab.group).toMatchObject({ generation: 1, phase: 'closed' });
    lab.at(80).alert('firing', 'A');
    lab.at(400);
    expect(lab.group).toMatchObject({ generation: 2, phase: 'open' });
    expect(lab.said).toContain('380s escalate pagerduty 2.1');
    expect(lab.said.filter((line) => line.includes('trigger slack'))).toEqual([
      '0s trigger slack',
      '80s trigger slack',
    ]);
  });

  test('that could not be told is tried a few times, then the generation closes all the same', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.answer = () => ({ status: 'failed', summary: '503' });
    lab.at(10).alert('resolved', 'A');
    lab.at(3600);
    expect(lab.said.filter((line) => line.includes('resolved'))).toHaveLength(3);
    expect(lab.group?.phase).toBe('closed');
  });

  test('is not waited for when the alert is back: the next generation pages at once', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.answer = ({ kind }) =>
      kind === 'resolved' ? { status: 'failed', summary: '503' } : { status: 'delivered', summary: '' };
    lab.at(10).alert('resolved', 'A');
    lab.at(15).alert('firing', 'A');
    expect(lab.group).toMatchObject({ generation: 2, phase: 'open' });
    expect(lab.said).toEqual(['0s trigger slack', '10s resolved slack (failed)', '15s trigger slack']);
  });
});

describe('a sender that fell silent', () => {
  test('leaves its alerts unknown: whoever was told learns of it, nothing resolves, and the ladder goes on', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(90).alert('unknown', 'A');
    lab.at(320).alert('firing', 'A');
    lab.at(400);
    expect(lab.said).toEqual([
      '0s trigger slack',
      '60s escalate sns',
      '90s unknown slack',
      '90s unknown sns',
      '300s escalate pagerduty 1.1',
    ]);
  });
});

describe('a channel that does not take it', () => {
  test('is tried again with growing pauses, and the others are told meanwhile', () => {
    const lab = new Timeline();
    lab.answer = ({ channel }) =>
      channel === 'slack' ? { status: 'failed', summary: '503' } : { status: 'delivered', summary: '' };
    lab.alert('firing', 'A');
    lab.at(600);
    expect(lab.said).toEqual([
      '0s trigger slack (failed)',
      '30s trigger slack (failed)',
      '60s escalate sns',
      '90s trigger slack (failed)',
      '210s trigger slack (failed)',
      '300s escalate pagerduty 1.1',
      '510s trigger slack (failed)',
    ]);
    lab.at(4000);
    expect(lab.group?.sent['e1.r0.L1.slack']).toMatchObject({ status: 'gave-up', attempts: 8 });
    expect(lab.group?.log.at(-1)?.summary).toBe('gave up after 8 attempts');
  });

  test('and never will, hands on to the next level at once', () => {
    const lab = new Timeline();
    lab.answer = ({ channel }) =>
      channel === 'pagerduty' ? { status: 'delivered', summary: '' } : { status: 'gave-up', summary: '404' };
    lab.alert('firing', 'A');
    expect(lab.said).toEqual(['0s trigger slack (gave-up)', '0s escalate sns (gave-up)', '0s escalate pagerduty 1.1']);
  });

  test('whose outcome is not known, because of a crash, is told once more', () => {
    const lab = new Timeline();
    let crashes = 1;
    lab.answer = () => (crashes-- > 0 ? 'crash' : { status: 'delivered', summary: '' });
    lab.alert('firing', 'A');
    lab.at(59);
    expect(lab.said).toEqual(['0s trigger slack (crash)', '30s trigger slack']);
  });
});

describe('an execution', () => {
  test('continues as a new one before its history is full, and nothing is said twice', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    if (!lab.group) throw new Error('the group was not opened');
    const decision = decide(lab.group, THREE_LEVELS, { nowMs: T0 + 60_000, historyEvents: MAX_HISTORY_EVENTS });
    expect(decision).toMatchObject({ next: 'continue', input: { groupId: 'g', generation: 1, continuation: 1 } });
    expect(decision.group.sent).toEqual(lab.group.sent);
  });
});
