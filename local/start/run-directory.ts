import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/user-error.ts';
import { isRunning } from '../processes.ts';

/**
 * A directory for the files of this run, named by the process. Those of runs that were killed are removed: nothing else
 * remembers them.
 * @throws UserError when the project's directory cannot be written
 */
export function createRunDirectory(cacheDir: string): string {
  const runs = path.join(cacheDir, 'runs');
  const directory = path.join(runs, String(process.pid));
  try {
    mkdirSync(runs, { recursive: true });
    for (const name of readdirSync(runs)) {
      if (!isRunning(Number(name)) || Number(name) === process.pid) {
        rmSync(path.join(runs, name), { recursive: true, force: true });
      }
    }
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new UserError(`${runs} cannot be written (${code}); a run keeps its files there: make the folder writable`);
  }
  return directory;
}
