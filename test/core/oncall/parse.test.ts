import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseOncall } from '../../../core/oncall/parse.ts';
import { gaps } from '../../../core/oncall/shifts.ts';
import { ConfigurationError } from '../../../core/yaml/configuration-error.ts';
import { at, DAY_MS } from './fixtures.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../../rules/oncall.yaml');

function problemsOf(text: string): readonly string[] {
  try {
    parseOncall(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('oncall.yaml', () => {
  test('as shipped is valid, and somebody is on call all year', () => {
    const { schedules, warnings } = parseOncall(readFileSync(SHIPPED, 'utf8'));
    expect(warnings).toEqual([]);
    expect([...schedules.keys()]).toEqual(['devices', 'cloud']);
    for (const schedule of schedules.values()) {
      expect(gaps(schedule, at('2026-02-01T00:00:00Z'), at('2027-02-01T00:00:00Z'))).toEqual([]);
    }
  });

  test('as the README explains it is valid', () => {
    const readme = readFileSync(path.join(path.dirname(SHIPPED), 'README.md'), 'utf8');
    const [, example = ''] = /## oncall\.yaml\s+```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect([...parseOncall(example).people.keys()]).toEqual(['ada', 'grace', 'katherine']);
  });

  test('is read to people, rotations, overrides', () => {
    const { people, schedules } = parseOncall(`
people:
  - name: ada
    timeZone: Europe/Berlin
    channels: [slack, pagerduty]
    budget:
      slack: 5 in 15m, 11 in 1h
schedules:
  - name: devices
    timeZone: Europe/Berlin
    rotations:
      - name: week
        every: weekly
        handover: monday 09:00
        start: 2026-01-05
        people: [ada]
        restrictions:
          - weekdays: ['monday:wednesday', sat]
            hours: 18:00-08:00
    overrides:
      - { person: ada, from: 2026-07-01 18:00, to: 2026-07-02, reason: swap }
`);
    expect(people.get('ada')?.budget.get('slack')).toEqual([
      { count: 5, windowMs: 900_000 },
      { count: 11, windowMs: 3_600_000 },
    ]);
    expect(schedules.get('devices')).toEqual({
      name: 'devices',
      timeZone: 'Europe/Berlin',
      rotations: [
        {
          name: 'week',
          people: ['ada'],
          startLocalMs: at('2026-01-05T09:00:00Z'),
          turnLocalMs: 7 * DAY_MS,
          restrictions: [{ weekdays: [1, 2, 3, 6], fromMinute: 1080, toMinute: 480 }],
        },
      ],
      overrides: [
        { person: 'ada', fromMs: at('2026-07-01T16:00:00Z'), toMs: at('2026-07-01T22:00:00Z'), reason: 'swap' },
      ],
    });
  });

  test('all problems are told at once, each with its place', () => {
    const problems = problemsOf(`people:
  - name: Ada Lovelace
    timeZone: Europe/Berln
    channels: [slak]
    budget: { slack: five }
schedules:
  - name: devices
    timeZone: UTC
    rotations:
      - name: week
        every: 90m
        handover: monday 9
        start: 2026-02-30
        people: [adda]
      - name: week
        every: weekly
        handover: monday 09:00
        start: 2026-01-07
        people: [Ada Lovelace]
        restrictions: [{ hours: 9 to 5 }]
    overrides:
      - { person: Ada Lovelace, from: 2026-07-02, to: 2026-07-01, reason: swap }
      - { person: Ada Lovelace, from: tomorrow, to: 2026-07-01 }
`);
    expect(problems.map((problem) => problem.replace('oncall.yaml:', ''))).toEqual([
      `2:11: a person's name must be a handle of small letters, digits, dots, dashes: got "Ada Lovelace"`,
      '3:15: no time zone is named "Europe/Berln"; did you mean "Europe/Berlin"?',
      '4:16: no channel is named "slak"; did you mean "slack"?',
      '5:22: the budget of slack must be like "5 in 15m, 11 in 1h", got "five"',
      '11:16: every must be daily, weekly or whole hours like 12h, 3d or 2w; got "90m"',
      '12:19: handover must be a time like 09:00, or with a weekday "monday 09:00"; got "monday 9"',
      `13:16: start must be a date like 2026-01-05, the first person's first day; got "2026-02-30"`,
      expect.stringMatching(/^14:18: people has no "adda"/),
      '15:9: two rotations of schedule "devices" are named "week"',
      '18:16: start 2026-01-07 is a wednesday, but the handover is on monday: say 2026-01-05',
      '20:33: hours must be like 18:00-08:00, got "9 to 5"',
      '22:55: to must be after from',
      '23:9: an override has no reason: say why, somebody will ask',
      '23:39: from must be a time like 2026-12-24 18:00; got "tomorrow"',
    ]);
  });

  test('overrides that overlap are warned of', () => {
    const { warnings } = parseOncall(`
people: [{ name: ada, timeZone: UTC, channels: [slack] }]
schedules:
  - name: devices
    timeZone: UTC
    rotations: [{ name: all, every: daily, handover: '09:00', start: 2026-01-05, people: [ada] }]
    overrides:
      - { person: ada, from: 2026-07-01, to: 2026-07-03, reason: one }
      - { person: ada, from: 2026-07-02, to: 2026-07-04, reason: two }
`);
    const what = 'this override covers that of "ada" from Wed  1 Jul 2026 00:00: the later one in the file wins';
    expect(warnings).toEqual([`oncall.yaml:9:9: ${what}`]);
  });
});
