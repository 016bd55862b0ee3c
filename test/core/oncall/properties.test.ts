import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Override, Rotation } from '../../../core/oncall/config.ts';
import { byRotation, onCallAt } from '../../../core/oncall/on-call.ts';
import { turnAt } from '../../../core/oncall/rotation.ts';
import { handovers, shifts } from '../../../core/oncall/shifts.ts';
import { localMs } from '../../../core/time-zone.ts';
import { at, DAY_MS, HOUR_MS, rotation, schedule } from './fixtures.ts';

const MINUTE_MS = 60_000;
/** Both hemispheres, half an hour of daylight saving, a change at midnight, none at all. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kolkata'];
const YEAR_FROM = at('2026-01-10T00:00:00Z');
const YEAR_UNTIL = at('2027-01-10T00:00:00Z');

const zones = fc.constantFrom(...ZONES);
const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
const rotations: fc.Arbitrary<Rotation> = fc
  .record({
    turnLocalMs: fc.constantFrom(HOUR_MS, 8 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS),
    people: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c']),
    day: fc.integer({ min: 0, max: 4 }),
    minute: minutes,
    restricted: fc.option(fc.tuple(fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }), minutes, minutes)),
  })
  .map(({ turnLocalMs, people, day, minute, restricted }) => {
    const [weekdays, fromMinute, toMinute] = restricted ?? [];
    return rotation({
      turnLocalMs,
      people,
      startLocalMs: at('2026-01-04T00:00:00Z') + day * DAY_MS + minute * MINUTE_MS,
      restrictions: weekdays ? [{ weekdays, fromMinute: fromMinute as number, toMinute: toMinute as number }] : [],
    });
  });
const overrides: fc.Arbitrary<Override> = fc
  .tuple(fc.integer({ min: 0, max: 360 * 24 * 60 }), fc.integer({ min: 1, max: 20_000 }))
  .map(([start, length]) => {
    const fromMs = YEAR_FROM + start * MINUTE_MS;
    return { person: 'stand-in', reason: 'holiday', fromMs, toMs: fromMs + length * MINUTE_MS };
  });

describe('through a year with both changes of the clocks', () => {
  test.each(ZONES)('somebody is on call in every minute, and turns touch each other, in %s', (timeZone) => {
    // Half past two at night is skipped once and exists twice.
    const night = rotation({ startLocalMs: at('2026-01-05T02:30:00Z'), people: ['a', 'b', 'c'] });
    let turn = turnAt(night, timeZone, YEAR_FROM);
    for (let minute = YEAR_FROM; minute < YEAR_UNTIL; minute += MINUTE_MS) {
      const now = turnAt(night, timeZone, minute);
      if (now?.fromMs === turn?.fromMs && now?.person === turn?.person) continue;
      expect([now?.fromMs, now?.person]).toEqual([turn?.untilMs, { a: 'b', b: 'c', c: 'a' }[turn?.person ?? '']]);
      turn = now;
    }
    expect(turn?.untilMs).toBeGreaterThanOrEqual(YEAR_UNTIL);
  });

  test('a handover is at the same time of the clocks each day, but for a skipped one', () => {
    fc.assert(
      fc.property(zones, minutes, fc.constantFrom(DAY_MS, 7 * DAY_MS), (timeZone, minute, turnLocalMs) => {
        const startLocalMs = at('2026-01-05T00:00:00Z') + minute * MINUTE_MS;
        const one = schedule({ timeZone, rotations: [rotation({ startLocalMs, turnLocalMs })] });
        const found = handovers(one, YEAR_FROM, YEAR_UNTIL);
        expect(found.length).toBeGreaterThan(50);
        const odd = found.filter(({ atMs }) => localMs(timeZone, atMs) % DAY_MS !== minute * MINUTE_MS);
        expect(odd.length).toBeLessThanOrEqual(1);
        for (const { atMs } of odd) {
          expect(localMs(timeZone, atMs) - localMs(timeZone, atMs - 1)).toBeGreaterThan(1);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('shifts cover the time without gap and overlap, and say what each moment says', () => {
    fc.assert(
      fc.property(
        zones,
        fc.array(rotations, { minLength: 1, maxLength: 3 }),
        fc.array(overrides, { maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 366 * 24 * 60 - 1 }), { minLength: 20, maxLength: 20 }),
        (timeZone, layers, covers, samples) => {
          const named = layers.map((layer, i) => ({ ...layer, name: `layer ${i}` }));
          const one = schedule({ timeZone, rotations: named, overrides: covers });
          const found = shifts(one, YEAR_FROM, YEAR_UNTIL);
          let end = YEAR_FROM;
          for (const { fromMs, untilMs, people } of found) {
            expect(fromMs).toBe(end);
            expect(untilMs).toBeGreaterThan(fromMs);
            expect(people.length).toBeLessThanOrEqual(1);
            end = untilMs;
          }
          expect(end).toBe(YEAR_UNTIL);
          for (const sample of samples) {
            const timeMs = Math.min(YEAR_FROM + sample * MINUTE_MS, YEAR_UNTIL - 1);
            const shift = found.find(({ fromMs, untilMs }) => fromMs <= timeMs && timeMs < untilMs);
            const onCall = onCallAt(one, timeMs);
            expect(shift?.people).toEqual(onCall.people);
            if (one.rotations.some(({ restrictions }) => restrictions.length === 0))
              expect(onCall.people).toHaveLength(1);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('an override wins exactly within its bounds', () => {
    fc.assert(
      fc.property(zones, rotations, overrides, fc.integer({ min: -2, max: 2 }), (timeZone, layer, override, nudge) => {
        const one = schedule({ timeZone, rotations: [layer], overrides: [override] });
        for (const bound of [override.fromMs, override.toMs]) {
          const timeMs = bound + nudge;
          const isWithin = override.fromMs <= timeMs && timeMs < override.toMs;
          const expected = isWithin ? ['stand-in'] : byRotation(one, timeMs).people;
          expect(onCallAt(one, timeMs).people).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });
});
