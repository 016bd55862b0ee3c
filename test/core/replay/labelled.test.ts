import { describe, expect, test } from '@jest/globals';
import type { Firing } from '../../../core/replay/journal.ts';
import { judge, parseIncidents } from '../../../core/replay/labelled.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const at = (hour: number): number => Date.UTC(2026, 0, 1) + hour * HOUR;

function firing(rule: string, from: number, to: number, labels: Record<string, string> = {}): Firing {
  return {
    rule,
    labels: { alertname: rule, ...labels },
    fingerprint: `${rule}${from}`,
    fromMs: at(from),
    toMs: at(to),
    suppressed: new Set(),
    pagedAtMs: at(from) + 1000,
  };
}

const FILE = `
incidents:
  - { name: cap slipped, from: 2026-01-01T02:00:00Z, to: 2026-01-01T03:00:00Z, matchers: ['alertname=~"Electrode.*"'] }
  - { name: board dead, from: 2026-01-01T10:00:00Z, to: 2026-01-01T11:00:00Z }
`;

describe('what is known to have happened', () => {
  test('is held against what fired: caught, how early, missed, false', () => {
    const alerts = [
      firing('ElectrodeOff', 2.25, 3, { device_id: 'h1' }),
      firing('Hot', 2.5, 3),
      firing('Hot', 20, 21),
      firing('Watchdog', 0, 24, { severity: 'none' }),
    ];
    const result = judge(parseIncidents(FILE, 'incidents.yaml'), alerts, { fromMs: at(0), toMs: at(0) + DAY });
    expect(result.incidents).toEqual([
      {
        name: 'cap slipped',
        caughtBy: 'ElectrodeOff',
        delayMs: HOUR / 4,
        leadMs: (HOUR * 3) / 4,
        pagedAfterMs: HOUR / 4 + 1000,
      },
      { name: 'board dead', caughtBy: undefined, delayMs: undefined, leadMs: undefined, pagedAfterMs: undefined },
    ]);
    expect(result).toMatchObject({ caught: 1, falseAlarms: 2, falseAlarmsPerDay: 2, precision: 1 / 3, recall: 0.5 });
    expect(result.rules).toEqual([
      { rule: 'ElectrodeOff', fired: 1, right: 1, incidents: 1 },
      { rule: 'Hot', fired: 2, right: 0, incidents: 0 },
    ]);
  });

  test('an alert that fired long before and never ceased tells of nothing', () => {
    const result = judge(parseIncidents(FILE, 'f'), [firing('Electrode', 0, 24)], { fromMs: at(0), toMs: at(24) });
    expect(result.caught).toBe(0);
  });

  test('every problem of the file is told at once, with its place', () => {
    const wrong =
      'incidents:\n  - { name: a, from: yesterday, to: 2026-01-01T02:00:00Z }\n  - { name: a, matchers: ["=x"] }\n';
    expect(() => parseIncidents(wrong, 'i.yaml')).toThrow(
      /i\.yaml:2:\d+: from must be a time[\s\S]*two incidents are named "a"/,
    );
  });
});
