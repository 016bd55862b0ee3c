import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';

/** A file of the folder of test inputs that is not part of the project. */
export function shared(path: string): string {
  return resolve('../shared', path);
}

/** `describe` where all the files are there; else a skipped one that says which is missing. */
export function describeWithShared(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.filter((path) => !existsSync(shared(path)));
  if (missing.length === 0) describe(name, body);
  else describe.skip(`${name} (skipped: ../shared/${missing.join(', ../shared/')} absent)`, body);
}
