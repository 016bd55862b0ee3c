import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { withCommon } from './common.ts';
import type { PanelOptions, PlacedPanel } from './panel.ts';
import type { Step } from './thresholds.ts';

/** The newest value on an arc between its limits, coloured by its thresholds. */
export function gauge(
  options: PanelOptions & { readonly min: number; readonly max: number; readonly thresholds: readonly Step[] },
): PlacedPanel {
  return {
    title: options.title,
    ...(options.width ? { width: options.width } : {}),
    build: (id, position, source) =>
      withCommon(new PanelBuilder(), options, id, position, source)
        .showThresholdMarkers(true)
        .showThresholdLabels(false)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
        .build(),
  };
}
