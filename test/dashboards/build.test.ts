import { describe, expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { boards, buildDashboards } from '../../dashboards/build.ts';
import { dashboardProblems } from '../../dashboards/checks.ts';
import { expandPromql, expandTimestream } from '../../dashboards/macros.ts';
import { describeMetric } from '../../dashboards/query.ts';
import { gaugeOverTime } from '../../dashboards/shapes/gauge-over-time.ts';
import { quantileOverTime } from '../../dashboards/shapes/quantile-over-time.ts';
import type { Store } from '../../dashboards/store.ts';
import type { PanelTarget } from '../../local/web/ports.ts';

const SOURCE = { databaseName: 'nsmon_dev', datasourceUid: 'metrics' };
const VIEW = { fromMs: 1_000_000, toMs: 1_900_000, intervalMs: 10_000 };

interface PanelJson {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets: readonly PanelTarget[];
  readonly fieldConfig: { readonly defaults: Record<string, unknown>; readonly overrides: readonly unknown[] };
}

function panelsOf(store: Store): { board: string; panel: PanelJson }[] {
  return buildDashboards(store, SOURCE).flatMap(({ title, json }) =>
    (json.panels as unknown as PanelJson[]).map((panel) => ({ board: title, panel })),
  );
}

/** Every selector of a metric in a PromQL expression, by its grammar. */
function metricNames(expression: string): string[] {
  const names: string[] = [];
  parser
    .configure({ strict: true })
    .parse(expression)
    .iterate({
      enter: (node) => {
        if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
          names.push(expression.slice(node.from, node.to));
        }
      },
    });
  return names;
}

describe('the dashboards', () => {
  test('are those of the specification, under its titles, and the history', () => {
    expect(buildDashboards('timestream', SOURCE).map(({ title }) => title)).toEqual([
      'Neural Engine - Processing Performance',
      'Device Monitoring',
      'Alert Management',
      'Neural Engine - System Performance',
      'Neural Engine - History',
    ]);
  });

  test("hold the specification's panels", () => {
    const titles = panelsOf('prometheus').map(({ panel }) => panel.title);
    expect(titles).toEqual(
      expect.arrayContaining([
        'Signal Processing Latency',
        'Device Connection Status',
        'Data Quality Score',
        'API Response Time',
        'Memory Usage',
        'Database Query Performance',
      ]),
    );
  });

  test.each(['timestream', 'prometheus'] as const)('are the same each time they are built for %s', (store) => {
    expect(buildDashboards(store, SOURCE)).toEqual(buildDashboards(store, SOURCE));
  });

  test('ask the data source they were built for', () => {
    const text = JSON.stringify(buildDashboards('timestream', { databaseName: 'nsmon_prod', datasourceUid: 'other' }));
    expect(text).toContain('"uid":"other"');
    expect(text).toContain('nsmon_prod');
    expect(text).not.toContain('nsmon_dev');
  });

  test('leave no macro open once a view is known', () => {
    for (const { panel } of panelsOf('timestream')) {
      for (const { rawQuery = '' } of panel.targets) expect(expandTimestream(rawQuery, VIEW)).not.toMatch(/\$[_{a-z]/);
    }
    for (const { panel } of panelsOf('prometheus')) {
      for (const { expr = '' } of panel.targets) expect(expandPromql(expr, VIEW)).not.toMatch(/\$[_{a-z]/);
    }
  });

  test('hold PromQL that the official grammar accepts, of metrics that the catalogue knows', () => {
    for (const { panel } of panelsOf('prometheus')) {
      for (const { expr = '' } of panel.targets) {
        const names = metricNames(expandPromql(expr, VIEW));
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) expect(() => describeMetric(name)).not.toThrow();
      }
    }
  });

  test('ask both stores the same questions', () => {
    const shape = (store: Store) =>
      panelsOf(store).map(({ board, panel }) => [board, panel.title, panel.type, panel.targets.length]);
    expect(shape('timestream')).toEqual(shape('prometheus'));
  });

  test('have names of queries that are unique within a panel', () => {
    for (const { panel } of panelsOf('timestream')) {
      expect(new Set(panel.targets.map(({ refId }) => refId)).size).toBe(panel.targets.length);
    }
  });

  test('say what to do where an application must be scraped first', () => {
    const api = panelsOf('timestream').find(({ panel }) => panel.title === 'API Response Time');
    expect(api?.panel.fieldConfig.defaults.noValue).toMatch(/scrape/);
  });
});

describe('a build fails', () => {
  test('for a metric that the catalogue does not know, naming the nearest', () => {
    expect(() => gaugeOverTime('neural_data_quality_scores', { name: 'x', legend: 'x' })).toThrow(
      "unknown metric 'neural_data_quality_scores': the catalogue has none of that name. Did you mean 'neural_data_quality_score'?",
    );
  });

  test('for a percentile of what is no histogram', () => {
    expect(() => quantileOverTime('node_load1', { name: 'x', legend: 'x', percentile: 95 })).toThrow(
      "'node_load1' is a gauge: only histograms have percentiles",
    );
  });

  test('for the classic view of what is no histogram', () => {
    expect(() => describeMetric('node_load1_bucket')).toThrow(/unknown metric/);
    expect(describeMetric('http_request_duration_seconds_bucket').kind).toBe('histogram');
  });
});

describe('the checks of a dashboard', () => {
  const [first] = buildDashboards('timestream', SOURCE);

  function broken(change: (panels: Record<string, unknown>[]) => void): string[] {
    const json = structuredClone(first!.json);
    change(json.panels as unknown as Record<string, unknown>[]);
    return dashboardProblems(json);
  }

  test('find nothing wrong with ours', () => {
    expect(dashboardProblems(first!.json)).toEqual([]);
    expect(boards.length).toBe(5);
  });

  test.each([
    [
      'an id that is taken',
      (panels: Record<string, unknown>[]) => (panels[1]!.id = 1),
      /id 1 is taken by 'Device Conn/,
    ],
    [
      'panels over each other',
      (panels: Record<string, unknown>[]) => (panels[1]!.gridPos = panels[0]!.gridPos),
      /lies over/,
    ],
    [
      'a panel outside the grid',
      (panels: Record<string, unknown>[]) => (panels[0]!.gridPos = { x: 20, y: 90, w: 8, h: 4 }),
      /24 columns/,
    ],
    ['a panel without a query', (panels: Record<string, unknown>[]) => (panels[0]!.targets = []), /has no query/],
    [
      'a panel without a description',
      (panels: Record<string, unknown>[]) => (panels[0]!.description = ''),
      /no description/,
    ],
    [
      'a panel without a unit',
      (panels: Record<string, unknown>[]) => (panels[0]!.fieldConfig = { defaults: {} }),
      /no unit/,
    ],
    [
      'a panel that the twin cannot draw',
      (panels: Record<string, unknown>[]) => (panels[0]!.type = 'heatmap'),
      /'heatmap'/,
    ],
  ])('find %s', (_, change, problem) => {
    const problems = broken(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
    expect(problems[0]).toContain(first!.title);
  });

  test('report all problems at once', () => {
    const problems = broken((panels) => {
      panels[0]!.description = '';
      panels[1]!.targets = [];
    });
    expect(problems).toHaveLength(2);
  });
});
