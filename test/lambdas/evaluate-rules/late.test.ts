import type { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cloudSeries } from '../../../core/rules/cloud-series.ts';
import type { GroupState } from '../../../core/rules/index.ts';
import { cloudGroups, seriesOf } from '../../../lambdas/evaluate-rules/cloud-rules.ts';
import { eventTimes } from '../../../lambdas/evaluate-rules/due.ts';
import { evaluateCloudGroup } from '../../../lambdas/evaluate-rules/evaluate-group.ts';
import { keepForRules } from '../../../lambdas/ingest/rule-series.ts';
import { fromItem, type RuleWindowItem, type WindowPoint } from '../../../lambdas/shared/rule-window.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 20);
const MINUTE_MS = 60_000;
const WATERMARK_MS = 90_000;
const groups = cloudGroups(
  new Map([
    [
      'alerts/fleet.yaml',
      `
groups:
  - name: fleet
    rules:
      - alert: ManyOff
        expr: count(neural_device_connected == 0) > 1
        for: 1m
        annotations: { nsmon_watermark: 90s, off: '{{ $value }}' }
      - alert: Changing
        expr: sum(changes(neural_device_connected[3m])) > 2
        annotations: { nsmon_watermark: 90s }
      - alert: Silent
        expr: time() - nsmon_agent_last_seen_timestamp_seconds > 90
        annotations: { nsmon_watermark: 90s, nsmon_where: cloud }
`,
    ],
  ]),
);

interface Message {
  /** Ten seconds each. */
  readonly slot: number;
  readonly thing: string;
  readonly value: number;
  readonly delayMs: number;
}

/** What `ingest` keeps and `evaluate-rules` makes of it, minute by minute; state and items go through JSON and DynamoDB. */
async function history(messages: readonly Message[], delayed: boolean): Promise<{ text: string; late: number }> {
  const table = new Map<string, RuleWindowItem>();
  let nowMs = START;
  const client = {
    send: async ({ input }: BatchWriteItemCommand) => {
      for (const { PutRequest } of Object.values(input.RequestItems ?? {}).flat()) {
        const item = unmarshall(PutRequest?.Item ?? {}) as RuleWindowItem;
        table.set(`${item.pk} ${item.sk}`, item);
      }
      return {};
    },
  } as unknown as DynamoDBClient;
  const keep = keepForRules(client, 'window', cloudSeries(groups), () => nowMs);
  const waiting = messages
    .map((message) => ({ ...message, timeMs: START + message.slot * 10_000 }))
    .map((message) => ({ ...message, atMs: message.timeMs + (delayed ? message.delayMs : 0) }))
    .sort((a, b) => a.atMs - b.atMs || a.timeMs - b.timeMs);
  let state: GroupState = {};
  let late = 0;
  const seen: unknown[] = [];
  for (let minute = 0; minute < 14; minute += 1) {
    const evaluateMs = START + minute * MINUTE_MS;
    for (let next = waiting[0]; next && next.atMs <= evaluateMs; next = waiting[0]) {
      waiting.shift();
      nowMs = next.atMs;
      const point = {
        kind: 'gauge' as const,
        name: 'neural_device_connected',
        labels: {},
        timeMs: next.timeMs,
        value: next.value,
      };
      await keep([{ resource: { thing: next.thing }, points: [point] }]);
    }
    nowMs = evaluateMs;
    const points: WindowPoint[] = [...table.values()].map(fromItem);
    const silent = { labels: { thing: 'c' }, lastSeenMs: START };
    const source = seriesOf(points, [silent], eventTimes(groups.map((group) => ({ group, atMs: nowMs }))));
    for (const group of groups) {
      const result = evaluateCloudGroup(group, points, source, nowMs, state);
      state = JSON.parse(JSON.stringify(result.state)) as GroupState;
      late += result.late;
      seen.push(result.changes, result.alerts);
    }
  }
  return { text: JSON.stringify(seen), late };
}

describe('a watermark in the cloud', () => {
  test('gives the history that messages on time would have given, in whatever order they come', async () => {
    const messages = fc.uniqueArray(
      fc.record({
        slot: fc.integer({ min: 0, max: 60 }),
        thing: fc.constantFrom('a', 'b', 'c'),
        value: fc.constantFrom(0, 1),
        delayMs: fc.integer({ min: 0, max: WATERMARK_MS }),
      }),
      { selector: ({ slot, thing }) => `${slot} ${thing}`, maxLength: 80 },
    );
    await fc.assert(
      fc.asyncProperty(messages, async (all) => {
        const late = await history(all, true);
        expect(late.text).toBe((await history(all, false)).text);
        expect(late.late).toBe(0);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('counts a message that is later', async () => {
    const message = { slot: 6, thing: 'a', value: 0 };
    expect((await history([{ ...message, delayMs: 90_000 }], true)).late).toBe(0);
    expect((await history([{ ...message, delayMs: 200_000 }], true)).late).toBe(1);
  });

  test('sees the leases at the time that it looks at', async () => {
    const { text } = await history([], false);
    expect(text).toContain('"alertname":"Silent"');
  });
});
