import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepareAssembly } from '../../local/assembly.ts';
import { WATCHER_SUBSCRIBER } from '../../local/operator.ts';
import { startTwin, type Twin } from '../../local/twin.ts';
import { until } from '../support/until.ts';

let directory: string;
let twin: Twin;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-e2e-'));
  const context = { env: 'dev', rules: 'test/e2e/watcher-rules', heartbeatSilenceSeconds: '4' };
  const { directory: assemblyDir } = await prepareAssembly({ projectRoot: process.cwd(), context });
  twin = await startTwin({ assemblyDir, dataDir: directory, warm: ['evaluate-rules', 'escalation-notify', 'watch'] });
}, 60_000);
afterAll(async () => {
  await twin?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const heartbeats = (): number =>
  twin.logs.lines('nsmon-dev-heartbeat').filter(({ text }) => text.includes('heartbeat: taken')).length;
/** What the watcher told people: subjects of mails to others than those on call. */
const told = (): string[] =>
  twin.inbox.list().flatMap(({ to, summary }) => (to === WATCHER_SUBSCRIBER ? [summary] : []));
/** Looks again and again until it has told people so many things. */
async function lookUntilTold(count: number): Promise<void> {
  await until(async () => {
    await twin.invoke('watch', {});
    return told().length >= count;
  }, 40_000);
}

test('heartbeats that stop are told over a path of their own, and their return, too', async () => {
  await twin.runSchedule('EveryMinute');
  await until(() => heartbeats() >= 2);
  await twin.runSchedule('WatchEveryMinute');
  await twin.invoke('watch', {});
  expect(told()).toEqual([]);

  // The first way to people breaks: whatever it wants to send, it cannot.
  twin.faults.lambda('escalation-notify', { throwNext: 1_000_000 });
  await lookUntilTold(1);
  expect(told()).toEqual(['NeuraScale Monitor dev: alerting is silent, alerts may not reach people']);
  await twin.invoke('watch', {});
  expect(told()).toHaveLength(1);

  twin.faults.lambda('escalation-notify', { throwNext: 0 });
  await lookUntilTold(2);
  expect(told()[1]).toBe('NeuraScale Monitor dev: alerting works again');
  // Nobody on call heard of any of it: this way is apart from theirs.
  expect(twin.inbox.list().filter(({ to }) => to !== WATCHER_SUBSCRIBER)).toEqual([]);
}, 90_000);

test('a heartbeat that nobody signed is refused, and changes nothing', async () => {
  const url = twin.functionUrl('heartbeat');
  const body = JSON.stringify({ status: 'firing' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(403);
  expect((await fetch(url)).status).toBe(405);
});

test('no function was refused anything by its role', () => {
  const lines = twin.logs.lines().filter(({ text }) => /not authorized to perform|The twin has no/.test(text));
  expect(lines).toEqual([]);
});
