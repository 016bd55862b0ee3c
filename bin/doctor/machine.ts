import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Finding, ok, problem, warning } from './finding.ts';

const OLDEST_NODE = [20, 19] as const;
/** The twin keeps its assembly, certificates and stores; a day of a small lab takes a few hundred megabytes. */
const FREE_BYTES_NEEDED = 1e9;
const DASHBOARD_PORT = 3000;

/** What the twin needs of this machine. */
export async function examineMachine(projectDir: string): Promise<Finding[]> {
  return [
    nodeVersion(process.versions.node),
    platform(),
    await disk(projectDir),
    await port(DASHBOARD_PORT),
    await installed(projectDir),
  ];
}

export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOldEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (!isOldEnough)
    return problem(`Node ${version} is too old`, `install Node ${OLDEST_NODE.join('.')} or newer, 24 is best`);
  return ok(`Node ${version}`);
}

function platform(): Finding {
  const here = `${os.platform()}-${os.arch()}`;
  const tested = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'];
  return tested.includes(here)
    ? ok(`${here}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory`)
    : warning(
        `${here} has not been tried`,
        `the twin needs binaries of DuckDB and the AWS CRT; known are ${tested.join(', ')}`,
      );
}

async function disk(dir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free in ${dir}`;
  return free >= FREE_BYTES_NEEDED ? ok(text) : problem(text, `free at least ${FREE_BYTES_NEEDED / 1e9} GB`);
}

async function port(number: number): Promise<Finding> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(number, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree
    ? ok(`port ${number} is free for the dashboards`)
    : warning(
        `port ${number} is in use`,
        'the twin will take the next free one, or name one: npm start -- --port 3100',
      );
}

async function installed(dir: string): Promise<Finding> {
  try {
    await access(path.join(dir, 'node_modules', '@duckdb', 'node-api'), constants.R_OK);
    await access(path.join(dir, 'node_modules', 'aws-crt'), constants.R_OK);
    return ok('the packages are installed');
  } catch {
    return problem('packages are missing', 'run npm ci');
  }
}
