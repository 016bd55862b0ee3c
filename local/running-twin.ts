import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Credentials } from './iam/iam.ts';
import { isRunning } from './processes.ts';

/** What a command needs to talk to a twin that another process runs. It lies in that run's directory while it runs. */
export interface RunningTwin {
  readonly pid: number;
  readonly startedAtMs: number;
  /** `AWS_ENDPOINT_URL` of all its services. */
  readonly endpoint: string;
  readonly region: string;
  /** Of the person in front of it: they may do everything. */
  readonly credentials: Credentials;
  readonly environment: string;
  /** Outputs of all its stacks; their names are different in each. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The dashboards: `http://127.0.0.1:3000/`. */
  readonly webUrl: string;
  /** The agent's own view of itself, as JSON. */
  readonly agentStatusUrl: string;
}

const FILE = 'twin.json';

/** Lets other processes of this person find the twin. @returns what takes it back */
export function announceTwin(runDirectory: string, twin: RunningTwin): () => void {
  const file = path.join(runDirectory, FILE);
  // It holds keys, of this machine only; still nobody else's business.
  writeFileSync(file, JSON.stringify(twin, null, 2), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Twins whose process runs, the one started last first. What a killed one left behind is not one. */
export function runningTwins(cacheDir: string): RunningTwin[] {
  const runs = path.join(cacheDir, 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => isRunning(Number(name)))
    .flatMap((name) => read(path.join(runs, name, FILE)))
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
}

function read(file: string): RunningTwin[] {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return [];
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as RunningTwin];
  } catch {
    // Half written, or gone this moment: it is starting or stopping.
    return [];
  }
}
