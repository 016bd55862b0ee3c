import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseRuleFile, plan, RuleFileError, type RuleGroup } from '../../core/rules/index.ts';
import { UserError } from '../../core/user-error.ts';
import { type Command, readOptions } from '../command.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const command: Command = {
  help: `Usage: npx nsmon rules check|plan [FILE...]

  check   reads Prometheus rule files; ends with code 1 and every problem, by line and column, when one is wrong
  plan    says for each rule whether it runs at the edge or in the cloud, and why

Without files: those of rules/alerts and rules/recording.`,

  async run(args) {
    const { positionals } = readOptions(args, {});
    const [action, ...given] = positionals;
    if (action !== 'check' && action !== 'plan') {
      throw new UserError(`rules ${action ?? ''}: say check or plan; npx nsmon rules --help tells more`);
    }
    const files = given.length > 0 ? given : shippedFiles();
    const missing = files.filter((file) => !existsSync(file) || !statSync(file).isFile());
    if (missing.length > 0) throw new UserError(`there is no file ${missing.join(', ')}`);
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
