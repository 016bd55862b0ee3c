import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildDashboards } from '../../dashboards/build.ts';
import type { Store } from '../../dashboards/store.ts';
import type { Frame, PanelTarget } from '../../local/web/ports.ts';
import { createRunQuery } from '../../local/web/run-query.ts';
import { missingFromSample, sampleGroups, TICK_MS } from '../support/sample-metrics.ts';
import { DATABASE, prometheusSample, type SampleStore, timestreamSample } from '../support/sample-store.ts';

const TO = Date.parse('2026-11-23T12:00:00Z');
const FROM = TO - 6 * 60_000;
const VIEW = { fromMs: FROM, toMs: TO, intervalMs: TICK_MS };

interface Question {
  readonly board: string;
  readonly panel: string;
  readonly target: PanelTarget;
}

function questions(store: Store): Question[] {
  return buildDashboards(store, { databaseName: DATABASE, datasourceUid: 'metrics' }).flatMap(({ slug, json }) =>
    (json.panels as unknown as { title: string; targets: PanelTarget[] }[]).flatMap((panel) =>
      panel.targets.map((target) => ({ board: slug, panel: panel.title, target })),
    ),
  );
}

/** The newest value of each series, or each row's value, by what tells them apart. */
function newest(frame: Frame): Map<string, number> {
  const found = new Map<string, number>();
  if (frame.kind === 'series') {
    for (const { labels, points } of frame.series) {
      const last = points.findLast(([, value]) => value !== null)?.[1];
      if (typeof last === 'number') found.set(key(Object.entries(labels)), last);
    }
    return found;
  }
  for (const row of frame.rows) {
    const value = row.findLast((cell) => typeof cell === 'number');
    const labels = frame.columns.flatMap((column, i): [string, string][] => {
      const cell = row[i];
      return typeof cell === 'string' && cell !== '' ? [[column, cell]] : [];
    });
    if (typeof value === 'number') found.set(key(labels), value);
  }
  return found;
}

function key(labels: [string, string][]): string {
  return labels
    .map((pair) => pair.join('='))
    .sort()
    .join(' ');
}

let timestream: SampleStore;
let prometheus: SampleStore;

beforeAll(async () => {
  timestream = await timestreamSample(() => TO + 1000);
  prometheus = prometheusSample();
  const groups = [...sampleGroups(FROM, TO)];
  await timestream.write(groups);
  await prometheus.write(groups);
});

afterAll(async () => {
  await timestream.close();
});

test('the sample has every metric of the catalogue, so that an empty answer means a wrong query', () => {
  expect(missingFromSample()).toEqual([]);
});

describe.each(['timestream', 'prometheus'] as const)('on %s', (store) => {
  test.each(
    questions(store).map(
      (question) => [`${question.board} / ${question.panel} / ${question.target.refId}`, question] as const,
    ),
  )('%s is answered with numbers', async (_, { target }) => {
    const run = createRunQuery(store === 'timestream' ? timestream.ports : prometheus.ports);
    const frame = await run(target, VIEW);
    expect(newest(frame).size).toBeGreaterThan(0);
    for (const value of newest(frame).values()) expect(Number.isFinite(value)).toBe(true);
  });
});

describe('both stores', () => {
  /** Rates are taken over different windows (40 s against one interval), so they agree only roughly. */
  const TOLERANCE = 0.35;

  test.each(
    questions('timestream').map(
      (question, i) =>
        [
          `${question.board} / ${question.panel} / ${question.target.refId}`,
          question.target,
          questions('prometheus')[i]!.target,
        ] as const,
    ),
  )('%s: the same series with the same values', async (_, sql, promql) => {
    const [a, b] = [
      newest(await createRunQuery(timestream.ports)(sql, VIEW)),
      newest(await createRunQuery(prometheus.ports)(promql, VIEW)),
    ];
    expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
    for (const [series, value] of a) {
      const other = b.get(series) ?? Number.NaN;
      const isRate = /rate\(|increase\(/.test(promql.expr ?? '');
      const room = isRate
        ? Math.max(TOLERANCE * Math.abs(other), bursts(promql.expr))
        : 1e-9 * Math.max(1, Math.abs(other));
      expect(Math.abs(value - other)).toBeLessThanOrEqual(room);
    }
  });

  /** Counters that grow in bursts (acknowledgements, errors) differ by up to one burst an interval. */
  function bursts(expression = ''): number {
    if (/acknowledged/.test(expression)) return 80;
    return /errors_total|lost_total|failures_total|sessions_total|histogram_quantile/.test(expression) ? 2 : 0;
  }

  test('are narrowed to the chosen thing', async () => {
    const memory = (store: Store) => questions(store).find(({ panel }) => panel === 'Host Memory')!.target;
    for (const [ports, store] of [
      [timestream.ports, 'timestream'],
      [prometheus.ports, 'prometheus'],
    ] as const) {
      const frame = await createRunQuery(ports)(memory(store), { ...VIEW, thing: 'lab-2' });
      expect([...newest(frame).keys()]).toEqual(['thing=lab-2']);
    }
  });
});
