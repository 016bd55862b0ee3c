import { parseRuleFile, RuleFileError, type RuleGroup } from '../../../core/rules/index.ts';
import { type Finding, formatFinding } from '../../../core/rules/lint/finding.ts';
import { checkNames, lintRules } from '../../../core/rules/lint/lint.ts';
import { UserError } from '../../../core/user-error.ts';
import { didYouMean } from '../../../core/yaml/did-you-mean.ts';
import { readFile, ruleFilesIn, rulesDirectoryOf, surroundingsOf } from './surroundings.ts';

export interface CheckOptions {
  /** Just the parser. */
  readonly syntaxOnly: boolean;
  readonly json: boolean;
  /** Warnings fail, too. */
  readonly strict: boolean;
  /** Names of checks, separated by commas. */
  readonly without: string;
}

/** Parses rule files and, when all can be read, lints them. @returns the exit code */
export function checkFiles(files: readonly string[], options: CheckOptions): number {
  const without = options.without.split(',').filter(Boolean);
  for (const name of without) {
    if (!checkNames.includes(name)) throw new UserError(`there is no check ${name}; ${didYouMean(name, checkNames)}`);
  }
  const problems: string[] = [];
  const counts = files.map((file) => {
    const { file: name, text } = readFile(file);
    try {
      return { name, groups: parseRuleFile(text, name) };
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      problems.push(...error.problems);
      return { name, groups: [] };
    }
  });
  const findings = problems.length > 0 || options.syntaxOnly ? [] : lint(files, without);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ problems, findings }, undefined, 2)}\n`);
  } else {
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    for (const finding of findings) process.stdout.write(`${formatFinding(finding)}\n\n`);
    if (problems.length === 0)
      for (const { name, groups } of counts) summarise(name, groups, options.syntaxOnly ? undefined : findings);
  }
  const isBad = findings.some(({ severity }) => severity === 'error' || options.strict);
  return problems.length > 0 || isBad ? 1 : 0;
}

/** Each file among those of its own directory of rules, with the routing that is there. */
function lint(files: readonly string[], without: readonly string[]): Finding[] {
  const directories = [...new Set(files.map(rulesDirectoryOf))];
  return directories.flatMap((directory) => {
    const given = files.filter((file) => rulesDirectoryOf(file) === directory).map(readFile);
    const names = new Set(given.map(({ file }) => file));
    const beside = (directory === undefined ? [] : ruleFilesIn(directory).map(readFile)).filter(
      ({ file }) => !names.has(file),
    );
    return lintRules(given, { ...surroundingsOf(directory), without, beside: beside.filter(isReadable) });
  });
}

/** Those that were not asked for may be wrong: then what they record is unknown. */
function isReadable({ file, text }: { readonly file: string; readonly text: string }): boolean {
  try {
    parseRuleFile(text, file);
    return true;
  } catch {
    return false;
  }
}

function summarise(name: string, groups: readonly RuleGroup[], findings: readonly Finding[] | undefined): void {
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  const own = (findings ?? []).filter(({ file }) => file === name);
  const errors = own.filter(({ severity }) => severity === 'error').length;
  const found =
    own.length === 0 ? 'nothing found' : `${count(errors, 'error')}, ${count(own.length - errors, 'warning')}`;
  process.stdout.write(
    `${name}: ${count(rules, 'rule')} in ${count(groups.length, 'group')}${findings ? `, ${found}` : ''}\n`,
  );
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
