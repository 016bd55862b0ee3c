import { cloudRecorded, parseRuleFile, plan } from '../../../core/rules/index.ts';
import { readFile } from './surroundings.ts';

export interface PlanOptions {
  readonly json: boolean;
  readonly devices: string | undefined;
}

/** @returns the exit code */
export function planFiles(files: readonly string[], _options: PlanOptions): number {
  const all = files
    .map(readFile)
    .map(({ file, text }) => ({ file, rules: parseRuleFile(text, file).flatMap((g) => g.rules) }));
  const recorded = cloudRecorded(all.flatMap(({ rules }) => rules));
  for (const { file, rules } of all) {
    process.stdout.write(`${file}\n`);
    for (const rule of rules) {
      const { where, why } = plan(rule, recorded);
      process.stdout.write(`  ${where.padEnd(6)} ${rule.name.padEnd(36)} ${why}\n`);
    }
  }
  return 0;
}
