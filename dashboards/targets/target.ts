import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { NamedQuery } from '../query.ts';
import { datasourceRef, type Source } from '../store.ts';
import { TIMESTREAM_FORMAT, TimestreamQuery } from './timestream-query.ts';

/** Letters that tell the queries of a panel apart: A, B, C, ... */
export function refId(index: number): string {
  return String.fromCharCode(65 + index);
}

/** The query as the panel's target, in the language of its store. */
export function target(query: NamedQuery, index: number, source: Source): Builder<Dataquery> {
  const datasource = datasourceRef(source);
  if (source.store === 'timestream') {
    return new TimestreamQuery({
      refId: refId(index),
      datasource,
      rawQuery: query.timestream(source.databaseName),
      format: query.form === 'series' ? TIMESTREAM_FORMAT.timeSeries : TIMESTREAM_FORMAT.table,
    });
  }
  const builder = new DataqueryBuilder().refId(refId(index)).datasource(datasource).expr(query.promql);
  return query.form === 'series'
    ? builder.range().legendFormat(query.legend)
    : builder.instant().format(PromQueryFormat.Table).legendFormat(query.legend);
}

/** The legend as Grafana's display name, for data sources without a legend of their own. */
export function displayName(query: NamedQuery): string {
  return query.legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => `\${__field.labels.${label}}`);
}
