import { describe, expect, test } from '@jest/globals';
import type { EscalationPolicy } from '../../../core/escalation/policy.ts';
import { raise } from '../../../core/escalation/raise.ts';
import { T0, THREE_LEVELS, Timeline } from '../../support/escalation-timeline.ts';

/** As Alertmanager would: no levels, Slack without the end of alerts, PagerDuty with it. */
const PLAIN: EscalationPolicy = {
  name: 'receiver team',
  levels: [],
  integrations: [
    { key: 'slack[0]', channel: 'slack', sendResolved: false },
    { key: 'pagerduty[0]', channel: 'pagerduty', sendResolved: true },
  ],
};
const SETTINGS = { groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 3_600_000 };

describe('a receiver without a policy', () => {
  test('is told after group_wait, of changes after group_interval, and of the end where it wants it', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(100).alert('firing', 'B');
    lab.at(400).alert('resolved', 'B');
    lab.at(700).alert('resolved', 'A');
    lab.at(5000);
    expect(lab.said).toEqual([
      '30s trigger slack',
      '30s trigger pagerduty 1.1',
      '330s trigger slack',
      '330s trigger pagerduty 1.1',
      '630s trigger pagerduty 1.1',
      '930s resolved pagerduty 1.1',
    ]);
    expect(lab.group).toMatchObject({ phase: 'closed', members: {} });
  });

  test('is told nothing of what resolves before group_wait is over', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(20).alert('resolved', 'A');
    lab.at(5000);
    expect(lab.said).toEqual([]);
    expect(lab.group?.phase).toBe('closed');
  });

  test('is reminded on the first flush after repeat_interval, and not once somebody has it', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(4000);
    expect(lab.said.slice(2)).toEqual(['3630s trigger slack', '3630s trigger pagerduty 1.1']);
    lab.acknowledge();
    lab.at(20_000);
    expect(lab.said.slice(4)).toEqual(['4000s acknowledged slack', '4000s acknowledged pagerduty 1.1']);
    lab.alert('firing', 'B');
    lab.at(20_400);
    expect(lab.said.slice(6)).toEqual(['20130s trigger slack', '20130s trigger pagerduty 1.1']);
  });

  test('gets an incident of its own for what is worse, and the end of both', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A', 'warning');
    lab.at(40).alert('firing', 'B', 'critical');
    lab.at(400);
    for (const [name, severity] of [
      ['A', 'warning'],
      ['B', 'critical'],
    ] as const)
      lab.alert('resolved', name, severity);
    lab.at(1000);
    const pages = lab.said.filter((line) => line.includes('pagerduty'));
    expect(pages).toEqual([
      '30s trigger pagerduty 1.1',
      '330s trigger pagerduty 1.2',
      '630s resolved pagerduty 1.1',
      '630s resolved pagerduty 1.2',
    ]);
  });

  test('that cannot be told is told again at the next flush, and the others are not', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.answer = ({ channel }) =>
      channel === 'slack' && lab.second < 300
        ? { status: 'gave-up', summary: '404' }
        : { status: 'delivered', summary: '' };
    lab.alert('firing', 'A');
    lab.at(1000);
    expect(lab.said).toEqual(['30s trigger slack (gave-up)', '30s trigger pagerduty 1.1', '330s trigger slack']);
  });

  test('is told of a silenced alert when the silence has ended, at a flush', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.circumstances = () => ({
      silencing: {
        suppressionOf: () => (lab.second < 1000 ? { reason: 'silenced', by: 's-1' } : undefined),
        mutedAt: () => undefined,
      },
    });
    lab.alert('firing', 'A');
    lab.at(2000);
    expect(lab.said).toEqual(['1230s trigger slack', '1230s trigger pagerduty 1.1']);
  });

  test('comes back as the next generation, and is told anew', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(40).alert('resolved', 'A');
    lab.at(400).alert('firing', 'A');
    lab.at(500);
    expect(lab.said).toEqual([
      '30s trigger slack',
      '30s trigger pagerduty 1.1',
      '330s resolved pagerduty 1.1',
      '430s trigger slack',
      '430s trigger pagerduty 2.1',
    ]);
  });

  test('is told again of what a maintenance window covered when that has closed', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(1000);
    expect(lab.said).toHaveLength(2);
    const [fingerprint = ''] = Object.keys(lab.group?.members ?? {});
    lab.change((group) => raise(group, [fingerprint], true, T0 + 1_000_000));
    lab.at(2000);
    expect(lab.said.slice(2)).toEqual(['1230s trigger slack', '1230s trigger pagerduty 1.1']);
  });

  test('waits for healing before it is told first, and for no longer than that may take', () => {
    const cured = new Timeline(PLAIN, SETTINGS);
    cured.circumstances = () => ({ heldUntilMs: T0 + 120_000 });
    cured.alert('firing', 'A');
    cured.at(60).alert('resolved', 'A');
    cured.at(5000);
    expect(cured.said).toEqual([]);
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.circumstances = () => ({ heldUntilMs: T0 + 120_000 });
    lab.alert('firing', 'A');
    lab.at(300);
    expect(lab.said).toEqual(['120s trigger slack', '120s trigger pagerduty 1.1']);
  });
});

describe('a receiver whose policy is taken away while its alert fires', () => {
  test('is told as Alertmanager would from then on, of the end, too', () => {
    const lab = new Timeline(THREE_LEVELS, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(100);
    expect(lab.said).toEqual(['30s trigger slack', '90s escalate sns']);
    lab.policy = PLAIN;
    lab.look();
    lab.at(3800).alert('resolved', 'A');
    lab.at(5000);
    expect(lab.said.slice(2)).toEqual([
      '100s trigger slack',
      '100s trigger pagerduty 1.1',
      '3700s trigger slack',
      '3700s trigger pagerduty 1.1',
      '4000s resolved pagerduty 1.1',
    ]);
    expect(lab.group?.phase).toBe('closed');
  });

  test('and given back, climbs on and closes what is open', () => {
    const lab = new Timeline(PLAIN, SETTINGS);
    lab.alert('firing', 'A');
    lab.at(100);
    lab.policy = THREE_LEVELS;
    lab.look();
    lab.at(400).alert('resolved', 'A');
    lab.at(5000);
    expect(lab.said.slice(-3)).toEqual(['400s resolved slack', '400s resolved pagerduty 1.1', '400s resolved sns']);
    expect(lab.group?.phase).toBe('closed');
  });
});
