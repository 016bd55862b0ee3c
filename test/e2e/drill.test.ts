import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-drill-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function drill(...args: string[]) {
  return spawnSync(process.execPath, ['bin/nsmon.js', 'drill', ...args], { encoding: 'utf8', timeout: 110_000 });
}

test('a rehearsed drill breaks something, pages, is acknowledged, mended and resolved, and leaves a page to discuss', () => {
  const file = join(directory, 'drill.md');
  const { status, stdout, stderr } = drill('--rehearse', '--incident', 'channel-down', '--seed', '7', '--report', file);
  if (status !== 0) throw new Error(`it ended with ${status}:\n${stdout}${stderr}`);
  // Slack is down: the page comes by mail, and is acknowledged from there.
  expect(stdout).toMatch(/email: CRITICAL: ElectrodeDetached[\s\S]*## ElectrodeDetached[\s\S]*has acknowledged/);
  expect(readFileSync(file, 'utf8')).toMatch(/time to acknowledge \| \d+\.\d s, by Robin, rehearsing/);
}, 120_000);

test('a drill without a terminal, or of something unknown, says what to do', () => {
  const { status, stderr } = drill('--incident', 'electrode-of', '--seed', '0');
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean "electrode-off"');
  expect(stderr).toContain('--seed is "0", must be a whole number from 1');
  expect(stderr).toContain('--rehearse plays it without');
}, 30_000);
