import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseRuleFile, type RuleGroup } from '../../core/rules/index.ts';
import { checkNames } from '../../core/rules/lint/lint.ts';
import { runUnitTests } from '../../core/rules/testing/run-unit-tests.ts';
import { parseUnitTestFile } from '../../core/rules/testing/unit-test-file.ts';
import { UserError } from '../../core/user-error.ts';
import { type Command, readOptions } from '../command.ts';
import { shownPath } from '../shown-path.ts';
import { checkFiles } from './rules/check.ts';
import { HELP as HISTORY_HELP, history } from './rules/history.ts';
import { planFiles } from './rules/plan.ts';
import { HELP as REPLAY_HELP, replay } from './rules/replay.ts';
import { ruleFilesIn, SHIPPED } from './rules/surroundings.ts';

const HELP = `Usage: npx nsmon rules check [--strict] [--json] [--without CHECK,...] [FILE...]
       npx nsmon rules check --syntax-only FILE...
       npx nsmon rules plan [--devices N] [--channels N] [--sites N] [--json] [FILE...]
       npx nsmon rules test FILE...
       npx nsmon rules replay --series FILE | --recording FILE [OPTION...]
       npx nsmon rules history [RULE...] [OPTION...]

  check   reads Prometheus rule files and lints them: what each finding is, why it matters, what to do. Ends with code 1
          for a file that is wrong and for an error; with --strict for a warning, too. --syntax-only: just the parser.
          --without unknown-metric: for rules about metrics that others measure. A comment in or before a rule silences
          a check: # nsmon lint: disable=CHECK reason; so does the annotation nsmon_lint_disable: CHECK reason.
          The checks: ${checkNames.slice(0, 5).join(', ')},
          ${checkNames.slice(5, 12).join(', ')},
          ${checkNames.slice(12, 16).join(', ')},
          ${checkNames.slice(16).join(', ')}
  plan    says for each rule whether it runs at the edge or in the cloud, why, and what it costs a month
  test    runs promtool's rule unit tests, unchanged; closes with "N passed, N failed"
  replay  says what the rules would have done: alerts, pages, cost; npx nsmon rules replay --help tells more
  history says what rules saw in their last evaluations, and what came of it; npx nsmon rules history --help tells more

check and plan without files: those of rules/alerts and rules/recording.`;

export const command: Command = {
  help: ([action]) => (action === 'replay' ? REPLAY_HELP : action === 'history' ? HISTORY_HELP : HELP),

  async run(args) {
    if (args[0] === 'replay') return replay(args.slice(1));
    if (args[0] === 'history') return history(args.slice(1));
    const { positionals, values } = readOptions(args, {
      'syntax-only': { type: 'boolean' },
      json: { type: 'boolean' },
      strict: { type: 'boolean' },
      without: { type: 'string' },
      devices: { type: 'string' },
      channels: { type: 'string' },
      sites: { type: 'string' },
    });
    const [action, ...given] = positionals;
    if (action !== 'check' && action !== 'plan' && action !== 'test') {
      throw new UserError(
        `rules ${action ?? ''}: say check, plan, test, replay or history; npx nsmon rules --help tells more`,
      );
    }
    if (action === 'test' && given.length === 0)
      throw new UserError('rules test takes at least one file of unit tests');
    const files = given.length > 0 ? given : ruleFilesIn(SHIPPED);
    const missing = files.filter((file) => !existsSync(file) || !statSync(file).isFile());
    if (missing.length > 0) throw new UserError(`there is no file ${missing.join(', ')}`);
    if (action === 'test') return testFiles(files);
    const json = values.json ?? false;
    if (action === 'plan')
      return planFiles(files, { json, devices: values.devices, channels: values.channels, sites: values.sites });
    return checkFiles(files, {
      syntaxOnly: values['syntax-only'] ?? false,
      json,
      strict: values.strict ?? false,
      without: values.without ?? '',
    });
  },
};

/** @returns 0 when all passed */
function testFiles(files: readonly string[]): number {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const name = shownPath(file);
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
  if (!existsSync(file)) throw new UserError(`there is no rule file ${shownPath(file)}`);
  return parseRuleFile(readFileSync(file, 'utf8'), shownPath(file));
}
