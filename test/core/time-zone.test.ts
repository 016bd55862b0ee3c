import { describe, expect, test } from '@jest/globals';
import { readInstant, readTime } from '../../core/oncall/local-time.ts';
import { instantOf, isTimeZone, offsetMs } from '../../core/time-zone.ts';
import { at, HOUR_MS } from './oncall/fixtures.ts';

const local = (text: string): number => at(`${text}Z`);
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe('the clocks of a zone', () => {
  test.each([
    ['Europe/Berlin', '2026-01-15T12:00:00Z', 1],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['America/New_York', '2026-11-01T05:59:59Z', -4],
    ['America/New_York', '2026-11-01T06:00:00Z', -5],
    ['Australia/Lord_Howe', '2026-01-15T12:00:00Z', 11],
    ['Australia/Lord_Howe', '2026-07-15T12:00:00Z', 10.5],
    ['Asia/Kathmandu', '2026-07-15T12:00:00Z', 5.75],
    ['UTC', '2026-07-15T12:00:00Z', 0],
  ])('%s is at %s ahead of UTC by %d hours', (zone, time, hours) => {
    expect(offsetMs(zone, at(time))).toBe(hours * HOUR_MS);
  });

  test('a local time that exists once is that instant', () => {
    expect(iso(instantOf('Europe/Berlin', local('2026-07-01T09:00')))).toBe('2026-07-01T07:00:00.000Z');
  });

  test('a local time that exists twice is its first', () => {
    expect(iso(instantOf('Europe/Berlin', local('2026-10-25T02:30')))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(instantOf('America/New_York', local('2026-11-01T01:30')))).toBe('2026-11-01T05:30:00.000Z');
  });

  test('a local time that is skipped is when the clocks are put forward', () => {
    expect(iso(instantOf('Europe/Berlin', local('2026-03-29T02:30')))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(instantOf('Australia/Lord_Howe', local('2026-10-04T02:15')))).toBe('2026-10-03T15:30:00.000Z');
  });

  test('a whole day that is skipped is when the next one begins', () => {
    expect(iso(instantOf('Pacific/Apia', local('2011-12-30T12:00')))).toBe('2011-12-30T10:00:00.000Z');
  });

  test.each(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'])('%s is a time zone', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each(['Europe/Berln', '', '+01:00', 'Mars/Olympus'])('"%s" is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('times as people say them, at 10:00 on Wednesday 25 November 2026 in Berlin', () => {
  const now = at('2026-11-25T09:00:00Z');
  test.each([
    ['now', '2026-11-25T09:00:00.000Z'],
    ['2026-12-24 18:00', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24', '2026-12-23T23:00:00.000Z'],
    ['2026-12-24T18:00', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24T18:00:30Z', '2026-12-24T18:00:30.000Z'],
    ['2026-12-24T18:00:00-05:00', '2026-12-24T23:00:00.000Z'],
    ['sunday 03:00', '2026-11-29T02:00:00.000Z'],
    ['Sun 3:00', '2026-11-29T02:00:00.000Z'],
    ['wednesday 09:00', '2026-12-02T08:00:00.000Z'],
    ['wednesday 11:00', '2026-11-25T10:00:00.000Z'],
    ['03:00', '2026-11-26T02:00:00.000Z'],
    ['today 03:00', '2026-11-25T02:00:00.000Z'],
    ['tomorrow 03:00', '2026-11-26T02:00:00.000Z'],
  ])('%s', (text, expected) => {
    const read = readTime(text, 'Europe/Berlin', now);
    expect(read === undefined ? undefined : iso(read)).toBe(expected);
  });

  test.each(['', 'someday 03:00', '25:00', '2026-02-30 10:00', '2026-01-01 10:60', 'a b c', 'sunday'])(
    '"%s" is none',
    (text) => {
      expect(readTime(text, 'Europe/Berlin', now)).toBeUndefined();
      expect(readInstant(text, 'Europe/Berlin')).toBeUndefined();
    },
  );
});
