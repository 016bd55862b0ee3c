import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRouting } from '../../../../core/alerting/routing/parse.ts';
import { containsTime } from '../../../../core/alerting/time-intervals/contains.ts';
import { mutedBy } from '../../../../core/alerting/time-intervals/muted-by.ts';
import type { TimeInterval } from '../../../../core/alerting/time-intervals/time-interval.ts';

/** The interval as an operator writes it. */
function interval(yaml: string): TimeInterval {
  const text = `route: { receiver: r }\nreceivers: [{ name: r }]\ntime_intervals: [{ name: t, time_intervals: [${yaml}] }]`;
  return parseRouting(text).timeIntervals.t?.[0] as TimeInterval;
}
const problemOf = (yaml: string): string => {
  try {
    interval(yaml);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
const isIn = (yaml: string, iso: string): boolean => containsTime(interval(yaml), Date.parse(iso));

describe('a time interval', () => {
  test('includes its first minute and excludes its last', () => {
    const office = '{ times: [{ start_time: "09:00", end_time: "17:00" }] }';
    expect(isIn(office, '2026-03-02T08:59:59Z')).toBe(false);
    expect(isIn(office, '2026-03-02T09:00:00Z')).toBe(true);
    expect(isIn(office, '2026-03-02T16:59:59Z')).toBe(true);
    expect(isIn(office, '2026-03-02T17:00:00Z')).toBe(false);
    expect(isIn('{ times: [{ start_time: "00:00", end_time: "24:00" }] }', '2026-03-02T23:59:59Z')).toBe(true);
  });

  test('takes weekdays, months and years by name and number', () => {
    const week = "{ weekdays: ['monday:friday'], months: ['march', '11:december'], years: ['2026:2027'] }";
    expect(isIn(week, '2026-03-02T12:00:00Z')).toBe(true); // a Monday
    expect(isIn(week, '2026-03-01T12:00:00Z')).toBe(false); // a Sunday
    expect(isIn(week, '2026-04-06T12:00:00Z')).toBe(false);
    expect(isIn(week, '2026-11-02T12:00:00Z')).toBe(true);
    expect(isIn(week, '2028-11-06T12:00:00Z')).toBe(false);
  });

  test('counts days of the month from its end too, whatever its length', () => {
    expect(isIn("{ days_of_month: ['-1'] }", '2026-02-28T12:00:00Z')).toBe(true);
    expect(isIn("{ days_of_month: ['-1'] }", '2028-02-28T12:00:00Z')).toBe(false);
    expect(isIn("{ days_of_month: ['-3:-1'] }", '2026-04-27T12:00:00Z')).toBe(false);
    expect(isIn("{ days_of_month: ['-3:-1'] }", '2026-04-28T12:00:00Z')).toBe(true);
    expect(isIn("{ days_of_month: ['29:31'] }", '2026-02-28T12:00:00Z')).toBe(false);
    expect(isIn("{ days_of_month: ['25:31'] }", '2026-02-28T12:00:00Z')).toBe(true);
  });

  test('follows the clocks of its zone through both changes of the year', () => {
    const night = '{ times: [{ start_time: "02:00", end_time: "03:00" }], location: Europe/Berlin }';
    // In spring the hour from two to three does not exist.
    expect(isIn(night, '2026-03-29T00:30:00Z')).toBe(false);
    expect(isIn(night, '2026-03-29T01:30:00Z')).toBe(false);
    // In autumn it comes twice.
    expect(isIn(night, '2026-10-25T00:30:00Z')).toBe(true);
    expect(isIn(night, '2026-10-25T01:30:00Z')).toBe(true);
    expect(isIn(night, '2026-10-25T02:30:00Z')).toBe(false);
    // Half-hour zones, and another day than in UTC.
    expect(isIn("{ weekdays: ['tuesday'], location: Asia/Kolkata }", '2026-03-02T18:29:00Z')).toBe(false);
    expect(isIn("{ weekdays: ['tuesday'], location: Asia/Kolkata }", '2026-03-02T18:30:00Z')).toBe(true);
  });

  test('and its opposite in times cover the whole day, in any zone (property)', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
    const minute = fc.integer({ min: 1, max: 1439 });
    const time = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 });
    fc.assert(
      fc.property(zone, minute, time, (location, at, ms) => {
        const before = containsTime({ location, times: [{ from: 0, to: at }] }, ms);
        const after = containsTime({ location, times: [{ from: at, to: 1440 }] }, ms);
        expect(before).toBe(!after);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['{ times: [{ start_time: "22:00", end_time: "06:00" }] }', 'for a night give two items'],
    ['{ times: [{ start_time: "9:00", end_time: "10:00" }] }', 'start_time must be like "08:30"'],
    ["{ weekdays: ['mondy'] }", 'did you mean "monday"?'],
    ["{ weekdays: ['friday:monday'] }", 'its end is before its start'],
    ["{ days_of_month: ['0'] }", 'days are 1 to 31'],
    ["{ days_of_month: ['-1:5'] }", 'its end must be negative too'],
    ["{ days_of_month: ['-1:-3'] }", 'its end is always before its start'],
    ['{ location: Berlin }', 'location must be a time zone such as Europe/Berlin'],
    ['{ month: [may] }', 'did you mean "months"?'],
  ])('%s is refused: %s', (yaml, problem) => expect(problemOf(yaml)).toContain(problem));
});

describe('a route', () => {
  const intervals = {
    weekend: [{ weekdays: [{ from: 0, to: 0 }] }, { weekdays: [{ from: 6, to: 6 }] }],
    office: [{ times: [{ from: 540, to: 1020 }] }],
  };
  const route = (activeTimeIntervals: string[], muteTimeIntervals: string[]) => ({
    activeTimeIntervals,
    muteTimeIntervals,
  });
  const sunday = Date.parse('2026-03-01T12:00:00Z');
  const monday = Date.parse('2026-03-02T20:00:00Z');

  test('is mute in any of its mute intervals, and outside all of its active ones', () => {
    expect(mutedBy(route([], ['office', 'weekend']), intervals, sunday)).toEqual({ reason: 'muted', by: 'office' });
    expect(mutedBy(route([], ['weekend']), intervals, monday)).toBeUndefined();
    expect(mutedBy(route(['office', 'weekend'], []), intervals, monday)).toEqual({
      reason: 'muted',
      by: 'office, weekend',
    });
    expect(mutedBy(route(['weekend'], []), intervals, sunday)).toBeUndefined();
    expect(mutedBy(route([], []), intervals, sunday)).toBeUndefined();
  });

  test('does not hand its intervals down, and names only those that exist', () => {
    const text = `
route:
  receiver: r
  routes:
    - mute_time_intervals: [weekend]
      routes: [{ active_time_intervals: [wekend] }]
receivers: [{ name: r }]
mute_time_intervals: [{ name: weekend, time_intervals: [{ weekdays: ['saturday:saturday'] }] }]`;
    expect(() => parseRouting(text)).toThrow('no time interval is named "wekend"; did you mean "weekend"?');
    const { route: root } = parseRouting(text.replace('wekend', 'weekend'));
    expect(root.routes[0]?.muteTimeIntervals).toEqual(['weekend']);
    expect(root.routes[0]?.routes[0]).toMatchObject({ muteTimeIntervals: [], activeTimeIntervals: ['weekend'] });
  });
});
