import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseRuleFile, plan, RuleFileError, type RuleGroup } from '../../core/rules/index.ts';
import { runUnitTests } from '../../core/rules/testing/run-unit-tests.ts';
import { parseUnitTestFile } from '../../core/rules/testing/unit-test-file.ts';
import { UserError } from '../../core/user-error.ts';
import { type Command, readOptions } from '../command.ts';
import { command as replay } from './rules-replay.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const command: Command = {
  help: `Usage: npx nsmon rules check|plan [FILE...]
       npx nsmon rules check --syntax-only FILE...
       npx nsmon rules test FILE...
       npx nsmon rules replay --series FILE | --recording FILE [OPTION...]

  check   reads Prometheus rule files; ends with code 1 and every problem, by line and column, when one is wrong
  plan    says for each rule whether it runs at the edge or in the cloud, and why
  test    runs promtool's rule unit tests, unchanged; closes with "N passed, N failed"
  replay  says what the rules would have done: alerts, pages, cost; npx nsmon rules replay --help tells more

check and plan without files: those of rules/alerts and rules/recording.`,

  async run(args) {
    if (args[0] === 'replay') return replay.run(args.slice(1));
    const { positionals } = readOptions(args, { 'syntax-only': { type: 'boolean' } });
    const [action, ...given] = positionals;
    if (action !== 'check' && action !== 'plan' && action !== 'test') {
      throw new UserError(`rules ${action ?? ''}: say check, plan, test or replay; npx nsmon rules --help tells more`);
    }
    if (action === 'test' && given.length === 0)
      throw new UserError('rules test takes at least one file of unit tests');
    const files = given.length > 0 ? given : shippedFiles();
    const missing = files.filter((file) => !existsSync(file) || !statSync(file).isFile());
    if (missing.length > 0) throw new UserError(`there is no file ${missing.join(', ')}`);
    if (action === 'test') return testFiles(files);
    let isGood = true;
    for (const file of files) {
      const name = path.relative(process.cwd(), path.resolve(file));
      try {
        report(action, name, parseRuleFile(readFileSync(file, 'utf8'), name));
      } catch (error) {
        if (!(error instanceof RuleFileError)) throw error;
        process.stdout.write(`${error.message}\n`);
        isGood = false;
      }
    }
    return isGood ? 0 : 1;
  },
};

/** @returns 0 when all passed */
function testFiles(files: readonly string[]): number {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const name = path.relative(process.cwd(), path.resolve(file));
    try {
      const tests = parseUnitTestFile(readFileSync(file, 'utf8'), name);
      const groups = tests.ruleFiles.flatMap((rules) => readGroups(path.resolve(path.dirname(file), rules)));
      const result = runUnitTests(tests, groups);
      passed += result.passed;
      failed += result.failed.length;
      for (const { test, what, expected, got } of result.failed) {
        process.stdout.write(`${name}: ${test}: ${what}\n  expected ${expected}\n  got      ${got}\n`);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      process.stdout.write(`${error.message}\n`);
      failed += 1;
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function readGroups(file: string): readonly RuleGroup[] {
  if (!existsSync(file)) throw new UserError(`there is no rule file ${path.relative(process.cwd(), file)}`);
  return parseRuleFile(readFileSync(file, 'utf8'), path.relative(process.cwd(), file));
}

function shippedFiles(): string[] {
  return ['alerts', 'recording'].flatMap((folder) => {
    const directory = path.join(ROOT, 'rules', folder);
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => path.join(directory, name));
  });
}

function report(action: 'check' | 'plan', file: string, groups: readonly RuleGroup[]): void {
  const rules = groups.flatMap((group) => group.rules);
  if (action === 'check') {
    process.stdout.write(`${file}: ${rules.length} rules in ${groups.length} groups\n`);
    return;
  }
  process.stdout.write(`${file}\n`);
  for (const rule of rules) {
    const { where, why } = plan(rule);
    process.stdout.write(`  ${where.padEnd(6)} ${rule.name.padEnd(36)} ${why}\n`);
  }
}
