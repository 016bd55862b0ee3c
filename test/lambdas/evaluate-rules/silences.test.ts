import { describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../../core/alerting/fingerprint.ts';
import type { SenderState } from '../../../core/alerting/sender.ts';
import type { SessionReport } from '../../../core/alerting/session.ts';
import { createSilence } from '../../../core/alerting/silences/change.ts';
import type { Silence } from '../../../core/alerting/silences/silence.ts';
import { CHAINS } from '../../../core/audit/entry.ts';
import { applyEvents } from '../../../core/escalation/apply-events.ts';
import { tendSilences } from '../../../lambdas/evaluate-rules/silences.ts';
import { type AuditItem, chainPartition } from '../../../lambdas/shared/audit.ts';
import { groupsIn } from '../../../lambdas/shared/groups.ts';
import { listSilences, noteHeldBack, putSilence } from '../../../lambdas/shared/silences.ts';
import { MemoryAlertsTable } from '../../support/memory-alerts-table.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 23, 12);

function request(of: Partial<Parameters<typeof createSilence>[0]> = {}): Silence {
  const asked = {
    kind: 'silence' as const,
    matchers: ['alertname="ElectrodeDetached"'],
    startsAtMs: T0,
    endsAtMs: T0 + 60 * MINUTE,
    createdBy: 'ada',
    comment: 'new cap',
    ...of,
  };
  return createSilence(asked, 's-1', T0);
}

function sender(session: SessionReport): SenderState {
  const lease = { lastSeenMs: T0, leaseUntilMs: T0 + 90_000 };
  return { sender: 'lab-1', boot: 'a-1', seq: 1, ...lease, alerts: {}, changed: [], session };
}

/** A table with one silence, and a clock. */
class Minutes {
  nowMs = T0;
  readonly table = new MemoryAlertsTable(() => this.nowMs);
  senders: SenderState[] = [];
  readonly woken: string[] = [];
  readonly escalations = { start: async () => undefined, wake: async (token: string) => void this.woken.push(token) };

  async with(silence: Silence): Promise<this> {
    await putSilence(this.table, silence, undefined);
    return this;
  }

  async at(minute: number): Promise<string[]> {
    this.nowMs = T0 + minute * MINUTE;
    const ports = { table: this.table, groups: groupsIn(this.table), escalations: this.escalations };
    const alerts = await tendSilences(ports, this.senders, this.nowMs);
    return alerts.map(({ annotations }) => annotations.summary ?? '');
  }

  async held(minute: number, status: 'firing' | 'resolved' = 'firing'): Promise<void> {
    const labels = { alertname: 'ElectrodeDetached', severity: 'critical', thing: 'lab-1', channel: 'C3' };
    const what = { groupId: 'g', receiver: 'critical', fingerprint: 'f', labels, status };
    await noteHeldBack(this.table, [{ atMs: T0 + minute * MINUTE, ...what, reason: 'silenced', by: 's-1' }]);
  }

  async silence(): Promise<Silence | undefined> {
    return (await listSilences(this.table))[0]?.document;
  }
}

describe('a silence that ends', () => {
  test('says what it would have paged, for as long as anybody may need to hear it, and once', async () => {
    const lab = await new Minutes().with(request());
    await lab.held(10);
    await lab.held(20, 'resolved');
    expect(await lab.at(59)).toEqual([]);
    const told = await lab.at(60);
    expect(told).toEqual([expect.stringContaining('Silence s-1 (new cap) has ended.')]);
    expect(told[0]).toContain('ElectrodeDetached');
    expect(await lab.at(65)).toEqual(told);
    expect(await lab.at(71)).toEqual([]);
  });

  test('and held nothing back, ends without a word', async () => {
    const lab = await new Minutes().with(request());
    expect(await lab.at(60)).toEqual([]);
    expect((await lab.silence())?.reviewedAtMs).toBe(T0 + 60 * MINUTE);
  });
});

describe('a silence bound to a session', () => {
  const bound = () => request({ session: 'p07-3', matchers: ['alertname=~".+"'] });

  test('ends with it', async () => {
    const lab = await new Minutes().with(bound());
    lab.senders = [sender({ id: 'p07-3', phase: 'live', consent: false })];
    await lab.at(10);
    expect((await lab.silence())?.endsAtMs).toBe(T0 + 60 * MINUTE);
    lab.senders = [sender({ id: 'p07-3', phase: 'none', consent: false })];
    await lab.at(11);
    expect(await lab.silence()).toMatchObject({ endsAtMs: T0 + 11 * MINUTE, expiredBy: 'end of session p07-3' });
    const chains = await Promise.all(CHAINS.map((chain) => lab.table.list<AuditItem>(chainPartition(chain))));
    const actions = chains.flat().flatMap(({ document }) => document.entries.map(({ action }) => action));
    expect(actions).toEqual(['silence expired']);
  });

  test('goes on while the session is paused, or its agent is silent', async () => {
    const lab = await new Minutes().with(bound());
    const silent = { ...sender({ id: 'p07-3', phase: 'live', consent: false }), silentSinceMs: T0 };
    lab.senders = [silent];
    await lab.at(30);
    lab.senders = [sender({ id: 'p07-3', phase: 'paused', consent: false })];
    await lab.at(40);
    expect((await lab.silence())?.endsAtMs).toBe(T0 + 60 * MINUTE);
  });

  test('may be made a moment before the session begins', async () => {
    const lab = await new Minutes().with(bound());
    await lab.at(1);
    expect((await lab.silence())?.endsAtMs).toBe(T0 + 60 * MINUTE);
    await lab.at(3);
    expect((await lab.silence())?.endsAtMs).toBe(T0 + 3 * MINUTE);
  });
});

describe('a group whose alert was known before the window opened', () => {
  const labels = { alertname: 'ElectrodeDetached', severity: 'critical', thing: 'lab-1', channel: 'C3' };
  const fingerprint = fingerprintOf(labels);

  async function known(silence: Silence): Promise<Minutes> {
    const lab = await new Minutes().with(silence);
    const alert = { labels, annotations: {}, value: 1, activeAtMs: T0 - MINUTE, changedAtMs: T0 - MINUTE, boot: 'a-1' };
    lab.senders = [
      {
        ...sender({ id: 'p07-3', phase: 'live', consent: false }),
        alerts: { [fingerprint]: { ...alert, status: 'firing', groups: ['g'] } },
      },
    ];
    const settings = {
      groupId: 'g',
      receiver: 'critical',
      groupLabels: {},
      groupWaitMs: 0,
      groupIntervalMs: 1,
      repeatIntervalMs: 1,
    };
    const event = { kind: 'firing' as const, fingerprint, alert: { ...alert, status: 'firing' as const } };
    await groupsIn(lab.table).change('g', () => {
      const opened = applyEvents(
        undefined,
        settings,
        { sender: 'lab-1', senderVersion: 1, events: [event] },
        T0 - MINUTE,
      );
      const waiting = { token: 't-1', revision: opened?.revision ?? 0 };
      return opened && { ...opened, told: [fingerprint], executionArn: 'arn', waiting };
    });
    return lab;
  }

  test('looks again when a silence ends, and what it told stays told', async () => {
    const lab = await known(request());
    await lab.at(59);
    expect(lab.woken).toEqual([]);
    await lab.at(60);
    await lab.at(61);
    expect(lab.woken).toEqual(['t-1']);
    expect((await groupsIn(lab.table).get('g'))?.told).toEqual([fingerprint]);
  });

  test('has news again when a maintenance window closes', async () => {
    const lab = await known(request({ kind: 'maintenance' }));
    await lab.at(60);
    const group = await groupsIn(lab.table).get('g');
    expect(lab.woken).toEqual(['t-1']);
    expect(group).toMatchObject({ told: [], arrived: [fingerprint] });
    expect(group?.log.at(-1)?.summary).toBe('a maintenance window has closed, and an alert still fires');
  });

  test('is left alone by a silence of others', async () => {
    const lab = await known(request({ matchers: ['alertname="Other"'] }));
    await lab.at(60);
    expect(lab.woken).toEqual([]);
  });
});
