import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { surroundingsOf } from '../../bin/commands/rules/surroundings.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-surroundings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, lines: readonly string[]): void =>
  writeFileSync(path.join(directory, name), lines.join('\n'));

test('a policy that tells whoever is on call reaches somebody, and the receiver beside it nobody', () => {
  write('routing.yaml', ['route: { receiver: page }', 'receivers: [{ name: page }, { name: nobody }]']);
  write('escalation.yaml', [
    'policies: [{ name: night, levels: [{ oncall: [devices] }] }]',
    'receivers: { page: night }',
  ]);
  write('oncall.yaml', [
    'people: [{ name: ada, timeZone: Europe/Berlin, channels: [slack] }]',
    'schedules:',
    '  - name: devices',
    '    timeZone: Europe/Berlin',
    '    rotations:',
    '      - { name: week, every: weekly, handover: monday 09:00, start: 2026-01-05, people: [ada] }',
  ]);
  const { routing, reachesSomebody } = surroundingsOf(directory);
  expect(routing?.route.receiver).toBe('page');
  expect(['page', 'nobody'].map((receiver) => reachesSomebody?.(receiver))).toEqual([true, false]);
});
