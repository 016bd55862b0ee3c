import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { cloudSeries } from '../core/rules/cloud-series.ts';
import { parseRuleFile } from '../core/rules/index.ts';
import { UserError } from '../core/user-error.ts';
import { CLOUD_SERIES_FILE, functionNames, functions } from './functions.ts';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** A bundle above this is a dependency that was dragged in by mistake: it costs cold start. */
const MAX_BUNDLE_BYTES = 1_000_000;

/** How everything that runs is bundled: small ES modules, in memory. */
export const NODE_BUNDLE = {
  absWorkingDir: projectRoot,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  write: false,
  platform: 'node',
  // The oldest Node that runs a bundle: the twin's and the edge's, not Lambda's.
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  // CommonJS packages inside an ES module still call `require` for Node's own modules.
  banner: {
    js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);",
  },
  logLevel: 'error',
} satisfies BuildOptions;

/** A path relative to an output directory, and what is in that file. */
export type Files = Map<string, Uint8Array>;

/**
 * Bundles every function in one call of esbuild: SDK included (the version we tested, not the one that the runtime
 * happens to have), external source maps without sources. The same sources give the same bytes, so unchanged functions
 * are not deployed again.
 * @param outDir gets `<function>/index.mjs`, its map, and `rules/` where the function reads rules
 * @throws UserError naming each function whose handler is missing or whose bundle is too large
 */
export async function buildFunctions(outDir: string, rulesDir: string): Promise<void> {
  const rules = await readRules(rulesDir);
  const missing = functionNames.filter((name) => !existsSync(join(projectRoot, handlerOf(name))));
  if (missing.length > 0) {
    throw new UserError(`lib/functions.ts names functions without a handler: ${missing.map(handlerOf).join(', ')}`);
  }
  const result = await build({
    ...NODE_BUNDLE,
    entryPoints: Object.fromEntries(functionNames.map((name) => [`${name}/index`, handlerOf(name)])),
    outdir: resolve(outDir),
    alias: { '@aws-sdk/credential-provider-node': './lambdas/shared/environment-credentials.ts' },
    sourcemap: 'linked',
    sourcesContent: false,
  });

  const outputs = new Map(functionNames.map((name) => [name, new Map<string, Uint8Array>()]));
  for (const file of result.outputFiles) {
    const path = relative(resolve(outDir), file.path);
    const name = functionNames.find((candidate) => path.startsWith(`${candidate}/`));
    if (name) outputs.get(name)?.set(path.slice(name.length + 1), file.contents);
  }
  const tooLarge = [...outputs].flatMap(([name, files]) => {
    const bytes = files.get('index.mjs')?.length ?? 0;
    return bytes > MAX_BUNDLE_BYTES ? [`lambdas/${name} bundles to ${bytes} bytes`] : [];
  });
  if (tooLarge.length > 0) {
    throw new UserError(
      `${tooLarge.join('; ')}; at most ${MAX_BUNDLE_BYTES} are allowed. ` +
        'Find the import that drags the weight in with `npx esbuild --analyze`.',
    );
  }
  for (const [name, files] of outputs) {
    if (functions[name].rules === 'files') for (const [path, text] of rules) files.set(join('rules', path), text);
    if (functions[name].rules === 'cloud-series') files.set(CLOUD_SERIES_FILE, cloudSeriesOf(rules));
    await writeDirectory(join(outDir, name), files);
  }
}

function handlerOf(name: string): string {
  return `lambdas/${name}/handler.ts`;
}

/** What `ingest` must know of the rules. A wrong rule file fails here, before anything is deployed. */
function cloudSeriesOf(rules: Files): Uint8Array {
  const groups = [...rules]
    .filter(([path]) => /^(alerts|recording)\//.test(path))
    .flatMap(([path, text]) => [...parseRuleFile(Buffer.from(text).toString('utf8'), path)]);
  return Buffer.from(JSON.stringify(cloudSeries(groups)));
}

/** @returns the YAML files below a directory of rules, and templates of notifications, by relative path */
export async function readRules(rulesDir: string): Promise<Files> {
  if (!existsSync(rulesDir)) {
    throw new UserError(`the rules directory ${JSON.stringify(rulesDir)} does not exist; give one with -c rules=DIR`);
  }
  const files = await readDirectory(rulesDir);
  return new Map([...files].filter(([path]) => /\.(ya?ml|tmpl)$/.test(path)));
}

/** Every file below a directory, sorted by path. */
export async function readDirectory(directory: string): Promise<Files> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(directory, path))] as const)));
}

/** Makes a directory hold exactly these files, touching only what differs: a second build may run beside a reader. */
export async function writeDirectory(directory: string, files: Files): Promise<void> {
  const existing: Files = existsSync(directory) ? await readDirectory(directory) : new Map();
  for (const path of existing.keys()) if (!files.has(path)) await rm(join(directory, path));
  for (const [path, contents] of files) {
    const before = existing.get(path);
    if (before && Buffer.compare(before, contents) === 0) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), contents);
  }
}
