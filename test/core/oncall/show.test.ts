import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseOncall } from '../../../core/oncall/parse.ts';
import { showHandovers, showWho } from '../../../core/oncall/show.ts';
import { at, DAY_MS, rotation, schedule } from './fixtures.ts';

const shipped = parseOncall(readFileSync(path.resolve(import.meta.dirname, '../../../rules/oncall.yaml'), 'utf8'));
const devices = shipped.schedules.get('devices') ?? schedule();

describe('for people, the command line says', () => {
  test('who has the turn, until when, and how that person is reached', () => {
    expect(showWho(shipped, devices, at('2026-11-29T02:00:00Z')).split('\n')).toEqual([
      'devices: dorothy at Sun 29 Nov 2026 03:00 (Europe/Berlin)',
      '  dorothy has the turn of rotation "night in new york" from Sat 28 Nov 2026',
      '    22:00 until Sun 29 Nov 2026 07:00',
      '  for dorothy it is Sat 28 Nov 2026 21:00 (America/New_York)',
      '  told by sms (at most 5 in 15m, 11 in 1h, 21 in 3h), else email (at most 10',
      '    in 15m, 22 in 1h, 42 in 3h)',
    ]);
  });

  test('who stands in, for whom and why', () => {
    expect(showWho(shipped, devices, at('2026-12-25T11:00:00Z')).split('\n').slice(0, 3)).toEqual([
      'devices: grace at Fri 25 Dec 2026 12:00 (Europe/Berlin)',
      '  grace stands in for ada from Thu 24 Dec 2026 18:00 until Sun 27 Dec 2026',
      '    09:00: Ada is away for Christmas',
    ]);
  });

  test('that nobody is on call, and until when', () => {
    const text = showWho(shipped, schedule(), at('2026-01-05T07:00:00Z'));
    expect(text).toContain('devices: NOBODY at Mon  5 Jan 2026 08:00');
    expect(text).toContain('nobody is on call until Mon 5 Jan 2026 09:00');
  });

  test('who comes on call when', () => {
    const text = showHandovers(
      schedule({ rotations: [rotation()] }),
      at('2026-01-05T12:00:00Z'),
      at('2026-01-07T12:00:00Z'),
    );
    expect(text.split('\n')).toEqual([
      'devices (Europe/Berlin)',
      '  Mon  5 Jan 2026 13:00  ada    daily',
      '  Tue  6 Jan 2026 09:00  grace  daily',
      '  Wed  7 Jan 2026 09:00  ada    daily',
    ]);
  });

  test('everything in eighty columns', () => {
    const overrides = [
      {
        person: 'ada',
        fromMs: at('2026-01-06T00:00:00Z'),
        toMs: at('2026-01-07T00:00:00Z'),
        reason: 'because '.repeat(30),
      },
    ];
    const wordy = schedule({ overrides });
    for (let timeMs = at('2026-01-05T00:00:00Z'); timeMs < at('2026-01-09T00:00:00Z'); timeMs += DAY_MS / 4) {
      const text = `${showWho(shipped, wordy, timeMs)}\n${showHandovers(wordy, timeMs, timeMs + 7 * DAY_MS)}`;
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });
});
