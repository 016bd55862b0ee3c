import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dynalite from 'dynalite';
import { nextAnchor } from '../../../core/audit/anchor.ts';
import { type AuditEntry, type AuditEvent, CHAINS, type ChainHead } from '../../../core/audit/entry.ts';
import { verifyAnchors, verifyChain } from '../../../core/audit/verify.ts';
import { acknowledge } from '../../../core/escalation/acknowledge.ts';
import { type GroupRecord, openGeneration, withLog } from '../../../core/escalation/group.ts';
import { type AlertsTable, dynamoAlertsTable } from '../../../lambdas/shared/alerts-table.ts';
import { audit, headOf, readChain } from '../../../lambdas/shared/audit.ts';
import { groupsIn } from '../../../lambdas/shared/groups.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;
let dynamo: AlertsTable;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  const keys = ['pk', 'sk'] as const;
  await client.send(
    new CreateTableCommand({
      TableName: 'alerts',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys.map((name) => ({ AttributeName: name, KeyType: name === 'pk' ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    }),
  );
  dynamo = dynamoAlertsTable(client, 'alerts', Date.now);
});

afterAll(() => {
  client.destroy();
  server.close();
});

describe.each([
  ['in memory', () => new MemoryAlertsTable(() => 1000)],
  ['in DynamoDB', () => dynamo],
])('the audit trail %s', (_where, tableOf) => {
  test('keeps whole chains while many write at once, and loses nothing', async () => {
    const table = tableOf();
    const lost: AuditEvent[] = [];
    // 30 writers of one subject, 10 of others; each appends twice, the second time two at once.
    const writers = Array.from({ length: 40 }, (_, index) => (index < 30 ? 'group busy' : `group ${index}`));
    await Promise.all(
      writers.map(async (subject, writer) => {
        const trail = audit(table, (events) => lost.push(...events));
        await trail.append([event(subject, `${writer}.1`)]);
        await trail.append([event(subject, `${writer}.2`), event(subject, `${writer}.3`)]);
      }),
    );
    expect(lost).toEqual([]);
    const chains = await readAll(table);
    for (const chain of CHAINS) expect(verifyChain(chain, chains[chain] ?? [])).toBeUndefined();
    const reasons = Object.values(chains).flatMap((entries) => entries.map(({ reason }) => reason));
    expect(reasons.sort()).toEqual(writers.flatMap((_, w) => [`${w}.1`, `${w}.2`, `${w}.3`]).sort());
    // What one call appended stands together.
    for (const entries of Object.values(chains)) {
      for (const [at, { reason }] of entries.entries()) {
        if (reason.endsWith('.2')) expect(entries[at + 1]?.reason).toBe(reason.replace('.2', '.3'));
      }
    }
    const heads = await headsOf(table);
    expect(verifyAnchors([nextAnchor(undefined, heads, 1)!], chains)).toBeUndefined();
  });

  test('takes more events at once than an item holds', async () => {
    const table = tableOf();
    await audit(table).append(Array.from({ length: 120 }, (_, index) => event('group large', String(index))));
    const chain = await chainUsedBy(table, 'group large');
    const entries = await readChain(table, chain);
    const large = entries.filter(({ subject }) => subject === 'group large');
    expect(large.map(({ reason }) => reason)).toEqual(Array.from({ length: 120 }, (_, i) => String(i)));
    expect(verifyChain(chain, entries)).toBeUndefined();
  });
});

describe('a table that does not take it', () => {
  test('costs nobody an alert: what is lost is told, and nothing is thrown', async () => {
    const lost: AuditEvent[] = [];
    const table = new MemoryAlertsTable(() => 0);
    table.append = async () => {
      throw new Error('throttled');
    };
    await audit(table, (events) => lost.push(...events)).append([event('group a', 'x')]);
    expect(lost).toEqual([event('group a', 'x')]);
  });

  test('is asked again', async () => {
    const table = new MemoryAlertsTable(() => 0);
    const append = table.append.bind(table);
    let calls = 0;
    table.append = async (...given) => {
      calls += 1;
      if (calls === 1) throw new Error('throttled');
      return append(...given);
    };
    await audit(table, () => expect('nothing').toBe('lost')).append([event('group a', 'x')]);
    expect(Object.values(await readAll(table)).flat()).toHaveLength(1);
  });
});

test('a change of a group is audited once, with who did it', async () => {
  const table = new MemoryAlertsTable(() => 0);
  const groups = groupsIn(table);
  await groups.change('g1', () => withLog(fired(), { atMs: 5, kind: 'firing', summary: 'A of lab-1' }));
  await groups.change('g1', (before) => before);
  await groups.change('g1', (before) => before && acknowledge(before, 1, 'Robin', 7).group);
  const notification = { kind: 'acknowledged', channel: 'slack', level: 1, status: 'delivered', summary: 'told' };
  await groups.change('g1', (before) => before && withLog(before, { atMs: 9, ...notification }));
  const entries = Object.values(await readAll(table)).flat();
  expect(entries.map(({ atMs, actor, action, subject, reason }) => [atMs, actor, action, subject, reason])).toEqual([
    [5, 'rules', 'alert firing', 'group g1', 'A of lab-1'],
    [7, 'Robin', 'acknowledged', 'group g1', 'acknowledged by Robin'],
    [9, 'escalation', 'notification delivered', 'group g1', 'told'],
  ]);
});

function fired(): GroupRecord {
  const settings = { receiver: 'r', groupLabels: {}, groupWaitMs: 0, groupIntervalMs: 0, repeatIntervalMs: 0 };
  const group = openGeneration({ groupId: 'g1', ...settings }, undefined, 1);
  const member = {
    labels: {},
    annotations: {},
    value: 1,
    activeAtMs: 1,
    changedAtMs: 1,
    sender: 's',
    senderVersion: 1,
  };
  return { ...group, members: { f: { ...member, status: 'firing' } } };
}

function event(subject: string, reason: string): AuditEvent {
  return { atMs: 1, actor: 'tester', action: 'tested', subject, reason, detail: {} };
}

async function readAll(table: AlertsTable): Promise<Record<string, AuditEntry[]>> {
  return Object.fromEntries(await Promise.all(CHAINS.map(async (chain) => [chain, await readChain(table, chain)])));
}

async function headsOf(table: AlertsTable): Promise<Record<string, ChainHead>> {
  return Object.fromEntries(await Promise.all(CHAINS.map(async (chain) => [chain, await headOf(table, chain)])));
}

/** The chain with entries of a subject; the first of all when there is none yet. */
async function chainUsedBy(table: AlertsTable, subject: string): Promise<string> {
  const chains = Object.entries(await readAll(table));
  const found = chains.find(([, entries]) => entries.some((entry) => entry.subject === subject));
  return found?.[0] ?? '00';
}
