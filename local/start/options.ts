import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseDuration } from '../../core/promql/durations.ts';
import { UserError } from '../../core/user-error.ts';
import { type Story, stories } from '../stories/index.ts';

export interface StartOptions {
  readonly recording?: string;
  readonly story?: Story;
  /** How long to run; without it until Ctrl-C, or until the story has ended. */
  readonly forMs?: number;
  readonly reportFile?: string;
  /** Directory of rules; without it those of the project, or of the story. */
  readonly rulesDir?: string;
  /** Overrides the store that the environment chooses. */
  readonly store?: 'timestream' | 'prometheus';
  /** How often the agent repeats its alerts; without it as the environment chooses. */
  readonly reportIntervalSeconds?: number;
  readonly dropOne: boolean;
  readonly port?: number;
  readonly verbose: boolean;
}

export interface RawOptions {
  readonly recording?: string;
  readonly story?: string;
  readonly for?: string;
  readonly report?: string;
  readonly rules?: string;
  readonly store?: string;
  readonly 'drop-one'?: boolean;
  readonly port?: string;
  readonly verbose?: boolean;
}

/** What a timer of Node can wait. */
const LONGEST_MS = 24 * 86_400_000;

/** @throws UserError listing everything that is wrong */
export function readStartOptions(raw: RawOptions, positionals: readonly string[] = []): StartOptions {
  const problems: string[] = [];
  if (positionals.length > 0) problems.push(`${positionals.join(' ')}: no argument is expected beside the options`);

  const story = raw.story === undefined ? undefined : stories[raw.story];
  if (raw.story !== undefined && !story) {
    problems.push(`--story is "${raw.story}", the stories are ${Object.keys(stories).join(', ')}`);
  }
  const forMs = raw.for === undefined ? undefined : parseDuration(raw.for);
  if (raw.for !== undefined && (forMs === undefined || forMs < 1000 || forMs > LONGEST_MS)) {
    problems.push(`--for is "${raw.for}", must be a duration from 1s to 24d such as 60s or 5m`);
  }
  if (raw.recording !== undefined && !existsSync(raw.recording)) {
    problems.push(`--recording is "${raw.recording}": there is no such file`);
  }
  const reportFolder = raw.report === undefined ? undefined : path.dirname(path.resolve(raw.report));
  if (reportFolder !== undefined && !existsSync(reportFolder)) {
    problems.push(`--report is "${raw.report}": the folder ${reportFolder} does not exist`);
  } else if (raw.report !== undefined && isDirectory(raw.report)) {
    problems.push(`--report is "${raw.report}": this is a folder, give the name of a file in it`);
  }
  if (raw.rules !== undefined && !isDirectory(raw.rules)) {
    problems.push(`--rules is "${raw.rules}": there is no such folder`);
  }
  if (raw.rules !== undefined && story) problems.push('--rules: a story brings its own; leave out one of the two');
  if (raw.store !== undefined && raw.store !== 'timestream' && raw.store !== 'prometheus') {
    problems.push(`--store is "${raw.store}", must be timestream or prometheus`);
  }
  const port = raw.port === undefined ? undefined : Number(raw.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    problems.push(`--port is "${raw.port}", must be a whole number from 1 to 65535`);
  }
  if (problems.length > 0) throw new UserError(problems.join('\n       '));

  return {
    ...(raw.recording === undefined ? {} : { recording: path.resolve(raw.recording) }),
    ...(story ? { story } : {}),
    ...(forMs === undefined ? {} : { forMs }),
    ...(raw.report === undefined ? {} : { reportFile: path.resolve(raw.report) }),
    ...(raw.rules === undefined ? {} : { rulesDir: path.resolve(raw.rules) }),
    ...(raw.store === 'timestream' || raw.store === 'prometheus' ? { store: raw.store } : {}),
    dropOne: raw['drop-one'] ?? false,
    ...(port === undefined ? {} : { port }),
    verbose: raw.verbose ?? false,
  };
}

function isDirectory(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
