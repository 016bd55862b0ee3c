import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, readOptions } from '../command.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TEST_RESULTS = path.join(ROOT, 'dist', 'test-results.json');

/** Each step is a command line that must end with code 0. Cheap ones first: they say soonest what is wrong. */
const STEPS: readonly { name: string; line: readonly string[] }[] = [
  { name: 'format and lint', line: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', line: ['npm', 'run', '--silent', 'types'] },
  ...['dev', 'staging', 'prod'].flatMap((env) =>
    ['timestream', 'prometheus'].map((store) => ({
      name: `synth ${env} on ${store}, strictly, with all template checks`,
      line: [
        'npx',
        'cdk',
        'synth',
        '--quiet',
        '--strict',
        '-c',
        `env=${env}`,
        '-c',
        `metricStore=${store}`,
        '-c',
        'checks=strict',
        '-o',
        `cdk.out/check-${env}-${store}`,
      ],
    })),
  ),
  { name: 'tests', line: ['npm', 'test', '--silent', '--', '--json', `--outputFile=${TEST_RESULTS}`] },
];

interface TestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

export const command: Command = {
  help: `Usage: npm run check

Lint, types, the synthesis of every environment with either store, template validation, and all tests. Prints what
failed, and last \`N passed, N failed\`: the tests, and each other step as one.`,

  async run(args) {
    readOptions(args, {}, false);
    mkdirSync(path.dirname(TEST_RESULTS), { recursive: true });
    const failed: string[] = [];
    for (const { name, line } of STEPS) {
      process.stdout.write(`\n== ${name}\n`);
      const started = performance.now();
      const code = await run(line);
      process.stdout.write(
        `${code === 0 ? 'ok' : `FAILED with code ${code}`} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
      );
      if (code !== 0) failed.push(name);
    }
    const tests = readResults();
    const stepsPassed = STEPS.length - 1 - failed.filter((name) => name !== 'tests').length;
    const stepsFailed = failed.filter((name) => name !== 'tests').length;
    // A test file that does not even load has no tests to count, and still failed.
    const testsFailed = Math.max(
      tests.numFailedTests + tests.numRuntimeErrorTestSuites,
      failed.includes('tests') ? 1 : 0,
    );
    if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join('; ')}\n`);
    process.stdout.write(
      `\n${tests.numPassedTests + stepsPassed} passed, ${testsFailed + stepsFailed} failed, ${tests.numPendingTests} skipped\n`,
    );
    return failed.length > 0 ? 1 : 0;
  },
};

function run([program = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function readResults(): TestResults {
  if (existsSync(TEST_RESULTS)) return JSON.parse(readFileSync(TEST_RESULTS, 'utf8')) as TestResults;
  return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 1 };
}
