import { TableCellDisplayMode, type TableCellOptions } from '@grafana/grafana-foundation-sdk/common';
import { type DynamicConfigValue, MappingType, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { refId } from '../targets/target.ts';
import { withCommon } from './common.ts';
import type { PanelOptions, PlacedPanel } from './panel.ts';
import { type Step, steps } from './thresholds.ts';

export interface Column {
  readonly unit?: string;
  readonly decimals?: number;
  /** Colours the text by value. */
  readonly thresholds?: readonly Step[];
  /** Words in place of values: `{'1': ['connected', 'green']}`. */
  readonly words?: Readonly<Record<string, readonly [text: string, color: string]>>;
}

export interface TableOptions extends PanelOptions {
  /** Label columns by the name they are shown under, in this order. */
  readonly labels: Readonly<Record<string, string>>;
  /** Value columns by their query's legend. */
  readonly columns?: Readonly<Record<string, Column>>;
}

/** Rows: each query adds a column, rows with equal labels are one. */
export function table(options: TableOptions): PlacedPanel {
  return {
    title: options.title,
    ...(options.width ? { width: options.width } : {}),
    build(id, position, source) {
      const builder = withCommon(new PanelBuilder(), options, id, position, source)
        .showHeader(true)
        .withTransformation({ id: 'merge', options: {} })
        .withTransformation({ id: 'organize', options: organize(options) });
      for (const [name, column] of Object.entries(options.columns ?? {})) {
        builder.overrideByName(name, properties(column));
      }
      return builder.build();
    },
  };
}

/** Prometheus names value columns after the query (`Value #A`, or `Value` when there is but one) and adds the time. */
function organize({ labels, queries }: TableOptions) {
  const values = queries.flatMap((query, index) => [
    [`Value #${refId(index)}`, query.legend],
    ...(queries.length === 1 ? [['Value', query.legend]] : []),
  ]);
  const order = [...Object.keys(labels), ...queries.map((query) => query.legend), ...values.map(([name]) => name!)];
  return {
    excludeByName: { Time: true },
    indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
    renameByName: Object.fromEntries([...Object.entries(labels), ...values]),
  };
}

function properties({ unit, decimals, thresholds, words }: Column): DynamicConfigValue[] {
  const colored: TableCellOptions = { type: TableCellDisplayMode.ColorText } as TableCellOptions;
  return [
    ...(unit ? [{ id: 'unit', value: unit }] : []),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(thresholds ? [{ id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps: steps(thresholds) } }] : []),
    ...(words
      ? [
          {
            id: 'mappings',
            value: [
              {
                type: MappingType.ValueToText,
                options: Object.fromEntries(
                  Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }]),
                ),
              },
            ],
          },
        ]
      : []),
    ...(thresholds || words ? [{ id: 'custom.cellOptions', value: colored }] : []),
  ];
}
