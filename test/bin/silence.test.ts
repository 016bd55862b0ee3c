import { describe, expect, test } from '@jest/globals';
import { command, requestOf } from '../../bin/commands/silence.ts';
import { addSilence, endSilence, listedSilences, type SilencePorts } from '../../bin/silence/silences.ts';
import type { AuditEvent } from '../../core/audit/entry.ts';
import { listSilences, noteHeldBack } from '../../lambdas/shared/silences.ts';
import { MemoryAlertsTable } from '../support/memory-alerts-table.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const HOUR = 3_600_000;

function world(ids = ['aaaa0001', 'aaaa0002', 'bbbb0003']) {
  let now = NOW;
  const events: AuditEvent[] = [];
  const table = new MemoryAlertsTable(() => now);
  const ports: SilencePorts = {
    table,
    audit: {
      append: async (more) => {
        events.push(...more);
      },
    },
    newId: () => ids.shift() ?? 'none left',
    nowMs: () => now,
  };
  return {
    ports,
    events,
    wait: (ms: number) => {
      now += ms;
    },
  };
}
const request = (change: Parameters<typeof requestOf>[1] = {}, matchers = ['thing=lab-1']) =>
  requestOf(matchers, { comment: 'gel', duration: '1h', ...change }, 'ada', NOW);

describe('nsmon silence', () => {
  test('adds, lists and expires, and leaves a trail of who did it and why', async () => {
    const { ports, events, wait } = world();
    const { id } = await addSilence(request(), ports);
    await addSilence(request({ duration: '30m' }, ['site="x"']), ports);
    wait(HOUR / 4);
    expect((await listedSilences(false, ports)).map(({ silence, state }) => [silence.id, state])).toEqual([
      ['aaaa0002', 'active'],
      ['aaaa0001', 'active'],
    ]);
    const labels = { alertname: 'BoardSilent', thing: 'lab-1' };
    const held = { groupId: 'g', receiver: 'critical', fingerprint: 'f', labels, status: 'firing' as const };
    await noteHeldBack(ports.table, [{ ...held, atMs: NOW + 1000, reason: 'silenced', by: id }]);
    expect(await endSilence(id, 'bob', ports)).toBe(
      'Silence aaaa0001 (gel) has ended. It held back 1 notification of 1 alert (BoardSilent); 1 still firing.',
    );
    expect((await listedSilences(false, ports)).map(({ silence }) => silence.id)).toEqual(['aaaa0002']);
    expect(await listedSilences(true, ports)).toHaveLength(2);
    expect(events.map(({ actor, action, subject, reason }) => [actor, action, subject, reason])).toEqual([
      ['ada', 'silence created', 'silence aaaa0001', 'gel'],
      ['ada', 'silence created', 'silence aaaa0002', 'gel'],
      ['bob', 'silence expired', 'silence aaaa0001', ''],
    ]);
  });

  test('takes another id when one is taken, and the beginning of an id where it is enough', async () => {
    const { ports } = world(['aaaa0001', 'aaaa0001', 'aaaa0002']);
    await addSilence(request(), ports);
    await addSilence(request(), ports);
    expect((await listSilences(ports.table)).map(({ document }) => document.id)).toEqual(['aaaa0001', 'aaaa0002']);
    await expect(endSilence('aaaa', 'bob', ports)).rejects.toThrow(
      'several silences begin with aaaa: aaaa0001, aaaa0002',
    );
    await expect(endSilence('cccc', 'bob', ports)).rejects.toThrow('there is no silence cccc');
    await endSilence('aaaa0002', 'bob', ports);
    await expect(endSilence('aaaa0002', 'bob', ports)).rejects.toThrow('ended at 2026-03-02T12:00:00.000Z already');
  });

  test('understands times as people write them', () => {
    expect(request({ duration: '90m' }).endsAtMs).toBe(NOW + 1.5 * HOUR);
    const until = requestOf(['a=b'], { comment: 'c', until: '2026-03-02T15:00+01:00' }, 'ada', NOW);
    expect(until.endsAtMs).toBe(NOW + 2 * HOUR);
    const start = requestOf(['a=b'], { comment: 'c', start: '2026-03-03T00:00Z', duration: '1h' }, 'ada', NOW);
    expect([start.startsAtMs, start.endsAtMs]).toEqual([NOW + 12 * HOUR, NOW + 13 * HOUR]);
    const clock = requestOf(['a=b'], { comment: 'c', until: '00:30' }, 'ada', NOW);
    expect(clock.endsAtMs).toBeGreaterThan(NOW);
    expect(clock.endsAtMs).toBeLessThanOrEqual(NOW + 25 * HOUR);
    expect(request({ maintenance: true }).kind).toBe('maintenance');
  });

  test('gives a silence of a session a day unless told otherwise', () => {
    const bound = requestOf([], { comment: 'c', session: 'run-7' }, 'ada', NOW);
    expect(bound).toMatchObject({ session: 'run-7', endsAtMs: NOW + 24 * HOUR });
  });

  test.each([
    [{ duration: undefined }, 'say how long: --duration 2h, or --until 18:00'],
    [{ until: '18:00' }, 'give --duration or --until, not both'],
    [{ duration: 'soon' }, '--duration is "soon"; write 30m, 2h or 1d'],
    [{ duration: undefined, until: 'noon' }, '--until is "noon"; write'],
  ])('%j: %s', (change, problem) => {
    expect(() => requestOf(['a=b'], { comment: 'c', duration: '1h', ...change }, 'ada', NOW)).toThrow(problem);
  });

  test('says what it can do', async () => {
    await expect(command.run(['mute'])).rejects.toThrow('silence mute: say add, list or expire');
    await expect(command.run(['expire'])).rejects.toThrow('say which, by id');
  });
});
