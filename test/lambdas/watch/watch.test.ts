import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { storeHeartbeat } from '../../../lambdas/shared/watch-table.ts';
import { openPage } from '../../../lambdas/watch/open-page.ts';
import { watch } from '../../../lambdas/watch/watch.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

const MINUTE = 60_000;
const SETTINGS = { silenceMs: 2 * MINUTE, pagePatienceMs: MINUTE, connectWithinMs: 30 * MINUTE, repeatMs: 60 * MINUTE };

function world() {
  const clock = { nowMs: 10 * MINUTE };
  const told: string[] = [];
  const opened: string[] = [];
  const table = new MemoryAlertsTable(() => clock.nowMs);
  const topic = { isDown: false };
  const ports = {
    table,
    settings: SETTINGS,
    environment: 'prod',
    nowMs: () => clock.nowMs,
    async open(url: string) {
      opened.push(url);
      return { answers: true, detail: '' };
    },
    async tell({ subject }: { readonly subject: string }) {
      if (topic.isDown) throw new Error('SNS cannot be reached');
      told.push(subject);
    },
  };
  return { clock, told, opened, table, topic, ports };
}

test('people whom the topic did not reach are told at the next look', async () => {
  const { clock, told, table, topic, ports } = world();
  await storeHeartbeat(table, { atMs: 7 * MINUTE });
  topic.isDown = true;
  await expect(watch(ports)).rejects.toThrow('SNS cannot be reached');
  topic.isDown = false;
  clock.nowMs += MINUTE;
  await watch(ports);
  await watch(ports);
  expect(told).toEqual(['NeuraScale Monitor prod: alerting is silent, alerts may not reach people']);
});

test('an old heartbeat that arrives late does not take the place of a newer one', async () => {
  const { told, opened, table, ports } = world();
  await storeHeartbeat(table, { atMs: 9 * MINUTE, pageUrl: 'https://page.example.org/?t=new' });
  await storeHeartbeat(table, { atMs: 5 * MINUTE, pageUrl: 'https://page.example.org/?t=old' });
  await watch(ports);
  expect(opened).toEqual(['https://page.example.org/?t=new']);
  expect(told).toEqual([]);
});

test('a page answers when whoever made it does, whatever it says; an error of the server is no answer', async () => {
  const server = createServer(({ url }, response) => response.writeHead(Number(url?.slice(1))).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const open = (status: number) => openPage(`http://127.0.0.1:${port}/${status}`);
  for (const status of [200, 404, 410]) expect(await open(status)).toMatchObject({ answers: true });
  for (const status of [403, 429, 500, 502]) {
    expect(await open(status)).toEqual({ answers: false, detail: `it answers with HTTP ${status}` });
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await open(200)).toMatchObject({ answers: false, detail: expect.stringMatching(/^no answer: /) });
});
