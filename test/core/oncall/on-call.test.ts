import { describe, expect, test } from '@jest/globals';
import { onCallAt } from '../../../core/oncall/on-call.ts';
import { gaps, handovers, shifts } from '../../../core/oncall/shifts.ts';
import { at, DAY_MS, HOUR_MS, rotation, schedule } from './fixtures.ts';

const who = (of: ReturnType<typeof schedule>, time: string): string => onCallAt(of, at(time)).people.join();

describe('a rotation', () => {
  test('hands over at its hour on the clocks of the zone, in winter and in summer', () => {
    const daily = schedule();
    expect(who(daily, '2026-01-05T07:59:59Z')).toBe('');
    expect(who(daily, '2026-01-05T08:00:00Z')).toBe('ada');
    expect(who(daily, '2026-01-06T07:59:59Z')).toBe('ada');
    expect(who(daily, '2026-01-06T08:00:00Z')).toBe('grace');
    // 28 March is turn 82, ada's; the night that follows is an hour shorter.
    expect(who(daily, '2026-03-29T06:59:59Z')).toBe('ada');
    expect(who(daily, '2026-03-29T07:00:00Z')).toBe('grace');
  });

  test('that hands over in an hour that exists twice does so once', () => {
    const night = rotation({ startLocalMs: at('2026-01-05T02:30:00Z') });
    const found = handovers(schedule({ rotations: [night] }), at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'));
    expect(found.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test('says why, from when and until when', () => {
    const because = onCallAt(schedule(), at('2026-01-05T12:00:00Z')).because;
    const [fromMs, untilMs] = [at('2026-01-05T08:00:00Z'), at('2026-01-06T08:00:00Z')];
    expect(because).toEqual({ kind: 'rotation', rotation: 'daily', fromMs, untilMs });
  });

  test('is off outside the hours of its restriction', () => {
    const restrictions = [{ weekdays: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 17 * 60 }];
    const office = schedule({ rotations: [rotation({ restrictions })] });
    expect(who(office, '2026-01-06T15:59:59Z')).toBe('grace');
    expect(who(office, '2026-01-06T16:00:00Z')).toBe('');
    expect(who(office, '2026-01-10T12:00:00Z')).toBe('');
    expect(onCallAt(office, at('2026-01-10T12:00:00Z')).because).toEqual({ kind: 'nobody' });
  });

  test('may be on over midnight: the weekday is that of the evening', () => {
    const restrictions = [{ weekdays: [5], fromMinute: 18 * 60, toMinute: 8 * 60 }];
    const friday = schedule({ timeZone: 'UTC', rotations: [rotation({ restrictions })] });
    expect(who(friday, '2026-01-09T18:00:00Z')).toBe('ada');
    expect(who(friday, '2026-01-10T07:59:00Z')).toBe('ada');
    expect(who(friday, '2026-01-10T08:00:00Z')).toBe('');
    expect(who(friday, '2026-01-09T07:00:00Z')).toBe('');
  });

  test('covers those before it, while it is on', () => {
    const restrictions = [{ weekdays: [0, 6], fromMinute: 0, toMinute: 24 * 60 }];
    const weekend = rotation({ name: 'weekend', people: ['katherine'], restrictions });
    const layered = schedule({ rotations: [rotation(), weekend] });
    expect(who(layered, '2026-01-10T12:00:00Z')).toBe('katherine');
    expect(who(layered, '2026-01-12T12:00:00Z')).toBe('grace');
  });
});

describe('an override', () => {
  const [fromMs, toMs] = [at('2026-01-06T12:00:00Z'), at('2026-01-06T18:00:00Z')];
  const covered = schedule({ overrides: [{ person: 'alan', fromMs, toMs, reason: 'dentist' }] });

  test('wins from its beginning to before its end', () => {
    expect(onCallAt(covered, fromMs - 1).people).toEqual(['grace']);
    expect(onCallAt(covered, fromMs)).toEqual({
      people: ['alan'],
      because: { kind: 'override', reason: 'dentist', fromMs, untilMs: toMs },
    });
    expect(onCallAt(covered, toMs - 1).people).toEqual(['alan']);
    expect(onCallAt(covered, toMs).people).toEqual(['grace']);
  });

  test('is a handover at both ends', () => {
    const found = handovers(covered, fromMs - HOUR_MS, toMs + HOUR_MS);
    expect(found.map(({ atMs, from, to }) => [atMs, from.join(), to.join()])).toEqual([
      [fromMs, 'grace', 'alan'],
      [toMs, 'alan', 'grace'],
    ]);
  });

  test('that is written later covers one that is written before', () => {
    const later = { person: 'grace', fromMs: fromMs + HOUR_MS, toMs: toMs - HOUR_MS, reason: 'back early' };
    const both = schedule({ overrides: [...covered.overrides, later] });
    expect(onCallAt(both, later.fromMs).people).toEqual(['grace']);
    expect(onCallAt(both, later.toMs).people).toEqual(['alan']);
  });
});

describe('gaps', () => {
  test('there are none in a rotation without restrictions', () => {
    expect(gaps(schedule(), at('2026-01-05T08:00:00Z'), at('2027-01-05T08:00:00Z'))).toEqual([]);
  });

  test('are before the first turn and outside of the hours', () => {
    const restrictions = [{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromMinute: 8 * 60, toMinute: 20 * 60 }];
    const days = schedule({ timeZone: 'UTC', rotations: [rotation({ restrictions })] });
    expect(gaps(days, at('2026-01-05T00:00:00Z'), at('2026-01-06T12:00:00Z'))).toEqual([
      { fromMs: at('2026-01-05T00:00:00Z'), untilMs: at('2026-01-05T09:00:00Z') },
      { fromMs: at('2026-01-05T20:00:00Z'), untilMs: at('2026-01-06T08:00:00Z') },
    ]);
  });
});

test('turns of an hour are one shift each, but for the hour that is skipped', () => {
  const hourly = schedule({ rotations: [rotation({ turnLocalMs: HOUR_MS, people: ['a', 'b', 'c'] })] });
  const [from, until] = [at('2026-03-29T00:00:00Z'), at('2026-03-29T03:00:00Z')];
  const found = shifts(hourly, from, until);
  expect(found.map(({ fromMs }) => (fromMs - from) / HOUR_MS)).toEqual([0, 1, 2]);
  // The turn of the skipped hour has no length.
  expect(found.map(({ people }) => people.join())).toEqual(['b', 'a', 'b']);
  expect(found.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0)).toBe(DAY_MS / 8);
});
