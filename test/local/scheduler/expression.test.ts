import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSchedule } from '../../../local/scheduler/expression.ts';

const START = Date.parse('2026-11-23T10:00:30Z');
const next = (expression: string, after: string) => {
  const atMs = parseSchedule(expression, START)(Date.parse(after));
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
};

describe('schedule expressions', () => {
  test.each([
    ['rate(1 minute)', '2026-11-23T10:00:30Z', '2026-11-23T10:01:30.000Z'],
    ['rate(5 minutes)', '2026-11-23T10:07:00Z', '2026-11-23T10:10:30.000Z'],
    ['rate(1 day)', '2026-11-23T10:07:00Z', '2026-11-24T10:00:30.000Z'],
    ['at(2026-12-01T00:00:00)', '2026-11-23T10:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['at(2026-11-01T00:00:00)', '2026-11-23T10:00:00Z', undefined],
    ['cron(0 18 * * ? *)', '2026-11-23T18:00:00Z', '2026-11-24T18:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-23T10:15:00Z', '2026-11-23T10:30:00.000Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-27T09:00:00Z', '2026-11-30T08:00:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-02-01T00:00:00Z', '2026-02-28T00:00:00.000Z'],
    ['cron(30 6 1 JAN,JUL ? *)', '2026-11-23T10:00:00Z', '2027-01-01T06:30:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2026-11-23T10:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2020)', '2026-11-23T10:00:00Z', undefined],
  ])('%s after %s fires at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test.each([
    ['rate(1 minutes)', 'the singular after 1'],
    ['rate(2 hour)', 'the plural after any other number'],
    ['rate(0 minutes)', 'must be like rate(1 minute)'],
    ['cron(0 18 * * * *)', 'must have ? in either day of month or day of week'],
    ['cron(0 18 * * ?)', 'has 5 fields, must have 6'],
    ['cron(60 * * * ? *)', 'has "60" as minutes, must be 0 to 59'],
    ['cron(0 0 ? * 2#1 *)', 'has "2#1" as day of week, which the twin does not know'],
    ['every minute', 'must be rate(...), cron(...) or at(...)'],
  ])('refuses %s', (expression, reason) => {
    expect(() => parseSchedule(expression, START)).toThrow(reason);
  });

  test('a rate never fires twice within its period, and never late', () => {
    const minutes = fc.integer({ min: 2, max: 59 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 10 ** 9 }), (every, waited) => {
        const schedule = parseSchedule(`rate(${every} minutes)`, START);
        const atMs = schedule(START + waited)!;
        expect(atMs).toBeGreaterThan(START + waited);
        expect(schedule(atMs)! - atMs).toBe(every * 60_000);
      }),
    );
  });
});
