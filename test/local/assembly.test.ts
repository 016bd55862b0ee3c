import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../core/user-error.ts';
import { prepareAssembly } from '../../local/assembly.ts';
import { loadAssembly } from '../../local/template/assembly.ts';

/** Writes what the toolkit would, and appends a line to `runs` each time. */
const APP = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('runs', 'x');
const outdir: string = process.env.CDK_OUTDIR!;
const context = JSON.parse(process.env.CDK_CONTEXT_JSON!);
if (context.fail) { console.error('the rule file is wrong'); process.exit(2); }
mkdirSync(outdir, { recursive: true });
const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json', stackName: context.env + context.fromFile } };
writeFileSync(outdir + '/manifest.json', JSON.stringify({ artifacts: { stack } }));
writeFileSync(outdir + '/t.json', '{}');
`;

const base = mkdtempSync(join(tmpdir(), 'nsmon-synthesis-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('the cached assembly', () => {
  let projectRoot: string;
  const prepare = (context: Record<string, string> = { env: 'dev' }) => prepareAssembly({ projectRoot, context });

  beforeEach(() => {
    projectRoot = mkdtempSync(join(base, 'project-'));
    for (const folder of ['bin', 'rules', 'lib']) mkdirSync(join(projectRoot, folder));
    symlinkSync(resolve('node_modules'), join(projectRoot, 'node_modules'));
    writeFileSync(join(projectRoot, 'package.json'), '{"type":"module"}');
    writeFileSync(join(projectRoot, 'cdk.json'), '{"context":{"fromFile":"-stack"}}');
    writeFileSync(join(projectRoot, 'bin', 'app.ts'), APP);
  });

  test('is made with the context of cdk.json and of the call', async () => {
    const { directory, cached } = await prepare();
    expect(cached).toBe(false);
    expect((await loadAssembly(directory)).stacks.map(({ name }) => name)).toEqual(['dev-stack']);
  });

  test('is taken again as long as nothing changed', async () => {
    const first = await prepare();
    expect(await prepare()).toEqual({ directory: first.directory, cached: true });
    expect(readFileSync(join(projectRoot, 'runs'), 'utf8')).toBe('x');
  });

  test.each(['lib/stack.ts', 'rules/alerts.yaml', 'core/model.ts'])('is made anew when %s appears', async (file) => {
    const first = await prepare();
    mkdirSync(join(projectRoot, file, '..'), { recursive: true });
    writeFileSync(join(projectRoot, file), '1');
    const second = await prepare();
    expect(second.cached).toBe(false);
    expect(second.directory).not.toBe(first.directory);
  });

  test('is made anew for another context, and by one process at a time', async () => {
    const [dev, prod, again] = await Promise.all([prepare(), prepare({ env: 'prod' }), prepare()]);
    expect(prod.directory).not.toBe(dev.directory);
    expect(again.directory).toBe(dev.directory);
    expect([dev, again].filter(({ cached }) => cached)).toHaveLength(1);
  });

  test("fails with the app's own words, and leaves nothing behind", async () => {
    const failing = prepare({ env: 'dev', fail: 'yes' });
    await expect(failing).rejects.toThrow(UserError);
    await expect(failing).rejects.toThrow(/the rule file is wrong/);
    expect(readdirSync(join(projectRoot, '.nsmon', 'assemblies'))).toEqual([]);
  });
});
