import { describe, expect, test } from '@jest/globals';
import { buildDashboards } from '../../../dashboards/build.ts';
import { pageModule } from '../../support/page-module.ts';

interface Series {
  readonly name: string;
  readonly settings: Record<string, unknown>;
  readonly points: readonly (readonly [number, number | null])[];
}
type Panel = Record<string, unknown>;

const frames = await pageModule<{
  toSeries: (panel: Panel, answers: unknown[]) => Series[];
  toValues: (panel: Panel, answers: unknown[]) => { name: string; value: number | null }[];
  toTable: (panel: Panel, answers: unknown[]) => { columns: { title: string }[]; rows: unknown[][] };
  mapped: (settings: unknown, value: unknown) => { text: string; color: string } | undefined;
}>('frames.js');

function panelOf(store: 'timestream' | 'prometheus', title: string): Panel {
  const panels = buildDashboards(store, { databaseName: 'db', datasourceUid: 'uid' }).flatMap(
    ({ json }) => json.panels ?? [],
  );
  return panels.find((panel) => panel.title === title) as unknown as Panel;
}

const points = [
  [1000, 0.9],
  [2000, null],
] as const;

describe('a series is named', () => {
  test('by its legend on Prometheus, by the display name of its query on Timestream: the same', () => {
    const frame = { kind: 'series', series: [{ name: 'p95', labels: { device_id: 'cyton' }, points }] };
    for (const store of ['timestream', 'prometheus'] as const) {
      const panel = panelOf(store, 'Device Latency');
      const names = frames.toSeries(panel, [
        { refId: 'A', frame },
        { refId: 'B', frame },
      ]);
      expect(names.map(({ name }) => name)).toEqual(['cyton · p95', 'cyton · median']);
    }
  });

  test('in the order of its queries, then of the names, as people count', () => {
    const series = ['ch10', 'ch2', 'ch1'].map((channel) => ({ name: 'v', labels: { channel }, points }));
    const named = frames.toSeries(panelOf('timestream', 'Signal Quality by Channel'), [
      { refId: 'A', frame: { kind: 'series', series } },
    ]);
    expect(named.map(({ name }) => name)).toEqual(['ch1', 'ch2', 'ch10']);
  });

  test('and has the colour that the dashboard gives its name', () => {
    const series = [{ name: 'active', labels: { alertstate: 'firing' }, points }];
    const [firing] = frames.toSeries(panelOf('timestream', 'Alerts over Time'), [
      { refId: 'A', frame: { kind: 'series', series } },
    ]);
    expect(firing?.settings.color).toEqual({ mode: 'fixed', fixedColor: 'red' });
  });
});

describe('a stat shows', () => {
  test('the last value that there is', () => {
    const frame = { kind: 'series', series: [{ name: 'x', labels: {}, points }] };
    expect(frames.toValues(panelOf('timestream', 'Data Quality Score'), [{ refId: 'A', frame }])[0]?.value).toBe(0.9);
  });

  test('the number of a row, named by its texts', () => {
    const frame = {
      kind: 'table',
      columns: ['outcome', 'Sessions'],
      rows: [
        ['completed', 4],
        ['aborted', null],
      ],
    };
    const values = frames.toValues(panelOf('timestream', 'Sessions Ended'), [{ refId: 'A', frame }]);
    expect(values.map(({ name, value }) => [name, value])).toEqual([['completed', 4]]);
  });
});

describe('a table', () => {
  const timestream = [
    {
      refId: 'A',
      frame: {
        kind: 'table',
        columns: ['query', 'Mean duration'],
        rows: [
          ['slow', 0.7],
          ['fast', 0.01],
        ],
      },
    },
    {
      refId: 'B',
      frame: {
        kind: 'table',
        columns: ['query', 'Runs'],
        rows: [
          ['fast', 900],
          ['slow', 3],
        ],
      },
    },
  ];
  const prometheus = [
    {
      refId: 'A',
      frame: {
        kind: 'table',
        columns: ['query', 'Value #A'],
        rows: [
          ['slow', 0.7],
          ['fast', 0.01],
        ],
      },
    },
    {
      refId: 'B',
      frame: {
        kind: 'table',
        columns: ['query', 'Value #B'],
        rows: [
          ['fast', 900],
          ['slow', 3],
        ],
      },
    },
  ];

  test.each([['timestream', timestream] as const, ['prometheus', prometheus] as const])(
    'on %s puts the answers of its queries side by side',
    (store, answers) => {
      const table = frames.toTable(panelOf(store, 'Database Query Performance'), [...answers]);
      expect(table.columns.map(({ title }) => title)).toEqual(['Query', 'Mean duration', 'Runs']);
      expect(table.rows).toEqual([
        ['slow', 0.7, 3],
        ['fast', 0.01, 900],
      ]);
    },
  );

  test('leaves a hole where one query knows a row that the other does not', () => {
    const answers = [
      timestream[0]!,
      { refId: 'B', frame: { kind: 'table', columns: ['query', 'Runs'], rows: [['fast', 900]] } },
    ];
    expect(frames.toTable(panelOf('timestream', 'Database Query Performance'), answers).rows).toEqual([
      ['slow', 0.7, null],
      ['fast', 0.01, 900],
    ]);
  });

  test('says values in words where the dashboard does', () => {
    const mappings = [{ type: 'value', options: { '1': { text: 'contact', color: 'green' } } }];
    expect(frames.mapped({ mappings }, 1)?.text).toBe('contact');
    expect(frames.mapped({ mappings }, 0)).toBeUndefined();
    expect(frames.mapped({ mappings }, null)).toBeUndefined();
  });
});
