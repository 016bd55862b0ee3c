import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRuleFile, type RuleGroup } from '../../core/rules/index.ts';

/** Folders of rule files within the directory of rules. */
const FOLDERS = ['alerts', 'recording'] as const;

/**
 * All rule groups that were bundled beside a function, in order of their files' names.
 * @param directory the folder `rules` beside the bundle, or an absolute path
 * @throws RuleFileError with every problem of the first wrong file
 */
export function readRuleGroups(directory: string): RuleGroup[] {
  const root = path.resolve(import.meta.dirname, directory);
  return FOLDERS.flatMap((folder) => {
    const folderPath = path.join(root, folder);
    if (!existsSync(folderPath)) return [];
    return readdirSync(folderPath)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .flatMap((name) => [...parseRuleFile(readFileSync(path.join(folderPath, name), 'utf8'), `${folder}/${name}`)]);
  });
}
