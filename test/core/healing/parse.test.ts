import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { entryFor } from '../../../core/healing/config.ts';
import { parseHealing } from '../../../core/healing/parse.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../../rules/healing.yaml');

describe('healing.yaml', () => {
  test('as it comes only notes what it would do', () => {
    const { entries } = parseHealing(readFileSync(SHIPPED, 'utf8'));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every(({ mode }) => mode === 'shadow')).toBe(true);
  });

  test('denies what it does not name', () => {
    const config = parseHealing('healing: [{ alert: DeviceSilent, matchers: ["site=lab"], action: reconnect-board }]');
    expect(entryFor(config, { alertname: 'Other', site: 'lab' })).toBeUndefined();
    expect(entryFor(config, { alertname: 'DeviceSilent', site: 'elsewhere' })).toBeUndefined();
    expect(entryFor(config, { alertname: 'DeviceSilent', site: 'lab' })?.mode).toBe('shadow');
    expect(parseHealing('').entries).toEqual([]);
  });

  test('names an alert that no rule has', () => {
    const text = 'healing: [{ alert: DeviceSilnet, action: reconnect-board }]';
    expect(() => parseHealing(text, ['DeviceSilent', 'Watchdog'])).toThrow(
      'healing.yaml:1:20: no rule has an alert "DeviceSilnet"; did you mean "DeviceSilent"?',
    );
  });

  test('reports all problems at once, each with its place and what is allowed', () => {
    const text = `healing:
  - { alert: A, action: reconect-board }
  - { action: reconnect-board, mode: on }
  - { alert: B, action: redrive-parked, approver: nobody, budget: { perTarget: 9, within: 1m } }
  - { alert: C, action: reconnect-board, holdFor: 2h, shaddow: true }
`;
    let message = '';
    try {
      parseHealing(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        expect.stringContaining('healing.yaml:2:25: action is "reconect-board"; did you mean "reconnect-board"?'),
        expect.stringContaining('healing.yaml:3:5: an entry names no alert'),
        expect.stringContaining('mode is "on"; allowed: shadow, armed'),
        expect.stringContaining('redrive-parked always needs a person to approve it'),
        expect.stringContaining('perTarget is 9; redrive-parked allows at most 2'),
        expect.stringContaining('within must be at least 60m'),
        expect.stringContaining('holdFor is longer than 10m'),
        expect.stringContaining('an entry has an unknown field "shaddow"'),
      ]),
    );
  });
});
