import { describe, expect, test } from '@jest/globals';
import { flush, settle } from '../../../../core/alerting/dispatch/flush.ts';
import { needsUpdate } from '../../../../core/alerting/dispatch/needs-update.ts';
import { nextWakeMs } from '../../../../core/alerting/dispatch/next-wake.ts';
import { type DispatchState, type GroupAlert, insert, sleepUntil } from '../../../../core/alerting/dispatch/state.ts';
import type { Suppression } from '../../../../core/alerting/suppression.ts';

const S = 1000;
const settings = {
  groupWaitMs: 10 * S,
  groupIntervalMs: 60 * S,
  repeatIntervalMs: 300 * S,
  integrations: [
    { key: 'webhook[0]', sendResolved: true },
    { key: 'slack[0]', sendResolved: false },
  ],
};
const alert = (status: GroupAlert['status']): GroupAlert => ({ labels: { alertname: 'A' }, status });
const silenced: Suppression = { reason: 'silenced', by: 's1' };

/** A group and its life, flush by flush. */
function timeline() {
  let state: DispatchState | undefined;
  let alerts: Record<string, GroupAlert> = {};
  let suppressed: Record<string, Suppression> = {};
  let muted: Suppression | undefined;
  const get = (): DispatchState => {
    if (!state) throw new Error('the group is not open');
    return state;
  };
  return {
    change(atS: number, fingerprint: string, status: GroupAlert['status'], startsAtS = atS) {
      alerts = { ...alerts, [fingerprint]: alert(status) };
      state = insert(state, startsAtS * S, settings, atS * S);
    },
    suppress: (fingerprint: string, by: Suppression) => {
      suppressed = { ...suppressed, [fingerprint]: by };
    },
    release: () => {
      suppressed = {};
      muted = undefined;
    },
    mute: () => {
      muted = { reason: 'muted', by: 'night' };
    },
    nextS: () => (state?.nextFlushMs === undefined ? undefined : state.nextFlushMs / S),
    wakeS: () => {
      const suppressionOf = (fingerprint: string): Suppression | undefined => suppressed[fingerprint];
      const ms = nextWakeMs(get(), alerts, settings, { suppressionOf, mutedAt: () => muted });
      return ms === undefined ? undefined : ms / S;
    },
    sleep(untilS: number) {
      state = sleepUntil(get(), untilS * S);
    },
    flush(atS: number, failed: string[] = []) {
      const filters = { suppressionOf: (fingerprint: string) => suppressed[fingerprint], muted };
      const plan = flush(get(), alerts, settings, filters, atS * S);
      const settled = settle(get(), plan, alerts, settings, new Set(failed), atS * S);
      state = settled.state;
      alerts = Object.fromEntries(Object.entries(alerts).filter(([id]) => !settled.forget.includes(id)));
      return plan;
    },
  };
}

const told = ({ notifications }: ReturnType<typeof flush>): string[] =>
  notifications.map(
    ({ integration, reason, firing, resolved, isLogOnly }) =>
      `${integration} ${reason}: ${[...firing, ...resolved.map((id) => `-${id}`)].join(' ')}${isLogOnly ? ' (log only)' : ''}`,
  );

describe('a group', () => {
  test('waits for company, then tells all, then news at each interval', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.change(105, 'b', 'firing');
    expect(group.nextS()).toBe(110);
    expect(told(group.flush(110))).toEqual(['webhook[0] first notification: a b', 'slack[0] first notification: a b']);
    group.change(111, 'c', 'firing');
    expect(group.nextS()).toBe(170);
    expect(told(group.flush(170))).toEqual([
      'webhook[0] new alerts in group: a b c',
      'slack[0] new alerts in group: a b c',
    ]);
  });

  test('tells of the end only those who want it, and notes it for the others; then it is gone', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.change(100, 'b', 'firing');
    group.flush(110);
    group.change(120, 'a', 'resolved');
    expect(told(group.flush(170))).toEqual(['webhook[0] new resolved alerts: b -a']);
    group.change(180, 'b', 'resolved');
    expect(told(group.flush(230))).toEqual([
      'webhook[0] all alerts resolved: -b',
      'slack[0] all alerts resolved:  (log only)',
    ]);
    expect(group.nextS()).toBeUndefined();
    group.change(240, 'b', 'firing');
    expect(group.nextS()).toBe(250);
    expect(told(group.flush(250))).toEqual(['webhook[0] first notification: b', 'slack[0] first notification: b']);
  });

  test('that began and ended unseen tells nobody', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.change(105, 'a', 'resolved');
    expect(told(group.flush(110))).toEqual([]);
    expect(group.nextS()).toBeUndefined();
  });

  test('of alerts that have fired for longer than the wait tells at once', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.change(102, 'b', 'firing', 60);
    expect(group.nextS()).toBe(102);
    group.flush(102);
    group.change(103, 'c', 'firing', 60);
    expect(group.nextS()).toBe(162);
  });

  test('repeats when the interval has passed, and only then', () => {
    const group = timeline();
    group.change(100, 'a', 'unknown');
    group.flush(110);
    for (const at of [170, 230, 290, 350]) expect(told(group.flush(at))).toEqual([]);
    expect(told(group.flush(410))).toEqual([
      'webhook[0] repeat interval elapsed: a',
      'slack[0] repeat interval elapsed: a',
    ]);
  });

  test('tells again whom it could not reach, and keeps the resolved until then', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.flush(110, ['webhook[0]']);
    expect(told(group.flush(170, ['webhook[0]']))).toEqual(['webhook[0] first notification: a']);
    expect(told(group.flush(230))).toEqual(['webhook[0] first notification: a']);
    group.change(240, 'a', 'resolved');
    group.flush(290, ['webhook[0]']);
    expect(told(group.flush(350))).toEqual(['webhook[0] all alerts resolved: -a']);
  });

  test('keeps an alert that fires again while its end is being told', () => {
    const alerts = { a: alert('resolved') };
    const state = { nextFlushMs: 170 * S, hasFlushed: true, notified: {} };
    const plan = flush(state, alerts, settings, { suppressionOf: () => undefined, muted: undefined }, 170 * S);
    const settled = settle(state, plan, { a: alert('firing') }, settings, new Set(), 170 * S);
    expect(settled).toMatchObject({ forget: [], state: { nextFlushMs: 230 * S } });
  });

  test('keeps its grid when a flush comes late', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.flush(175);
    expect(group.nextS()).toBe(230);
  });
});

