import { describe, expect, test } from '@jest/globals';
import type { Silence } from '../../../core/alerting/silences/silence.ts';
import type { Suppression } from '../../../core/alerting/suppression.ts';
import type { EscalationPolicy } from '../../../core/escalation/policy.ts';
import { withHealing } from '../../../core/healing/offer.ts';
import { notesByAlert } from '../../../local/start/alert-notes.ts';
import { operationsOf } from '../../../local/start/operations.ts';
import { T0, THREE_LEVELS, Timeline } from '../../support/escalation-timeline.ts';

const LEASE: EscalationPolicy = { ...THREE_LEVELS, acknowledgeLeaseMs: 1_800_000 };
const SILENCE: Silence = {
  id: '85272e8b-1111',
  kind: 'maintenance',
  matcherSets: [[{ name: 'thing', op: '=', value: 'lab-1' }]],
  startsAtMs: T0,
  endsAtMs: T0 + 600_000,
  createdBy: 'ada',
  comment: 'new gel',
  createdAtMs: T0,
};

function notesOf(timeline: Timeline) {
  const group = timeline.group!;
  const [fingerprint = ''] = Object.keys(group.members);
  return notesByAlert({ groups: [group], senders: [], silences: [SILENCE] }, () => LEASE)(fingerprint);
}

function heldBack(timeline: Timeline, suppression: Suppression | undefined): void {
  timeline.circumstances = () => ({
    silencing: { suppressionOf: () => suppression, mutedAt: () => undefined },
    silencedUntilMs: SILENCE.endsAtMs,
  });
}

describe('what the groups of an alert say of it', () => {
  test('nothing of one that everybody was told of, and nothing of one that no group has', () => {
    const timeline = new Timeline(LEASE);
    timeline.alert('firing', 'A');
    expect(notesOf(timeline)).toEqual([]);
    expect(notesByAlert({ groups: [], senders: [], silences: [] }, () => LEASE)('f')).toEqual([]);
  });

  test('which silence holds it back, until when and why; and afterwards, that it did', () => {
    const timeline = new Timeline(LEASE);
    heldBack(timeline, { reason: 'silenced', by: SILENCE.id });
    timeline.alert('firing', 'A');
    const text = 'by maintenance window 85272e8b of ada: new gel';
    expect(notesOf(timeline)).toEqual([{ kind: 'silenced', text, untilMs: SILENCE.endsAtMs }]);
    const { silences } = operationsOf(
      { groups: [timeline.group!], senders: [], silences: [SILENCE], healing: [] },
      [],
      T0,
    );
    expect(silences).toMatchObject([{ isActive: true, matchers: '{thing="lab-1"}', holdsBack: 1 }]);
    timeline.at(10);
    heldBack(timeline, undefined);
    timeline.look();
    expect(notesOf(timeline)).toEqual([{ kind: 'silenced', text, isOver: true }]);
  });

  test('which alert inhibits it, by its name', () => {
    const timeline = new Timeline(LEASE);
    heldBack(timeline, { reason: 'inhibited', by: 'source' });
    timeline.alert('firing', 'A');
    expect(notesOf(timeline)).toEqual([{ kind: 'inhibited', text: 'by alert source' }]);
    const group = timeline.group!;
    const [fingerprint = ''] = Object.keys(group.members);
    const member = group.members[fingerprint]!;
    const labels = { alertname: 'DeviceSilent', thing: 'lab-1', device_id: 'cap' };
    const source = { ...group, groupId: 'other', members: { source: { ...member, labels } } };
    const notes = notesByAlert({ groups: [group, source], senders: [], silences: [] }, () => LEASE);
    expect(notes(fingerprint)).toEqual([{ kind: 'inhibited', text: 'by DeviceSilent of lab-1/cap' }]);
  });

  test('who has it, until when that counts, and how it goes', () => {
    const timeline = new Timeline(LEASE);
    timeline.alert('firing', 'A');
    timeline.acknowledge();
    expect(notesOf(timeline)).toEqual([{ kind: 'acknowledged', text: 'by Ada', atMs: T0, untilMs: T0 + 1_800_000 }]);
    timeline.at(60).progress('Ada', 'new gel');
    expect(notesOf(timeline)).toEqual([
      { kind: 'acknowledged', text: 'Ada is on it: new gel', atMs: T0 + 60_000, untilMs: T0 + 1_860_000 },
    ]);
    timeline.alert('resolved', 'A');
    expect(notesOf(timeline)).toEqual([]);
  });

  test('that no channel took the page', () => {
    const timeline = new Timeline(LEASE);
    timeline.answer = () => ({ status: 'gave-up', summary: 'gone' });
    timeline.alert('firing', 'A');
    timeline.at(400);
    expect(timeline.problems.at(-1)).toMatch(/unheard$/);
    expect(notesOf(timeline)).toMatchObject([
      { kind: 'problem', text: expect.stringContaining('no level could be told') },
    ]);
  });

  test('what healing does about it', () => {
    const timeline = new Timeline(LEASE);
    timeline.alert('firing', 'A');
    const [fingerprint = ''] = Object.keys(timeline.group!.members);
    const healing = { action: 'reconnect-board', target: { thing: 'lab-1', deviceId: 'cap' } } as const;
    const holdUntilMs = T0 + 60_000;
    const summary = 'Healing (reconnect-board of lab-1/cap): the command is on its way.';
    timeline.group = withHealing(
      timeline.group!,
      fingerprint,
      { ...healing, phase: 'under-way', holdUntilMs, summary },
      T0,
    );
    const text = 'reconnect-board of lab-1/cap: the command is on its way.';
    expect(notesOf(timeline)).toEqual([{ kind: 'healing', text, untilMs: holdUntilMs }]);
  });
});
