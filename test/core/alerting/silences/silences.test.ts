import { describe, expect, test } from '@jest/globals';
import {
  createSilence,
  endSession,
  expireSilence,
  type SilenceRequest,
} from '../../../../core/alerting/silences/change.ts';
import { review, reviewText, type SuppressedNotification } from '../../../../core/alerting/silences/review.ts';
import { silencer, silenceState } from '../../../../core/alerting/silences/silence.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;
const request: SilenceRequest = {
  kind: 'silence',
  matchers: ['alertname="ElectrodeImpedanceHigh"', 'thing=~"lab-.*"'],
  startsAtMs: NOW + 10 * MINUTE,
  endsAtMs: NOW + 70 * MINUTE,
  createdBy: 'ada',
  comment: 'gel is being renewed',
};
const labels = { alertname: 'ElectrodeImpedanceHigh', thing: 'lab-1' };
const problemOf = (change: Partial<SilenceRequest>): string => {
  try {
    createSilence({ ...request, ...change }, 's1', NOW);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a silence', () => {
  test('is pending, then active, then expired', () => {
    const silence = createSilence(request, 's1', NOW);
    const by = (minute: number) => silencer([silence], NOW + minute * MINUTE)(labels)?.id;
    expect([silenceState(silence, NOW), by(0), by(9)]).toEqual(['pending', undefined, undefined]);
    expect([by(10), by(69)]).toEqual(['s1', 's1']);
    expect([by(70), silenceState(silence, NOW + 70 * MINUTE)]).toEqual([undefined, 'expired']);
  });

  test('needs all matchers of a set, and any set', () => {
    const silence = { ...createSilence(request, 's1', NOW), startsAtMs: NOW };
    const wider = {
      ...silence,
      matcherSets: [...silence.matcherSets, [{ name: 'site', op: '=' as const, value: 'x' }]],
    };
    expect(silencer([silence], NOW)({ alertname: 'ElectrodeImpedanceHigh', thing: 'ward-1' })).toBeUndefined();
    expect(silencer([wider], NOW)({ alertname: 'Other', site: 'x' })).toBe(wider);
  });

  test('of a session holds for its alerts only, and ends with it', () => {
    const silence = createSilence({ ...request, matchers: [], session: 'run-7', startsAtMs: NOW }, 's1', NOW);
    const other = createSilence({ ...request, startsAtMs: NOW }, 's2', NOW);
    expect(silencer([silence], NOW)({ alertname: 'X', session_id: 'run-7' })).toBe(silence);
    expect(silencer([silence], NOW)({ alertname: 'X', session_id: 'run-8' })).toBeUndefined();
    const sessions = new Map([['lab-1', 'run-7']]);
    const of = silencer([silence], NOW, sessions);
    expect(of({ alertname: 'X', thing: 'lab-1' })).toBe(silence);
    expect(of({ alertname: 'X', thing: 'lab-1', session_id: 'run-8' })).toBeUndefined();
    expect(of({ alertname: 'X', thing: 'lab-2' })).toBeUndefined();
    const ended = endSession([silence, other], 'run-7', NOW + MINUTE);
    expect(ended).toEqual([{ ...silence, endsAtMs: NOW + MINUTE, expiredBy: 'end of session run-7' }]);
    expect(endSession(ended, 'run-7', NOW + 2 * MINUTE)).toEqual([]);
  });

  test('can be ended early, also before it began, but not twice', () => {
    const silence = createSilence(request, 's1', NOW);
    const ended = expireSilence(silence, 'bob', NOW + MINUTE);
    expect(silenceState(ended, NOW + 30 * MINUTE)).toBe('expired');
    expect(ended.startsAtMs).toBe(NOW + MINUTE);
    expect(() => expireSilence(ended, 'bob', NOW + 2 * MINUTE)).toThrow('ended at 2026-03-02T12:01:00.000Z already');
  });

  test.each<[Partial<SilenceRequest>, string]>([
    [{ matchers: ['alertname=~".*"'] }, 'would silence every alert'],
    [{ matchers: [] }, 'would silence every alert'],
    [{ matchers: ['alertname'] }, 'write label="value"'],
    [{ createdBy: ' ' }, 'say who you are with --author'],
    [{ comment: '' }, 'say why with --comment'],
    [{ endsAtMs: NOW - 1, startsAtMs: NOW - 2 }, 'would have ended already'],
    [{ endsAtMs: NOW }, 'would end before it starts'],
    [{ endsAtMs: NOW + 40 * 86_400_000 }, 'longer than 30 days'],
  ])('%j is refused: %s', (change, problem) => expect(problemOf(change)).toContain(problem));
});

describe('the review of a silence', () => {
  const silence = createSilence({ ...request, startsAtMs: NOW }, 's1', NOW);
  const held = (minute: number, change: Partial<SuppressedNotification> = {}): SuppressedNotification => ({
    atMs: NOW + minute * MINUTE,
    groupId: 'g1',
    receiver: 'critical',
    fingerprint: 'a',
    labels: { ...labels, severity: 'warning' },
    status: 'firing',
    reason: 'silenced',
    by: 's1',
    ...change,
  });

  test('counts a page for each time that something began, not for each flush', () => {
    const log = [
      held(1),
      held(6),
      held(6, { fingerprint: 'b', labels: { alertname: 'BoardSilent', severity: 'critical' } }),
      held(11, { status: 'resolved' }),
      held(16),
      held(16, { by: 's2' }),
      held(16, { reason: 'inhibited', fingerprint: 'c' }),
    ];
    const result = review(silence, log, NOW + 70 * MINUTE);
    expect(result).toMatchObject({ silenceId: 's1', state: 'expired', wouldHavePaged: 3, byReceiver: { critical: 3 } });
    expect(result.alerts.map(({ fingerprint, isFiring }) => [fingerprint, isFiring])).toEqual([
      ['b', true],
      ['a', true],
    ]);
    expect(reviewText(silence, result)).toBe(
      'Silence s1 (gel is being renewed) has ended. It held back 3 notifications of 2 alerts ' +
        '(BoardSilent, ElectrodeImpedanceHigh); 2 still firing.',
    );
  });

  test('says so when it held nothing back', () => {
    expect(reviewText(silence, review(silence, [], NOW))).toMatch(/It held nothing back\.$/);
  });
});
