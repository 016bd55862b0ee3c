import { existsSync, readFileSync, statSync } from 'node:fs';
import { runPromqlTest } from '../../core/promql/testing/run.ts';
import { UserError } from '../../core/user-error.ts';
import { type Command, readOptions } from '../command.ts';

export const command: Command = {
  help: `Usage: npx nsmon promql test FILE...

Runs scripts in Prometheus' own PromQL test language, and closes with \`N passed, N failed\`. A failing evaluation is
printed with its line, what was expected, and what came.`,

  async run(args) {
    const { positionals } = readOptions(args, {});
    const [action, ...files] = positionals;
    if (action !== 'test' || files.length === 0) {
      throw new UserError('promql takes `test` and at least one file: npx nsmon promql test FILE...');
    }
    const missing = files.filter((file) => !existsSync(file) || !statSync(file).isFile());
    if (missing.length > 0) throw new UserError(`there is no file ${missing.join(', ')}`);
    let passed = 0;
    let failed = 0;
    for (const file of files) {
      const result = runPromqlTest(readFileSync(file, 'utf8'), file);
      passed += result.passed;
      failed += result.failed.length;
      for (const { line, expected, got } of result.failed) {
        process.stdout.write(`${file}:${line}\n  expected ${expected}\n  got      ${got}\n`);
      }
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  },
};
