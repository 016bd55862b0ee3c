import { describe, expect, test } from '@jest/globals';
import { applyReport, RESTART_GRACE_MS } from '../../../core/alerting/apply-report.ts';
import { formatBoot } from '../../../core/alerting/boot.ts';
import { expireLeases, LEASE_MS, retire } from '../../../core/alerting/lease.ts';
import { InvalidReport, readReport, stampReport } from '../../../core/alerting/read-report.ts';
import type { AlertReport, ReportedAlert, ReportedState } from '../../../core/alerting/report.ts';
import { allTold, type SenderState, untold } from '../../../core/alerting/sender.ts';

const START = Date.UTC(2026, 10, 23, 12);
const OLD_BOOT = formatBoot({ startMs: START - 3_600_000, random: 'a1' });

function alert(alertname: string, state: ReportedState, at = START): ReportedAlert {
  return { labels: { alertname, thing: 'lab-1' }, annotations: {}, state, activeAtMs: at, firedAtMs: at, value: 1 };
}

function report(boot: string, seq: number, sentAtMs: number, ...alerts: ReportedAlert[]): AlertReport {
  return { boot, seq, sentAtMs, alerts };
}

/** Feeds reports in the order they arrive and says in words what each one brought. */
function timeline() {
  let state: SenderState | undefined;
  const say = (events: readonly { kind: string; alert: { labels: Readonly<Record<string, string>> } }[]): string =>
    events.map(({ kind, alert: { labels } }) => `${labels.alertname} ${kind}`).join(', ');
  return {
    receive(atMs: number, next: AlertReport): string {
      const applied = applyReport(state, 'lab-1', next, atMs);
      state = allTold(applied.state);
      return applied.ignored ?? say(applied.events);
    },
    look(atMs: number): string {
      const [change] = state ? expireLeases([state], atMs) : [];
      if (change) state = change.state;
      return change ? say(change.events) : '';
    },
    statuses: () => Object.values(state?.alerts ?? {}).map(({ labels, status }) => `${labels.alertname} ${status}`),
  };
}

describe('reports of one sender', () => {
  test('an alert goes pending, fires, is re-sent without news, and resolves', () => {
    const lab = timeline();
    expect(lab.receive(START, report(OLD_BOOT, 1, START, alert('A', 'pending')))).toBe('');
    expect(lab.statuses()).toEqual(['A pending']);
    expect(lab.receive(START + 1, report(OLD_BOOT, 2, START, alert('A', 'firing')))).toBe('A firing');
    expect(lab.receive(START + 30_000, report(OLD_BOOT, 3, START, alert('A', 'firing')))).toBe('');
    expect(lab.receive(START + 60_000, report(OLD_BOOT, 4, START, alert('A', 'resolved')))).toBe('A resolved');
    expect(lab.receive(START + 90_000, report(OLD_BOOT, 5, START, alert('A', 'resolved')))).toBe('');
    expect(lab.statuses()).toEqual([]);
  });

  test('an alert that is missing from a newer report has resolved', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 1, START, alert('A', 'firing'), alert('B', 'firing')));
    expect(lab.receive(START + 1, report(OLD_BOOT, 2, START, alert('B', 'firing')))).toBe('A resolved');
  });

  test('a late or doubled report changes nothing, not even the lease', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 5, START, alert('A', 'firing')));
    expect(lab.receive(START + 80_000, report(OLD_BOOT, 4, START))).toBe('older sequence number');
    expect(lab.receive(START + 80_000, report(OLD_BOOT, 5, START))).toBe('older sequence number');
    expect(lab.look(START + LEASE_MS)).toBe('A unknown');
  });

  test('an alert that fired anew between two reports is updated', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 1, START, alert('A', 'firing')));
    expect(lab.receive(START + 1, report(OLD_BOOT, 2, START, alert('A', 'firing', START + 500)))).toBe('A updated');
  });

  test('a resolved alert nobody knew of is no news', () => {
    expect(timeline().receive(START, report(OLD_BOOT, 1, START, alert('A', 'resolved')))).toBe('');
  });
});

