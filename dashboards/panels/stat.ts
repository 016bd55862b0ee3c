import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { withCommon } from './common.ts';
import type { PanelOptions, PlacedPanel } from './panel.ts';

/** The newest value in large, over its recent course where the query gives one. */
export function stat(options: PanelOptions): PlacedPanel {
  return {
    title: options.title,
    ...(options.width ? { width: options.width } : {}),
    build(id, position, source) {
      const course = options.queries.some((query) => query.form === 'series');
      const grouped = options.queries.some((query) => query.form === 'instant' && query.by.length > 0);
      return withCommon(new PanelBuilder(), options, id, position, source)
        .graphMode(course ? BigValueGraphMode.Area : BigValueGraphMode.None)
        .colorMode(BigValueColorMode.Value)
        .textMode(options.queries.length > 1 || grouped ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(grouped).fields(''))
        .build();
    },
  };
}
