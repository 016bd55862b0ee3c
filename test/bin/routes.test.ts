import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { command } from '../../bin/commands/routes.ts';
import { configurationOf, randomOf, scenarioOf } from '../support/alertmanager/scenario.ts';

const AMTOOL = '/usr/bin/amtool';
const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-routes-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const fileOf = (text: string): string => {
  const file = path.join(directory, 'am.yml');
  writeFileSync(file, text);
  return file;
};

async function nsmon(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    return { code: await command.run(args), out };
  } finally {
    write.mockRestore();
  }
}

const FILE = `
route:
  receiver: team
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      continue: true
    - matchers: ['site=~"b.*"']
      receiver: berlin
      group_wait: 10m
receivers: [{ name: team }, { name: pager }, { name: berlin }]`;

describe('nsmon routes', () => {
  test('test says who is reached, and fails when others were expected', async () => {
    const test_ = (...args: string[]) => nsmon('test', '--config.file', fileOf(FILE), ...args);
    expect(await test_('severity=critical', 'site="berlin mitte"')).toEqual({ code: 0, out: 'pager,berlin\n' });
    expect(await test_('--verify.receivers=team', 'severity=info')).toEqual({ code: 0, out: 'team\n' });
    expect(await test_('--verify.receivers=berlin', 'severity=info')).toMatchObject({ code: 1 });
    await expect(test_('severity')).rejects.toThrow('"severity" is no label of an alert: write name=value');
    await expect(test_('severity=~"a"')).rejects.toThrow('write name=value');
  });

  test('show draws the tree', async () => {
    const { out } = await nsmon('show', fileOf(FILE));
    expect(out).toBe(`Routing tree:
.
└── default-route  receiver: team
    ├── {severity="critical"}  continue: true  receiver: pager
    └── {site=~"b.*"}  receiver: berlin
`);
  });

  test('check warns of timings that cannot work; strictly, it refuses them', async () => {
    expect(await nsmon('check', fileOf(FILE))).toMatchObject({ code: 0, out: expect.stringContaining('(warning)') });
    expect(await nsmon('check', '--strict', fileOf(FILE))).toMatchObject({ code: 1 });
    expect(await nsmon('check', '--strict')).toMatchObject({ code: 0 });
  });

  const real = existsSync(AMTOOL) ? test : test.skip;
  real('test answers as amtool, tree included', async () => {
    const random = randomOf(7);
    const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string;
    for (let n = 1; n <= 20; n += 1) {
      const file = fileOf(configurationOf([scenarioOf(n, 0)], () => 'http://127.0.0.1'));
      const labels = [
        `scenario=${n}`,
        `alertname=${pick(['A', 'B', 'C'])}`,
        `sev=${pick(['crit', 'warn'])}`,
        `zone=${pick(['x', 'y', 'zone one'])}`,
      ];
      const args = ['config', 'routes', 'test', `--config.file=${file}`, '--tree', ...labels];
      const amtool = spawnSync(AMTOOL, args, { encoding: 'utf8', timeout: 10_000 });
      const ours = await nsmon('test', '--config.file', file, '--tree', ...labels);
      // amtool draws with spaces that do not break.
      const lines = (text: string): string[] =>
        text
          .replaceAll('\u00a0', ' ')
          .split('\n')
          .filter((line) => line !== '');
      expect({ n, labels, lines: lines(ours.out) }).toEqual({ n, labels, lines: lines(amtool.stdout) });
    }
  });
});
