import path from 'node:path';

/** A file as people call it: from where they are, or its whole path where that would lead upwards. */
export function shownPath(file: string): string {
  const whole = path.resolve(file);
  const relative = path.relative(process.cwd(), whole);
  return relative === '..' || relative.startsWith(`..${path.sep}`) ? whole : relative;
}
