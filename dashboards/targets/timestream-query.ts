import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** Values of the plugin's `format`. As time series it turns text columns into labels, one series for each combination. */
export const TIMESTREAM_FORMAT = { table: 0, timeSeries: 1 } as const;

/** A target of a panel, as the Timestream data source stores it. */
export interface TimestreamTarget extends Dataquery {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly queryType: 'raw';
  readonly rawQuery: string;
  readonly format: 0 | 1;
}

/** The Foundation SDK has no builder for Timestream; this is one, in its style. */
export class TimestreamQuery implements Builder<Dataquery> {
  readonly #target: Omit<TimestreamTarget, '_implementsDataqueryVariant'>;

  constructor(target: {
    readonly refId: string;
    readonly datasource: TimestreamTarget['datasource'];
    readonly rawQuery: string;
    readonly format: 0 | 1;
  }) {
    this.#target = { ...target, queryType: 'raw' };
  }

  build(): TimestreamTarget {
    return { ...this.#target, _implementsDataqueryVariant: () => undefined };
  }
}
