import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../core/user-error.ts';
import { withLock } from './lock.ts';

export interface AssemblyOptions {
  readonly projectRoot: string;
  /** `.nsmon/assemblies` in the project unless given. */
  readonly cacheDir?: string;
  /** As `cdk -c key=value`. */
  readonly context: Readonly<Record<string, string>>;
  /** Told what takes time. */
  readonly report?: (line: string) => void;
  /** Ends a synthesis; its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface PreparedAssembly {
  /** The cloud assembly. */
  readonly directory: string;
  /** Nothing had changed since it was made. */
  readonly cached: boolean;
}

/** What the synthesised app depends on, beside its context and the rules. */
const INPUTS = [
  'bin/app.ts',
  'lib',
  'lambdas',
  'core',
  'edge-agent',
  'dashboards',
  'cdk.json',
  'package-lock.json',
  'tsconfig.json',
];
/** Assemblies kept: of some environments, stores and rules. */
const KEEP = 6;

/**
 * Synthesises the CDK app, unless it did before with exactly the same inputs.
 * @throws UserError with the app's own words when it fails
 */
export async function prepareAssembly(options: AssemblyOptions): Promise<PreparedAssembly> {
  const cache = options.cacheDir ?? join(options.projectRoot, '.nsmon', 'assemblies');
  await mkdir(cache, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${cache} cannot be made (${error.code}); it keeps what is synthesised: make the folder writable`,
    );
  });
  const directory = join(cache, await hashInputs(options));
  if (existsSync(directory)) {
    // The ones used last are kept: another twin may run from it.
    const now = new Date();
    await utimes(directory, now, now);
    return { directory, cached: true };
  }
  // One synthesis at a time: they share the directory of bundled functions.
  return withLock(join(cache, 'lock'), options, async () => {
    // Somebody else may have made it while we waited.
    if (existsSync(directory)) return { directory, cached: true };
    const partial = join(cache, `partial-${randomUUID()}`);
    options.report?.('synthesising the CDK app ...');
    try {
      await runApp(options, partial);
      await rename(partial, directory);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    await forgetOld(cache);
    return { directory, cached: false };
  });
}

async function runApp({ projectRoot, context, signal }: AssemblyOptions, outdir: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      // CloudFormation's own checks take three quarters of the time; the tests and every deploy run them.
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...(await contextOf(projectRoot)), ...context }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and would look like a failure of the app.
    detached: true,
    ...(signal && { signal }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (code === 0 && existsSync(join(outdir, 'manifest.json'))) return;
  // It ends with 2 when somebody can mend what is wrong, and says what.
  if (code === 2) throw new UserError(output.trim());
  throw new UserError(`The CDK app cannot be synthesised (exit code ${code}):\n${output.trim()}`);
}

/** The context that `cdk` would take from cdk.json. */
async function contextOf(projectRoot: string): Promise<Readonly<Record<string, unknown>>> {
  const { context = {} } = JSON.parse(await readFile(join(projectRoot, 'cdk.json'), 'utf8')) as {
    context?: Record<string, unknown>;
  };
  return context;
}

async function hashInputs({ projectRoot, context }: AssemblyOptions): Promise<string> {
  const rules = context.rules ?? 'rules';
  const roots = [...INPUTS, rules].map((input) => resolve(projectRoot, input)).filter(existsSync);
  const files = (await Promise.all(roots.map(filesBelow))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const settings = Object.keys(context)
    .sort()
    .map((name) => [name, context[name]]);
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const [index, file] of files.entries()) {
    hash.update(`\0${relative(projectRoot, file)}\0${contents[index]!.length}\0`).update(contents[index]!);
  }
  return hash.digest('hex').slice(0, 32);
}

async function filesBelow(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function forgetOld(cache: string): Promise<void> {
  const all = await readdir(cache);
  // Of syntheses that were killed: there is no other while this one has the lock.
  for (const name of all.filter((one) => one.startsWith('partial-'))) await rm(join(cache, name), { recursive: true });
  const names = all.filter((name) => /^[0-9a-f]{32}$/.test(name));
  const aged = await Promise.all(names.map(async (name) => ({ name, used: (await stat(join(cache, name))).mtimeMs })));
  aged.sort((a, b) => b.used - a.used);
  for (const { name } of aged.slice(KEEP)) await rm(join(cache, name), { recursive: true, force: true });
}
