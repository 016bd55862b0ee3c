import { describe, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import type { InboxMessage } from '../../../local/inbox/inbox.ts';
import { alertTimelines, escalationReport, notificationRecords } from '../../../local/start/alert-history.ts';
import { balance, percentile } from '../../../local/start/report.ts';
import { createWriteLatencies } from '../../../local/start/write-latency.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

function group(overrides: Partial<GroupRecord> = {}): GroupRecord {
  return {
    groupId: 'g1',
    receiver: 'on-call',
    groupLabels: { alertname: 'ElectrodeDetached' },
    groupWaitMs: 0,
    groupIntervalMs: 1000,
    repeatIntervalMs: 60_000,
    generation: 1,
    phase: 'closed',
    openedAtMs: NOON + 3000,
    closedAtMs: NOON + 30_000,
    revision: 4,
    members: {
      f1: {
        labels: { alertname: 'ElectrodeDetached', channel: 'C3' },
        annotations: {},
        value: 0,
        status: 'resolved',
        activeAtMs: NOON,
        firedAtMs: NOON + 2000,
        resolvedAtMs: NOON + 29_000,
        changedAtMs: NOON + 29_000,
        sender: 'lab-1',
        senderVersion: 3,
      },
    },
    told: ['f1'],
    acknowledgement: { by: 'Robin', atMs: NOON + 20_000 },
    sent: {},
    log: [
      { atMs: NOON + 2000, generation: 1, kind: 'firing', summary: 'ElectrodeDetached' },
      {
        atMs: NOON + 2200,
        generation: 1,
        kind: 'trigger',
        summary: 'page',
        channel: 'slack',
        level: 1,
        status: 'delivered',
      },
      {
        atMs: NOON + 8200,
        generation: 1,
        kind: 'escalate',
        summary: 'page',
        channel: 'pagerduty',
        level: 2,
        status: 'failed',
      },
    ],
    executionArn: 'arn:x',
    continuation: 0,
    ...overrides,
  };
}

const message = (seconds: number, summary: string): InboxMessage => ({
  id: 1,
  at: NOON + seconds * 1000,
  channel: 'slack',
  status: 'trigger',
  summary,
  links: [],
  raw: '',
});

describe('the report of a run', () => {
  test('lost is what nobody can account for', () => {
    expect(balance({ recorded: 100, stored: 90, archived: 5, rejected: 2, buffered: 2 }).lost).toBe(1);
  });

  test('tells when an alert was pending, fired and resolved, and how long its page took', () => {
    const received = [message(1, 'CRITICAL: ElectrodeDetached'), message(2.25, 'CRITICAL: ElectrodeDetached')];
    expect(alertTimelines([group()], received)).toEqual([
      {
        name: 'ElectrodeDetached',
        labels: { channel: 'C3' },
        pendingAt: at(0),
        firingAt: at(2),
        resolvedAt: at(29),
        evaluatedWhere: 'edge',
        edgeToChannelMs: 250,
      },
    ]);
  });

  test('an alert of the cloud says so, and one that reached nobody has no latency', () => {
    const member = Object.values(group().members)[0];
    if (!member) throw new Error('the group has no member');
    const [timeline] = alertTimelines([group({ members: { f1: { ...member, sender: 'cloud' } } })], []);
    expect(timeline).toMatchObject({ evaluatedWhere: 'cloud' });
    expect(timeline).not.toHaveProperty('edgeToChannelMs');
  });

  test('lists what was sent, in order, and whether it arrived', () => {
    expect(notificationRecords([group()])).toEqual([
      { at: at(2.2), channel: 'slack', level: 1, status: 'trigger', summary: 'page' },
      { at: at(8.2), channel: 'pagerduty', level: 2, status: 'escalate failed', summary: 'page' },
    ]);
  });

  test('says how far the escalation went and who took it; Watchdog is none', () => {
    const watchdog = group({ groupLabels: { alertname: 'Watchdog' }, executionArn: 'arn:watchdog' });
    expect(escalationReport([watchdog, group()], (arn) => `status of ${arn}`)).toEqual({
      executionArn: 'arn:x',
      levelsReached: 2,
      acknowledgedAt: at(20),
      acknowledgedBy: 'Robin',
      endedAt: at(30),
      status: 'status of arn:x',
    });
    expect(escalationReport([watchdog], () => 'RUNNING')).toBeUndefined();
  });

  test('percentiles are of what was measured, by nearest rank', () => {
    expect([0, 0.5, 0.95, 1].map((q) => percentile([40, 10, 30, 20], q))).toEqual([10, 20, 40, 40]);
    expect(percentile([], 0.5)).toBe(0);
  });

  test('latencies come from the lines that ingest logs, one value or several', () => {
    const latencies = createWriteLatencies();
    const read = (source: string, text: string) => latencies.read({ atMs: 0, source, text });
    read('nsmon-dev-ingest', '{"SampleToStored":12,"service":"ingest"}');
    read('nsmon-dev-ingest', '{"SampleToStored":[3,4]}');
    read('nsmon-dev-ingest', 'SampleToStored is not JSON here');
    read('nsmon-dev-route-alerts', '{"SampleToStored":99}');
    expect(latencies.values).toEqual([12, 3, 4]);
  });
});
