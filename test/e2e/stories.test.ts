import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { RunReport } from '../../local/start/report.ts';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-stories-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Plays a story as a person would, and returns the report of its run. */
function play(story: string): RunReport {
  const file = join(directory, `${story}.json`);
  const args = ['bin/nsmon.js', 'start', '--story', story, '--report', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 280_000 });
  if (status !== 0) throw new Error(`it ended with ${status}:\n${stdout}${stderr}`);
  return JSON.parse(readFileSync(file, 'utf8')) as RunReport;
}

test('a board that stalls is reconnected, and nobody is paged', () => {
  const { groups, notifications, points } = play('heal-reconnect');
  expect(groups).toMatchObject([{ labels: { alertname: 'DeviceSilent' }, alerts: 1, pages: 0 }]);
  expect(notifications).toEqual([]);
  expect(points.lost).toBe(0);
}, 300_000);

test('a switch that breaks is one page, however many devices fall silent behind it', () => {
  const { groups, points } = play('alert-storm');
  const of = (name: string) => groups.find(({ labels }) => labels.alertname === name);
  expect(of('DeviceSilent')).toMatchObject({ alerts: 300, inhibited: 300, pages: 0, notifications: 0 });
  expect(of('SwitchDown')).toMatchObject({ alerts: 1, pages: 1 });
  expect(points.lost).toBe(0);
}, 300_000);
