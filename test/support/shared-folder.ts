import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from '@jest/globals';

/** A file of the folder of test inputs that is not part of the project. */
export function shared(path: string): string {
  return resolve('../shared', path);
}

/** `describe` where all the files are there; else one skipped test that says which are missing, and the body never runs. */
export function describeWithShared(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.filter((path) => !existsSync(shared(path)));
  if (missing.length === 0) describe(name, body);
  else describe(name, () => test.skip(`skipped: ../shared/${missing.join(', ../shared/')} absent`, () => undefined));
}