describe('what is suppressed', () => {
  test('is named with its reason: inhibited before muted before silenced', () => {
    const group = timeline();
    for (const id of ['a', 'b', 'c']) group.change(100, id, 'firing');
    group.suppress('a', { reason: 'inhibited', by: 'x' });
    group.suppress('b', silenced);
    expect(group.flush(110)).toMatchObject({
      notifications: [{ firing: ['c'] }, { firing: ['c'] }],
      suppressed: [
        { fingerprint: 'a', reason: 'inhibited', by: 'x' },
        { fingerprint: 'b', reason: 'silenced', by: 's1' },
      ],
    });
    group.mute();
    expect(group.flush(170).suppressed.map(({ reason }) => reason)).toEqual(['inhibited', 'muted', 'muted']);
  });

  test('and still fires when the silence ends is told at the next flush', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.suppress('a', silenced);
    expect(told(group.flush(110))).toEqual([]);
    expect(group.wakeS()).toBe(170);
    group.release();
    expect(told(group.flush(170))).toHaveLength(2);
  });

  test('and was known before is told again only after a maintenance window, once', () => {
    for (const isMaintenance of [false, true]) {
      const group = timeline();
      group.change(100, 'a', 'firing');
      group.flush(110);
      group.suppress('a', isMaintenance ? { ...silenced, isMaintenance } : silenced);
      expect(told(group.flush(170))).toEqual([]);
      expect(group.wakeS()).toBe(isMaintenance ? 230 : 410);
      group.release();
      const again = ['webhook[0] maintenance window closed: a', 'slack[0] maintenance window closed: a'];
      expect(told(group.flush(230, ['slack[0]']))).toEqual(isMaintenance ? again : []);
      if (isMaintenance) expect(told(group.flush(290))).toContain('slack[0] maintenance window closed: a');
      expect(told(group.flush(350))).toEqual([]);
    }
  });

  test('and resolves in a maintenance window after it was told is told of when it closes', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.change(100, 'b', 'firing');
    group.flush(110);
    group.suppress('a', { ...silenced, isMaintenance: true });
    group.flush(170);
    group.release();
    group.change(180, 'a', 'resolved');
    expect(told(group.flush(230))).toEqual(['webhook[0] new resolved alerts: b -a']);
  });

  test('and resolves meanwhile is never told', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.suppress('a', silenced);
    group.flush(110);
    group.change(120, 'a', 'resolved');
    expect(told(group.flush(170))).toEqual([]);
    expect(group.nextS()).toBeUndefined();
  });
});

describe('a group that sleeps', () => {
  test('wakes for the repeat, on the grid, and earlier for news', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.flush(110);
    expect(group.wakeS()).toBe(410);
    group.sleep(410);
    group.change(200, 'b', 'firing');
    expect(group.nextS()).toBe(230);
  });

  test('wakes when the mute time ends', () => {
    const alerts = { a: alert('firing') };
    const state = { nextFlushMs: 170 * S, hasFlushed: true, notified: {} };
    const mutedAt = (ms: number): Suppression | undefined =>
      ms < 10_000 * S ? { reason: 'muted', by: 'n' } : undefined;
    const wakeMs = nextWakeMs(state, alerts, settings, { suppressionOf: () => undefined, mutedAt });
    expect(wakeMs).toBe(10_010 * S);
  });

  test('wakes at the next flush to let go of what has resolved', () => {
    const group = timeline();
    group.change(100, 'a', 'firing');
    group.flush(110);
    group.change(120, 'a', 'resolved');
    expect(group.wakeS()).toBe(170);
  });
});

describe('an integration', () => {
  const entry = { firing: ['a'], resolved: ['b'], atMs: 0 };
  test.each([
    [undefined, [], ['a'], true, undefined],
    [undefined, ['a'], [], true, 'first notification'],
    [{ ...entry, firing: [] }, ['a'], [], true, 'first notification'],
    [entry, ['a', 'c'], [], true, 'new alerts in group'],
    [entry, [], ['a'], false, 'all alerts resolved'],
    [{ ...entry, firing: [] }, [], ['a'], true, undefined],
    [entry, ['a'], ['b'], true, undefined],
    [entry, ['a'], ['c'], true, 'new resolved alerts'],
    [entry, ['a'], ['c'], false, undefined],
  ] as const)(
    'that was told %j, of firing %j and resolved %j (send_resolved %j): %s',
    (known, firing, resolved, sends, reason) => {
      expect(needsUpdate(known, { firing, resolved }, sends, 100, 99)).toBe(reason);
    },
  );
  test('is told again from the repeat interval on', () => {
    expect(needsUpdate(entry, { firing: ['a'], resolved: [] }, true, 100, 100)).toBe('repeat interval elapsed');
  });
});
