import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import { readChannels } from '../../../core/notifications/channels.ts';
import { hmacHex } from '../../../core/notifications/inbound/signature.ts';
import type { HttpRequest } from '../../../core/notifications/request.ts';
import { type InboundAnswer, takeInbound } from '../../../lambdas/inbound-events/inbound.ts';
import { groupsIn } from '../../../lambdas/shared/groups.ts';
import { SETTINGS, T0 } from '../../support/escalation-timeline.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

const [PAGERDUTY, SLACK] = ['p'.repeat(32), 's'.repeat(32)];
const channels = readChannels(
  JSON.stringify({
    pagerduty: { routingKey: 'r', webhookSecrets: [PAGERDUTY] },
    slack: { webhookUrl: 'https://hooks.slack.com/services/x', signingSecret: SLACK },
  }),
);
const OPEN: GroupRecord = {
  ...SETTINGS,
  generation: 3,
  phase: 'open',
  openedAtMs: T0,
  revision: 5,
  episode: { number: 2, startedAtMs: T0, sinceMs: T0, severityRank: 4 },
  members: {
    f1: {
      labels: { alertname: 'A', severity: 'critical', thing: 'lab-1' },
      annotations: {},
      value: 1,
      status: 'firing',
      activeAtMs: T0,
      changedAtMs: T0,
      sender: 'lab-1',
      senderVersion: 1,
    },
  },
  told: ['f1'],
  sent: {},
  log: [],
  continuation: 0,
  executionArn: 'arn',
  waiting: { token: 'token', revision: 5 },
};

let table: MemoryAlertsTable;
let woken: string[];
let toSlack: HttpRequest[];
let nowMs: number;

beforeEach(async () => {
  nowMs = T0;
  woken = [];
  toSlack = [];
  table = new MemoryAlertsTable(() => nowMs);
  await groupsIn(table).change('g', () => OPEN);
});

const group = async (): Promise<GroupRecord> => (await groupsIn(table).get('g')) ?? OPEN;

function take(path: string, body: string, headers: Record<string, string>): Promise<InboundAnswer> {
  return takeInbound(
    { method: 'POST', path, headers, body },
    {
      groups: groupsIn(table),
      table,
      escalations: { start: async () => undefined, wake: async (token) => void woken.push(token) },
      channels: async () => channels,
      async send(request) {
        toSlack.push(request);
        return { status: 200, text: 'ok' };
      },
      runbookBaseUrl: 'https://docs.example.org/',
      environment: 'dev',
      nowMs: () => nowMs,
    },
  );
}

function pagerduty(type: string, id: string, incidentKey = 'nsmon/dev/g/3/2'): Promise<InboundAnswer> {
  const body = JSON.stringify({
    event: {
      id,
      event_type: `incident.${type}`,
      occurred_at: new Date(nowMs).toISOString(),
      agent: { id: 'P1', type: 'user_reference', summary: 'Robin' },
      data: { incident_key: incidentKey },
    },
  });
  return take('/pagerduty', body, { 'x-pagerduty-signature': `v1=${hmacHex(PAGERDUTY, body)}` });
}

