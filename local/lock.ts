import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { UserError } from '../core/user-error.ts';
import { isRunning } from './processes.ts';

export interface LockOptions {
  /** Told once, when somebody else has the lock. */
  readonly report?: (line: string) => void;
  /** Ends the waiting; its reason is thrown. */
  readonly signal?: AbortSignal;
}

const LOOK_EVERY_MS = 100;
/** Nothing that is done under a lock takes longer. After a restart, a process may have the number of a dead one. */
const STALE_MS = 120_000;

/**
 * Does something that one process may do at a time. The lock is a file with the number of its process: that of a process
 * that was killed is nobody's.
 * @throws UserError when the file cannot be written
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  let isTold = false;
  while (!(await tryLock(file))) {
    options.signal?.throwIfAborted();
    const { pid, ageMs } = await holderOf(file);
    // Without a number for a moment, while it is written.
    if ((pid > 0 && !isRunning(pid)) || ageMs > STALE_MS) {
      await rm(file, { force: true });
      continue;
    }
    if (!isTold) options.report?.(`waiting for process ${pid || 'unknown'}, which has ${file} ...`);
    isTold = true;
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** @returns false while somebody has it */
async function tryLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new UserError(`${file} cannot be written (${code}); make its folder writable`);
  }
}

/** `pid` is 0 when there is none in the file, or no file any more. */
async function holderOf(file: string): Promise<{ pid: number; ageMs: number }> {
  const [text, madeMs] = await Promise.all([
    readFile(file, 'utf8').catch(() => ''),
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    ),
  ]);
  return { pid: Number(text) || 0, ageMs: Date.now() - madeMs };
}
