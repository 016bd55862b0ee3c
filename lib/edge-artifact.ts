import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Files, NODE_BUNDLE, projectRoot, readRules, writeDirectory } from './bundling.ts';

/** Machines that the agent runs on: the name of the AWS Common Runtime's binary, and Greengrass's architecture. */
export const EDGE_PLATFORMS = [
  { binary: 'linux-x64-glibc', architecture: 'amd64' },
  { binary: 'linux-arm64-glibc', architecture: 'aarch64' },
] as const;

/** The AWS Common Runtime finds its native binary relative to its own files, so these stay packages. */
const KEPT_PACKAGES = ['aws-crt', 'aws-iot-device-sdk-v2'];
const BINARY = 'aws-crt-nodejs.node';
const ENTRY = 'edge-agent/main.ts';

/**
 * Builds the agent's artifact, one directory a platform: `main.mjs`, the rules, and of the device SDK just the files
 * that are reached from there, with the native binary of that platform only (7 MB instead of 42).
 * @param outDir gets `<platform>/...`
 */
export async function buildEdgeAgent(outDir: string, rulesDir: string): Promise<void> {
  const files: Files = new Map([...(await bundle()), ...(await reachedPackages())]);
  for (const [path, text] of await readRules(rulesDir)) {
    if (/^(alerts|recording)\//.test(path)) files.set(join('rules', path), text);
  }
  for (const { binary } of EDGE_PLATFORMS) {
    const path = join('node_modules/aws-crt/dist/bin', binary, BINARY);
    await writeDirectory(join(outDir, binary), new Map([...files, [path, await readFile(join(projectRoot, path))]]));
  }
}

async function bundle(): Promise<Files> {
  const { outputFiles } = await build({
    ...NODE_BUNDLE,
    entryPoints: { main: ENTRY },
    outdir: '.',
    external: KEPT_PACKAGES,
  });
  const description = { name: 'neurascale-edge-agent', private: true, type: 'module' };
  const files: Files = new Map([['package.json', Buffer.from(JSON.stringify(description))]]);
  for (const { contents } of outputFiles) files.set('main.mjs', contents);
  return files;
}

/** The files below node_modules that the kept packages load under Node, with the descriptions and licences of their packages. */
async function reachedPackages(): Promise<Files> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    stdin: {
      contents: KEPT_PACKAGES.map((name) => `require(${JSON.stringify(name)});`).join(''),
      resolveDir: projectRoot,
    },
    outdir: '.',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    // Resolve as Node's own `require` does.
    mainFields: ['main'],
    conditions: [],
    format: 'cjs',
    logLevel: 'error',
  });
  const loaded = Object.keys(metafile.inputs).filter((path) => path.startsWith('node_modules/'));
  const paths = new Set(loaded);
  for (const path of loaded) {
    const [packageDirectory] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (!packageDirectory) continue;
    for (const name of ['package.json', 'LICENSE', 'LICENSE.md', 'NOTICE']) {
      if (existsSync(join(projectRoot, packageDirectory, name))) paths.add(join(packageDirectory, name));
    }
  }
  return new Map(
    await Promise.all([...paths].sort().map(async (path) => [path, await readFile(join(projectRoot, path))] as const)),
  );
}
