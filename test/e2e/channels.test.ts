import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatBoot } from '../../core/alerting/boot.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { prepareAssembly } from '../../local/assembly.ts';
import type { Channel, InboxMessage, MessageStatus } from '../../local/inbox/message.ts';
import { alertsReader, alertsTable } from '../../local/start/groups.ts';
import { startTwin, type Twin } from '../../local/twin.ts';
import { until } from '../support/until.ts';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-channels-'));
let twin: Twin;
let dynamo: DynamoDBClient;
let seq = 0;

beforeAll(async () => {
  const context = { env: 'dev', rules: 'test/e2e/channel-rules', emailSender: 'monitor@example.org' };
  const { directory: assemblyDir } = await prepareAssembly({ projectRoot: process.cwd(), context });
  twin = await startTwin({
    assemblyDir,
    dataDir: directory,
    warm: ['route-alerts', 'escalation-decide', 'escalation-notify', 'inbound-events'],
  });
  const { endpoint, credentials, place } = twin;
  dynamo = new DynamoDBClient({ region: place.region, endpoint, credentials });
}, 120_000);

afterAll(async () => {
  dynamo?.destroy();
  await twin?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** An agent reports that an alert fires, or that nothing does any more. */
async function report(thing: string, isFiring: boolean): Promise<void> {
  const nowMs = Date.now();
  seq += 1;
  const alert = {
    labels: { alertname: 'ElectrodeDetached', severity: 'critical', session_id: 's-42', participant: 'Grace Hopper' },
    annotations: { summary: 'GRACE HOPPER has lost C3', runbook_url: 'docs/runbook.md#electrodedetached' },
    state: 'firing',
    activeAtMs: nowMs,
    firedAtMs: nowMs,
    value: 1,
  };
  const boot = formatBoot({ startMs: 1_700_000_000_000, random: thing.padEnd(8, '0') });
  const body = { boot, seq, sentAtMs: nowMs, alerts: isFiring ? [alert] : [], thing, receivedAtMs: nowMs };
  const { functionError, payload } = await twin.invoke('route-alerts', body);
  if (functionError) throw new Error(payload);
}

function received(thing: string, channel: Channel, status: MessageStatus): InboxMessage | undefined {
  return twin.inbox
    .list()
    .find((message) => message.channel === channel && message.status === status && message.summary.includes(thing));
}

async function groupOf(thing: string): Promise<GroupRecord | undefined> {
  const { groups } = await alertsReader(dynamo, alertsTable(twin.deployment.resources))();
  return groups.find(({ groupLabels }) => groupLabels.thing === thing);
}

describe('the channels of the twin', () => {
  test('all are told, with a name in none of them and a runbook that can be opened', async () => {
    await report('lab-1', true);
    for (const channel of ['slack', 'email', 'sms', 'opsgenie', 'jsm', 'webhook'] as const) {
      await until(() => received('lab-1', channel, 'trigger') !== undefined);
    }
    const texts = twin.inbox.list().map((message) => JSON.stringify(message));
    expect(texts.filter((text) => /grace|hopper/i.test(text))).toEqual([]);
    expect(received('lab-1', 'slack', 'trigger')?.raw).toContain('s-42');
    for (const channel of ['slack', 'email', 'opsgenie', 'webhook'] as const) {
      expect(received('lab-1', channel, 'trigger')?.raw).toMatch(/https:\/\/\S+\/docs\/runbook\.md#electrodedetached/);
    }
    const phones = () =>
      twin.inbox
        .list()
        .filter(({ channel }) => channel === 'sms')
        .map(({ to }) => to);
    await until(() => phones().length === 2);
    expect(new Set(phones())).toEqual(new Set(['+12025550100', '+12025550123']));
    const withHtml = twin.inbox.list().find(({ html }) => html !== undefined);
    expect(withHtml).toMatchObject({ to: 'on-call@example.org', html: expect.stringContaining('Acknowledge') });
  }, 30_000);

  test("a click on Slack's button stops the escalation, and everybody is told who has it", async () => {
    const { id = 0 } = received('lab-1', 'slack', 'trigger') ?? {};
    expect(await twin.inbox.acknowledge(id)).toEqual({ status: 200 });
    expect((await groupOf('lab-1'))?.acknowledgement).toMatchObject({ by: 'Somebody at the inbox (Slack)' });
    // The message that was clicked has changed in place.
    expect(twin.inbox.list().find((message) => message.id === id)).toMatchObject({ status: 'acknowledge', edits: 1 });
    await until(() => received('lab-1', 'email', 'acknowledge') !== undefined);
    await report('lab-1', false);
    await until(() => received('lab-1', 'email', 'resolve') !== undefined);
    expect(received('lab-1', 'pagerduty', 'trigger')).toBeUndefined();
  }, 30_000);

  test('an acknowledgement in PagerDuty is ours, too', async () => {
    await report('lab-2', true);
    await until(() => received('lab-2', 'pagerduty', 'trigger') !== undefined);
    const { id = 0 } = received('lab-2', 'pagerduty', 'trigger') ?? {};
    expect(await twin.inbox.acknowledge(id)).toEqual({ status: 200 });
    expect((await groupOf('lab-2'))?.acknowledgement).toMatchObject({ by: 'Somebody at the inbox (PagerDuty)' });
    await until(() => received('lab-2', 'slack', 'acknowledge') !== undefined);
    await report('lab-2', false);
    await until(() => received('lab-2', 'pagerduty', 'resolve') !== undefined);
  }, 30_000);

  test('what nobody has signed is refused, and counted', async () => {
    const url = twin.functionUrl('inbound-events');
    const forged = JSON.stringify({ event: { id: 'x', event_type: 'incident.acknowledged' } });
    const headers = { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` };
    expect((await fetch(`${url}pagerduty`, { method: 'POST', body: forged, headers })).status).toBe(401);
    expect((await fetch(`${url}slack`, { method: 'POST', body: 'payload={}' })).status).toBe(401);
    expect((await fetch(`${url}pagerduty`)).status).toBe(405);
    const refused = () =>
      twin.services.cloudWatch.metrics.list().filter(({ name }) => name === 'InboundRequestsRefused');
    await until(() => refused().length > 0);
  }, 30_000);
});
