import { expect, test } from '@jest/globals';
import { matcher } from '../../../core/promql/matchers.ts';
import { readInhibitors } from '../../../lambdas/shared/inhibitors.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

test('what one sender inhibits makes no sense: what the others inhibit still counts', async () => {
  const table = new MemoryAlertsTable(() => 1);
  const good = { fingerprint: 'f', labels: { alertname: 'NetworkGone' } };
  await table.put('INHIBITORS', 'lab-1', { senderVersion: 1, alerts: [null] }, undefined);
  await table.put('INHIBITORS', 'lab-2', null, undefined);
  await table.put('INHIBITORS', 'lab-3', { senderVersion: 1, alerts: [good] }, undefined);
  const rule = { sourceMatchers: [matcher('alertname', '=', 'NetworkGone')], targetMatchers: [], equal: [] };
  expect(await readInhibitors(table, [rule])).toEqual([good]);
});