function slackClick(value = 'nsmon/dev/g/3/2'): Promise<InboundAnswer> {
  const payload = {
    type: 'block_actions',
    user: { id: 'U1', name: 'robin' },
    actions: [{ action_id: 'acknowledge', value }],
    response_url: 'https://hooks.slack.com/actions/x',
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = `v0=${hmacHex(SLACK, `v0:${timestamp}:${body}`)}`;
  return take('/slack', body, { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp });
}

describe('PagerDuty', () => {
  test('acknowledges our group and wakes its escalation', async () => {
    expect(await pagerduty('acknowledged', 'E1')).toMatchObject({ status: 200, outcome: 'applied' });
    expect((await group()).acknowledgement).toEqual({ by: 'Robin (PagerDuty)', atMs: T0 });
    expect(woken).toEqual(['token']);
  });

  test('takes an acknowledgement back: everybody is told, and the ladder begins at its foot', async () => {
    await pagerduty('acknowledged', 'E1');
    nowMs += 60_000;
    expect((await pagerduty('unacknowledged', 'E2')).detail).toContain('withdrawn');
    const open = await group();
    expect(open.acknowledgement).toBeUndefined();
    expect(open).toMatchObject({ episode: { number: 2, sinceMs: nowMs }, update: { dueMs: nowMs } });
    expect(open.log.at(-1)).toMatchObject({ kind: 'unacknowledged' });
  });

  test('that sends an event once more changes nothing, not even after it was taken back', async () => {
    await pagerduty('acknowledged', 'E1');
    await pagerduty('unacknowledged', 'E2');
    expect((await pagerduty('acknowledged', 'E1')).detail).toContain('known already');
    expect((await group()).acknowledgement).toBeUndefined();
  });

  test('is believed again when the table failed half-way', async () => {
    table.beforePut = (pk) => {
      if (pk.startsWith('INBOUND')) throw new Error('crash');
    };
    await expect(pagerduty('acknowledged', 'E1')).rejects.toThrow('crash');
    table.beforePut = () => undefined;
    expect((await pagerduty('acknowledged', 'E1')).detail).toContain('progress');
    expect((await group()).log.filter(({ kind }) => kind === 'acknowledged')).toHaveLength(1);
  });

  test('that acknowledges what was before it became worse does not silence what is worse', async () => {
    expect((await pagerduty('acknowledged', 'E1', 'nsmon/dev/g/3/1')).detail).toContain('of an earlier incident');
    expect((await group()).acknowledgement).toBeUndefined();
  });

  test.each([
    ['of an earlier generation', 'nsmon/dev/g/2/1'],
    ['of a generation to come', 'nsmon/dev/g/4/1'],
    ['of another environment', 'nsmon/prod/g/3/2'],
    ['of no group of ours', 'nsmon/dev/other/3/2'],
  ])('that acknowledges an incident %s changes nothing', async (_which, key) => {
    expect(await pagerduty('acknowledged', 'E1', key)).toMatchObject({ status: 200 });
    expect(await group()).toEqual(OPEN);
    expect(woken).toEqual([]);
  });

  test('that reassigns is noted: nobody has it yet', async () => {
    await pagerduty('reassigned', 'E1');
    expect((await group()).acknowledgement).toBeUndefined();
    expect((await group()).log.at(-1)?.summary).toBe('Robin (PagerDuty) reassigned the incident');
  });
});

describe('Slack', () => {
  test('acknowledges at a click, and its message loses the button', async () => {
    expect(await slackClick()).toMatchObject({ status: 200, outcome: 'applied' });
    expect((await group()).acknowledgement).toMatchObject({ by: 'robin (Slack)' });
    expect(toSlack.map(({ url }) => url)).toEqual(['https://hooks.slack.com/actions/x']);
    expect(toSlack[0]?.body).toMatch(/"replace_original":true.*ACKNOWLEDGED by robin/);
    expect(toSlack[0]?.body).not.toContain('"action_id":"acknowledge"');
  });

  test('at a click on the reminder lets the acknowledgement begin anew', async () => {
    await slackClick();
    nowMs += 60_000;
    await slackClick();
    expect((await group()).acknowledgement).toEqual({ by: 'robin (Slack)', atMs: T0, progressAtMs: nowMs });
  });

  test('is told, and only whoever clicked, that there is nothing to acknowledge', async () => {
    await slackClick('nsmon/dev/g/2/1');
    expect(JSON.parse(toSlack[0]?.body ?? '')).toMatchObject({ response_type: 'ephemeral', replace_original: false });
  });
});

test.each([
  ['/pagerduty', 401],
  ['/slack', 401],
  ['/elsewhere', 404],
])('what is not signed at %s is refused with %d', async (path, status) => {
  expect(await take(path, '{}', {})).toMatchObject({ status, outcome: 'refused' });
  expect(await group()).toEqual(OPEN);
});
