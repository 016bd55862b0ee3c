import { UserError } from '../core/user-error.ts';
import type { Command } from './command.ts';
import { wrap } from './wrap.ts';

/** Every command, in the order of `nsmon --help`. A command is loaded when it is called: start-up stays fast. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<{ command: Command }> }>> = {
  start: {
    summary: 'run the deployed system on this machine, as a local twin',
    load: () => import('./commands/start.ts'),
  },
  doctor: {
    summary: 'check this machine, and the AWS account when there are credentials',
    load: () => import('./commands/doctor.ts'),
  },
  build: { summary: 'bundle the Lambda functions and the edge component', load: () => import('./commands/build.ts') },
  rules: {
    summary: 'check, lint, test and replay rule files; show where each rule runs, and its cost',
    load: () => import('./commands/rules.ts'),
  },
  routes: {
    summary: 'check, draw and test routing: Alertmanager configurations',
    load: () => import('./commands/routes.ts'),
  },
  silence: { summary: 'silences and maintenance windows', load: () => import('./commands/silence.ts') },
  slo: { summary: 'render service-level objectives to burn-rate rules', load: () => import('./commands/slo.ts') },
  oncall: { summary: 'who is on call, why, and when nobody is', load: () => import('./commands/oncall.ts') },
  promql: {
    summary: "run scripts in Prometheus' own PromQL test language",
    load: () => import('./commands/promql.ts'),
  },
  audit: {
    summary: 'verify, list and export who did what to alerts, when and why',
    load: () => import('./commands/audit.ts'),
  },
  drill: {
    summary: 'hold an incident drill on the local twin',
    load: () => import('./commands/drill.ts'),
  },
  heal: { summary: 'list what was healed; approve or thaw an action', load: () => import('./commands/heal.ts') },
  bench: { summary: 'measure, each figure beside a named peer', load: () => import('./commands/bench.ts') },
  docs: { summary: 'write the pages of docs/ that are generated from code', load: () => import('./commands/docs.ts') },
  check: { summary: 'everything that must pass before a commit', load: () => import('./commands/check.ts') },
};

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: nsmon <command> [options]',
    '',
    'Commands:',
    ...lines,
    '',
    '`nsmon <command> --help` tells more.',
  ].join('\n');
}

/** @returns the exit code: 0 done, 1 done and found wanting, 2 not done because of what was asked */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${help()}\n`);
    return name === undefined ? 2 : 0;
  }
  const entry = commands[name];
  if (!entry)
    throw new UserError(
      `there is no command ${JSON.stringify(name)}; the commands are ${Object.keys(commands).join(', ')}`,
    );
  const { command } = await entry.load();
  if (args.includes('--help') || args.includes('-h')) {
    const { help: text } = command;
    process.stdout.write(`${wrap(typeof text === 'string' ? text : text(args), process.stdout.columns ?? 120)}\n`);
    return 0;
  }
  return command.run(args);
}

// Whoever reads has read enough, as in `nsmon rules plan | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`nsmon: ${error.message}\n`);
  process.exitCode = 2;
}
