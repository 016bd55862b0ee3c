import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const SOURCE = path.resolve(import.meta.dirname, '../../edge-agent/main.ts');

/**
 * The program of the agent: the very artifact of the assembly that a Greengrass core would run, when there is one for
 * this machine. Elsewhere, on a Mac say, its source: the native part for those machines is not deployed.
 */
export function agentEntry(assemblyDir: string): string {
  const binary = path.join('node_modules', 'aws-crt', 'dist', 'bin', hostPlatform());
  const artifact = readdirSync(assemblyDir)
    .filter((name) => name.startsWith('asset.'))
    .find((name) => existsSync(path.join(assemblyDir, name, binary)));
  return artifact === undefined ? SOURCE : path.join(assemblyDir, artifact, 'main.mjs');
}

/** `linux-x64-glibc`, as the AWS Common Runtime names its binaries. */
function hostPlatform(): string {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const libc = process.platform !== 'linux' ? '' : report.header?.glibcVersionRuntime ? '-glibc' : '-musl';
  return `${process.platform}-${process.arch}${libc}`;
}
