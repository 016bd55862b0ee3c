import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { matchesPattern } from '../../core/alerting/templates/file-pattern.ts';
import type { TemplateFile } from '../../core/alerting/templates/templates.ts';

/**
 * The files of an Alertmanager configuration's `templates:`, which are relative to it; as in Alertmanager a pattern
 * without any is none.
 * @param nameOf what messages call a file
 */
export function readTemplateFiles(
  folder: string,
  patterns: readonly string[],
  nameOf: (file: string) => string = (file) => path.relative(folder, file),
): TemplateFile[] {
  return patterns.flatMap((pattern) => {
    const parent = path.resolve(folder, path.dirname(pattern));
    const names = existsSync(parent) ? readdirSync(parent).sort() : [];
    const files = names
      .filter((name) => matchesPattern(name, path.basename(pattern)))
      .map((name) => path.join(parent, name));
    return files.map((file) => ({ name: nameOf(file), text: readFileSync(file, 'utf8') }));
  });
}
