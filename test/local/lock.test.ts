import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../core/user-error.ts';
import { withLock } from '../../local/lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-lock-'));
const file = join(directory, 'lock');
afterAll(() => rmSync(directory, { recursive: true }));

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('the lock of a synthesis', () => {
  test('holds the number of its process while the work is done, and is gone afterwards', async () => {
    const seen = await withLock(file, {}, async () => readFileSync(file, 'utf8'));
    expect(seen).toBe(String(process.pid));
    expect(existsSync(file)).toBe(false);
  });

  test('is gone after work that fails', async () => {
    await expect(withLock(file, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  test('of a process that was killed is taken at once, without a word', async () => {
    writeFileSync(file, String(deadPid()));
    const said: string[] = [];
    expect(await withLock(file, { report: (line) => said.push(line) }, async () => 'done')).toBe('done');
    expect(said).toEqual([]);
  });

  test('of a number that another process has got since is taken when it is old', async () => {
    writeFileSync(file, String(process.pid));
    const longAgo = Date.now() / 1000 - 121;
    utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, {}, async () => 'done')).toBe('done');
  });

  test('of a running process is waited for, and the waiting is said once', async () => {
    const said: string[] = [];
    let release: () => void = () => undefined;
    const first = withLock(file, {}, () => new Promise<void>((resolve) => (release = resolve)));
    const waiting = new Promise<void>((told) => {
      const report = (line: string) => {
        said.push(line);
        told();
      };
      void withLock(file, { report }, async () => said.push('had it'));
    });
    await waiting;
    expect(said).toEqual([`waiting for process ${process.pid}, which has ${file} ...`]);
    release();
    await first;
    while (existsSync(file) || said.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(said[1]).toBe('had it');
  });

  test('is not waited for any longer once interrupted', async () => {
    writeFileSync(file, String(process.pid));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(withLock(file, { signal }, async () => 'done')).rejects.toThrow('enough');
    rmSync(file);
  });

  test('that cannot be written is an error that says where', async () => {
    const nowhere = join(directory, 'absent', 'lock');
    await expect(withLock(nowhere, {}, async () => 'done')).rejects.toThrow(UserError);
    await expect(withLock(nowhere, {}, async () => 'done')).rejects.toThrow(`${nowhere} cannot be written (ENOENT)`);
  });
});
