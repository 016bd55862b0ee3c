import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, GridPos, ThresholdsConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import { datasourceRef, type Source } from '../store.ts';
import { displayName, refId, target } from '../targets/target.ts';
import type { PanelOptions } from './panel.ts';
import { thresholdsConfig } from './thresholds.ts';

/** The part of the SDK's panel builders that all of them share; each returns itself. */
interface PanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  gridPos(gridPos: GridPos): this;
  withTarget(target: Builder<Dataquery>): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  noValue(noValue: string): this;
  overrideByQuery(refId: string, properties: DynamicConfigValue[]): this;
}

/** Everything that is not particular to what the panel draws. */
export function withCommon<B extends PanelBuilder>(
  builder: B,
  options: PanelOptions,
  id: number,
  position: GridPos,
  source: Source,
): B {
  builder
    .id(id)
    .title(options.title)
    .description(options.description)
    .datasource(datasourceRef(source))
    .gridPos(position)
    .unit(options.unit)
    .noValue(options.noValue ?? 'No data yet: the first points arrive within seconds of the start of an agent.');
  if (options.decimals !== undefined) builder.decimals(options.decimals);
  if (options.min !== undefined) builder.min(options.min);
  if (options.max !== undefined) builder.max(options.max);
  if (options.thresholds) builder.thresholds(thresholdsConfig(options.thresholds));
  for (const [index, query] of options.queries.entries()) {
    builder.withTarget(target(query, index, source));
    // Timestream has no legends: the display name of the query's fields does what a legend does for Prometheus.
    if (source.store === 'timestream' && query.form === 'series') {
      builder.overrideByQuery(refId(index), [{ id: 'displayName', value: displayName(query) }]);
    }
  }
  return builder;
}