describe('a restart of the sender', () => {
  const newBoot = formatBoot({ startMs: START + 1000, random: 'b2' });

  test('supersedes: reports of the run before it are ignored while it reports', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 900, START, alert('A', 'firing')));
    lab.receive(START + 2000, report(newBoot, 1, START + 2000, alert('A', 'firing')));
    expect(lab.receive(START + 3000, report(OLD_BOOT, 901, START))).toBe('older boot');
  });

  test('resolves nothing before every rule had time to be evaluated', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 1, START, alert('A', 'firing'), alert('B', 'firing')));
    expect(lab.receive(START + 2000, report(newBoot, 1, START + 2000))).toBe('');
    expect(lab.receive(START + 3000, report(newBoot, 2, START + 3000, alert('A', 'pending')))).toBe('');
    const later = START + 1000 + RESTART_GRACE_MS;
    expect(lab.receive(later, report(newBoot, 3, later, alert('A', 'pending')))).toBe('B resolved');
    expect(lab.receive(later + 1, report(newBoot, 4, later, alert('A', 'firing')))).toBe('');
    expect(lab.receive(later + 2, report(newBoot, 5, later))).toBe('A resolved');
  });

  test('with its clock set back is believed once the lease of the run before has lapsed', () => {
    const lab = timeline();
    lab.receive(START, report(newBoot, 1, START));
    const setBack = formatBoot({ startMs: 1000, random: 'c3' });
    expect(lab.receive(START + 1000, report(setBack, 1, 2000, alert('A', 'firing')))).toBe('older boot');
    expect(lab.receive(START + LEASE_MS, report(setBack, 2, 2000, alert('A', 'firing')))).toBe('A firing');
  });
});

describe('a sender that falls silent', () => {
  test('leaves its firing alerts unknown, once, and they resolve only when it is back and no longer reports them', () => {
    const lab = timeline();
    lab.receive(START, report(OLD_BOOT, 1, START, alert('A', 'firing'), alert('B', 'firing'), alert('C', 'pending')));
    expect(lab.look(START + LEASE_MS - 1)).toBe('');
    expect(lab.look(START + LEASE_MS)).toBe('A unknown, B unknown');
    expect(lab.look(START + LEASE_MS + 60_000)).toBe('');
    expect(lab.receive(START + 300_000, report(OLD_BOOT, 2, START, alert('A', 'firing')))).toBe('A firing, B resolved');
  });
});

test('a lease is as long as the environment says', () => {
  const { state } = applyReport(undefined, 'lab-1', report(OLD_BOOT, 1, START, alert('A', 'firing')), START, 3000);
  expect(expireLeases([state], START + 2999)).toEqual([]);
  expect(expireLeases([state], START + 3000).flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual([
    'unknown',
  ]);
});

describe('a sender that was taken out of service', () => {
  test('leaves nothing behind: what was unknown of it resolves', () => {
    const { state } = applyReport(undefined, 'lab-1', report(OLD_BOOT, 1, START, alert('A', 'firing')), START);
    const [silent] = expireLeases([state], START + LEASE_MS);
    const { events } = retire(silent?.state ?? state, START + 2 * LEASE_MS);
    expect(events.map(({ kind, alert: { labels } }) => `${labels.alertname} ${kind}`)).toEqual(['A resolved']);
  });
});

describe('what its groups may not know yet', () => {
  test('is kept through any number of reports, until it is told', () => {
    let { state } = applyReport(undefined, 'lab-1', report(OLD_BOOT, 1, START, alert('A', 'firing')), START);
    ({ state } = applyReport(state, 'lab-1', report(OLD_BOOT, 2, START), START));
    ({ state } = applyReport(state, 'lab-1', report(OLD_BOOT, 3, START), START));
    expect(untold(state).map(({ kind }) => kind)).toEqual(['resolved']);
    expect(untold(allTold(state))).toEqual([]);
    expect(allTold(state).alerts).toEqual({});
  });
});

describe('what a device sends', () => {
  test('is read only when it is a report, and all that is wrong is said', () => {
    const wrong = { boot: 'x', seq: -1, sentAtMs: 'now', alerts: [{ labels: {}, annotations: {}, state: 'on' }] };
    expect(() => readReport(wrong)).toThrow(InvalidReport);
    expect(() => readReport(wrong)).toThrow(/boot .*seq .*sentAtMs .*alertname .*state .*activeAtMs/);
    expect(() => readReport(null)).toThrow(/must be an object/);
  });

  test('carries its true name, whatever it claims', () => {
    const claimed = report(OLD_BOOT, 1, START, { ...alert('A', 'firing'), labels: { alertname: 'A', thing: 'other' } });
    expect(stampReport(readReport(claimed), 'lab-1').alerts[0]?.labels.thing).toBe('lab-1');
  });
});
