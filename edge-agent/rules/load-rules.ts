import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudRecorded, parseRuleFile, plan, type RuleGroup } from '../../core/rules/index.ts';
import { UserError } from '../../core/user-error.ts';

/**
 * The groups of all rule files that `paths` name (files, or directories of `*.yaml`), with only those rules that are
 * to be evaluated in an agent. Throws a UserError that lists the problems of all files.
 */
export async function loadEdgeRules(paths: readonly string[]): Promise<RuleGroup[]> {
  const problems: string[] = [];
  const groups: RuleGroup[] = [];
  for (const file of await ruleFiles(paths, problems)) {
    try {
      groups.push(...parseRuleFile(await readFile(file, 'utf8'), file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  const recorded = cloudRecorded(groups.flatMap(({ rules }) => rules));
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => plan(rule, recorded).where === 'edge') }))
    .filter((group) => group.rules.length > 0);
}

async function ruleFiles(paths: readonly string[], problems: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) files.push(path);
      else {
        const names = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name)).sort();
        files.push(...names.map((name) => join(path, name)));
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      problems.push(`${path}: rules cannot be read (${code}). Name a rule file, or a directory of *.yaml.`);
    }
  }
  return files;
}
