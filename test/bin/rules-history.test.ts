import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import { history } from '../../bin/commands/rules/history.ts';
import type { RuleStatus } from '../../core/rules/index.ts';

const labels = { __name__: 'neural_channel_contact', channel: 'C3' };
const rule: RuleStatus = {
  group: 'electrodes',
  name: 'ElectrodeDetached',
  kind: 'alerting',
  expr: 'neural_channel_contact == 0',
  health: 'firing',
  watermarkMs: 0,
  noData: 'resolve',
  late: 2,
  alerts: [],
  evaluations: [
    { atMs: 1_000, outcome: 'no data', results: 0, values: [], series: 0, inputs: [] },
    {
      atMs: 2_000,
      outcome: 'results',
      results: 1,
      values: [{ labels: { channel: 'C3' }, value: '0' }],
      series: 8,
      inputs: [{ labels, timeMs: 1_500, value: '0' }],
      durationMs: 0.21,
    },
  ],
};

let server: Server | undefined;
afterEach(() => {
  jest.restoreAllMocks();
  server?.close();
});

async function run(...args: string[]): Promise<string> {
  const printed: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  server = createServer((_request, response) => response.end(JSON.stringify({ rules: [rule] })));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  await history([...args, '--agent', `http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
  return printed.join('');
}

test('one line says how a rule is', async () => {
  expect(await run()).toBe('ElectrodeDetached (agent): results, 1970-01-01T00:00:02.000Z, 2 samples came too late\n');
});

test('a rule that is named tells what it saw', async () => {
  expect((await run('ElectrodeDetached')).split('\n').slice(1)).toEqual([
    '  1970-01-01T00:00:01.000Z  no data: 0 of 0 series',
    '  1970-01-01T00:00:02.000Z  results: 1 of 8 series, 0.2 ms',
    '    looked at neural_channel_contact{channel="C3"} 0 (0.5 s old)',
    '    gave {channel="C3"} 0',
    '',
  ]);
});

test('a rule that nobody evaluates is named, with those that are', async () => {
  await expect(run('Electrod')).rejects.toThrow(
    'no rule Electrod is evaluated here; those that are: ElectrodeDetached',
  );
});

test('for programs there is JSON', async () => {
  expect(JSON.parse(await run('--json'))).toMatchObject([{ where: 'agent', rule: 'ElectrodeDetached', late: 2 }]);
});
