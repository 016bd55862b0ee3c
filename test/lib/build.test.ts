import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildAll } from '../../lib/build.ts';
import { readDirectory } from '../../lib/bundling.ts';
import { functionNames } from '../../lib/functions.ts';

const first = mkdtempSync(join(tmpdir(), 'nsmon-build-'));
const second = mkdtempSync(join(tmpdir(), 'nsmon-build-'));

beforeAll(() => buildAll({ outDir: first, rulesDir: 'rules' }), 60_000);
afterAll(() => {
  for (const directory of [first, second]) rmSync(directory, { recursive: true });
});

describe('a build', () => {
  test('gives every function one bundle under 1 MB that needs no package beside it', () => {
    for (const name of functionNames) {
      const bundle = join(first, 'lambdas', name, 'index.mjs');
      expect(statSync(bundle).size).toBeLessThan(1_000_000);
      const imported = [...readFileSync(bundle, 'utf8').matchAll(/\bimport\s?[^;"'()]*?from\s?["']([^"']+)["']/g)];
      expect(imported.map(([, from]) => from).filter((from) => !from?.startsWith('node:') && !isBuiltin(from))).toEqual(
        [],
      );
    }
  });

  test('puts the rules beside those functions that read them', () => {
    const routeAlerts = readdirSync(join(first, 'lambdas/route-alerts'));
    expect(routeAlerts).toContain('rules');
    expect(readdirSync(join(first, 'lambdas/route-alerts/rules'))).toContain('routing.yaml');
    expect(readdirSync(join(first, 'lambdas/ingest'))).toContain('cloud-series.json');
    expect(readdirSync(join(first, 'lambdas/acknowledge'))).not.toContain('rules');
  });

  test('gives the same bytes again, so that nothing unchanged is deployed', async () => {
    await buildAll({ outDir: second, rulesDir: 'rules' });
    const [before, after] = [await readDirectory(first), await readDirectory(second)];
    expect([...after.keys()]).toEqual([...before.keys()]);
    const different = [...before].filter(
      ([path, bytes]) => Buffer.compare(bytes, after.get(path) ?? Buffer.of()) !== 0,
    );
    expect(different.map(([path]) => path)).toEqual([]);
  });

  test('touches nothing when nothing changed', async () => {
    const bundle = join(first, 'lambdas/ingest/index.mjs');
    const before = statSync(bundle).mtimeMs;
    await buildAll({ outDir: first, rulesDir: 'rules' });
    expect(statSync(bundle).mtimeMs).toBe(before);
  });

  test('without its rules says which directory is missing', async () => {
    await expect(buildAll({ outDir: second, rulesDir: 'no-rules' })).rejects.toThrow(
      'the rules directory "no-rules" does not exist; give one with -c rules=DIR',
    );
  });
});

describe('the artifact of the edge agent', () => {
  const artifact = (platform: string) => join(first, 'edge-agent', platform);

  test.each(['linux-x64-glibc', 'linux-arm64-glibc'])(
    'for %s carries the native binary of that platform only',
    (platform) => {
      const files = readdirSync(artifact(platform), { recursive: true, encoding: 'utf8' });
      expect(files.filter((path) => path.endsWith('.node'))).toEqual([
        `node_modules/aws-crt/dist/bin/${platform}/aws-crt-nodejs.node`,
      ]);
      expect(files).toContain('node_modules/aws-crt/LICENSE');
      expect(files.filter((path) => /routing|escalation/.test(path))).toEqual([]);
    },
  );

  const here = `${process.platform}-${process.arch}-glibc`;
  const runs = here === 'linux-x64-glibc' || here === 'linux-arm64-glibc';
  (runs ? test : test.skip)(`starts by itself, far from this project (needs Linux with glibc; here ${here})`, () => {
    let said = '';
    try {
      execFileSync(process.execPath, [join(artifact(here), 'main.mjs')], { stdio: 'pipe', cwd: tmpdir() });
    } catch (error) {
      said = String((error as { stderr: Buffer }).stderr);
    }
    expect(said).toMatch(/^No configuration\./);
  });
});

function isBuiltin(name: string | undefined): boolean {
  return name !== undefined && process.getBuiltinModule?.(name) !== undefined;
}
