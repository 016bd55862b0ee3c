import { describe, expect, test } from '@jest/globals';
import { sloFiles } from '../../../core/slo/files.ts';
import { parseSlos } from '../../../core/slo/parse.ts';
import { cloudGroups } from '../../../lambdas/evaluate-rules/cloud-rules.ts';
import { CloudTimeline } from '../../support/cloud-timeline.ts';

const START = Date.UTC(2026, 10, 23);
const SLOS = `
slos:
  - name: usable
    description: Usable session time.
    objective: 95%
    by: [site]
    good: neural_session_usable_seconds_total
    total: neural_session_seconds_total
`;

/** Days of the deployed evaluation, whose rule window keeps two hours. */
function timeline(text = SLOS): CloudTimeline {
  return new CloudTimeline(cloudGroups(sloFiles(parseSlos(text))), START);
}

/** Sites and their share of unusable seconds; a site without one is switched off. */
function sessions(shares: Readonly<Record<string, number | undefined>>) {
  return (line: CloudTimeline & { totals?: Map<string, [number, number]> }): void => {
    line.totals ??= new Map();
    for (const [site, bad] of Object.entries(shares)) {
      if (bad === undefined) continue;
      const [total, usable] = line.totals.get(site) ?? [0, 0];
      const next: [number, number] = [total + 60, usable + 60 * (1 - bad)];
      line.totals.set(site, next);
      const labels = { thing: `lab-${site}`, device_id: 'cap', session_id: 's', site };
      line.counter('neural_session_seconds_total', labels, next[0]);
      line.counter('neural_session_usable_seconds_total', labels, next[1]);
    }
  };
}

const HOURS = 60;

describe('a budget that burns', () => {
  test('slowly for three days: a ticket when three days say so, never a page, and the other site has none', async () => {
    const line = timeline();
    await line.pass(72 * HOURS, sessions({ north: 0.06, south: 0.01 }));
    expect(line.problems).toEqual([]);
    expect(line.firing).toEqual(['ErrorBudgetBurnsSlowly north']);
    // Half of three days must hold data first.
    expect(line.firedAtHours.get('ErrorBudgetBurnsSlowly north')).toBeCloseTo(36, 0);
    await line.pass(6 * HOURS, sessions({ north: 0, south: 0.01 }));
    expect(line.firing).toEqual([]);
  }, 120_000);

  test('fast: a page within the hour, which ends soon after the trouble', async () => {
    const line = timeline();
    await line.pass(3 * HOURS, sessions({ north: 0 }));
    await line.pass(1 * HOURS, sessions({ north: 1 }));
    expect(line.firing).toEqual(['ErrorBudgetBurnsFast north']);
    expect(line.firedAtHours.get('ErrorBudgetBurnsFast north')).toBeGreaterThan(3.7);
    await line.pass(10, sessions({ north: 0 }));
    expect(line.firing).toEqual([]);
  });

  test('in the first minutes of data: nothing, because less than half of an hour holds any', async () => {
    const line = timeline();
    await line.pass(25, sessions({ north: 1 }));
    expect(line.firing).toEqual([]);
    await line.pass(15, sessions({ north: 1 }));
    expect(line.firing).toEqual(['ErrorBudgetBurnsFast north']);
  });
});

test('a bad minute of a site that hardly works counts for little beside hours of one that does', async () => {
  const line = timeline(SLOS.replace('by: [site]', 'by: []'));
  const large = sessions({ a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: 0 });
  const small = sessions({ z: 1 });
  await line.pass(2 * HOURS, (at) => {
    large(at);
    small(at);
  });
  // A tenth is bad: twice what is allowed, far from what pages.
  expect(line.firing).toEqual([]);
});

test('a site that is switched off says nothing, good or bad', async () => {
  const line = timeline();
  await line.pass(2 * HOURS, sessions({ north: 0 }));
  await line.pass(5 * HOURS, sessions({ north: undefined }));
  expect(line.firing).toEqual([]);
  expect(line.problems).toEqual([]);
});

describe('an exclusion', () => {
  const excluded = (rest: string): string => `${SLOS}    exclude:\n      - reason: the building has no power\n${rest}`;

  test('of some hours: what is bad then does not count', async () => {
    const line = timeline(excluded('        from: 2026-11-23T03:00:00Z\n        to: 2026-11-23T04:30:00Z\n'));
    await line.pass(3 * HOURS, sessions({ north: 0 }));
    await line.pass(90, sessions({ north: 1 }));
    await line.pass(2 * HOURS, sessions({ north: 0 }));
    expect([...line.firedAtHours.keys()]).toEqual([]);
  });

  test('every week, over midnight of Saturday as well', async () => {
    // 23 November 2026 is a Monday.
    const line = timeline(excluded('        days: [mon, sat]\n        from: "03:00"\n        to: "04:30"\n'));
    await line.pass(3 * HOURS, sessions({ north: 0 }));
    await line.pass(90, sessions({ north: 1 }));
    expect([...line.firedAtHours.keys()]).toEqual([]);
    await line.pass(2 * HOURS, sessions({ north: 1 }));
    expect([...line.firedAtHours.keys()]).toEqual(['ErrorBudgetBurnsFast north']);
  });
});
