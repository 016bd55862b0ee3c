import { existsSync } from 'node:fs';
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
  /** Overrides the store that the environment chooses. */
  readonly store?: 'timestream' | 'prometheus';
  readonly dropOne: boolean;
  readonly port?: number;
  readonly verbose: boolean;
}

export interface RawOptions {
  readonly recording?: string;
  readonly story?: string;
  readonly for?: string;
  readonly report?: string;
  readonly store?: string;
  readonly 'drop-one'?: boolean;
  readonly port?: string;
  readonly verbose?: boolean;
}

/** @throws UserError listing everything that is wrong */
export function readStartOptions(raw: RawOptions, positionals: readonly string[] = []): StartOptions {
  const problems: string[] = [];
  if (positionals.length > 0) problems.push(`${positionals.join(' ')}: no argument is expected beside the options`);

  const story = raw.story === undefined ? undefined : stories[raw.story];
  if (raw.story !== undefined && !story) {
    problems.push(`--story is "${raw.story}", the stories are ${Object.keys(stories).join(', ')}`);
  }
  const forMs = raw.for === undefined ? undefined : parseDuration(raw.for);
  if (raw.for !== undefined && (forMs === undefined || forMs < 1000)) {
    problems.push(`--for is "${raw.for}", must be a duration of at least 1s such as 60s or 5m`);
  }
  if (raw.recording !== undefined && !existsSync(raw.recording)) {
    problems.push(`--recording is "${raw.recording}": there is no such file`);
  }
  const reportFolder = raw.report === undefined ? undefined : path.dirname(path.resolve(raw.report));
  if (reportFolder !== undefined && !existsSync(reportFolder)) {
    problems.push(`--report is "${raw.report}": the folder ${reportFolder} does not exist`);
  }
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
    ...(raw.store === 'timestream' || raw.store === 'prometheus' ? { store: raw.store } : {}),
    dropOne: raw['drop-one'] ?? false,
    ...(port === undefined ? {} : { port }),
    verbose: raw.verbose ?? false,
  };
}
