import {
  GraphGradientMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { withCommon } from './common.ts';
import type { PanelOptions, PlacedPanel } from './panel.ts';

/** A line ends where its series was silent for longer than this; shorter gaps are other series' points in between. */
const SPAN_MS = 90_000;

export interface TimeseriesOptions extends PanelOptions {
  /** Areas on top of each other, for parts of a whole. */
  readonly stacked?: boolean;
  /** Values hold until the next point: states and counts rather than measurements. */
  readonly stepped?: boolean;
  /** Draw the thresholds as dashed lines. */
  readonly thresholdLines?: boolean;
  /** Shortest interval of one point, where the points of several senders are added up: `10s`. */
  readonly minInterval?: string;
  /** The newest part of the range only, whatever the dashboard shows: `2m`. */
  readonly last?: string;
  /** A series with this name has this colour. */
  readonly colors?: Readonly<Record<string, string>>;
  /** Numbers beside the names in the legend: `lastNotNull`, `max`, `mean`. */
  readonly calcs?: readonly string[];
}

/** Lines over time. */
export function timeseries(options: TimeseriesOptions): PlacedPanel {
  return {
    title: options.title,
    ...(options.width ? { width: options.width } : {}),
    build(id, position, source) {
      const builder = withCommon(new PanelBuilder(), options, id, position, source)
        .lineWidth(options.stacked ? 1 : 2)
        .lineInterpolation(options.stepped ? LineInterpolation.StepAfter : LineInterpolation.Linear)
        .fillOpacity(options.stacked ? 40 : 10)
        .gradientMode(GraphGradientMode.Opacity)
        .showPoints(VisibilityMode.Never)
        .spanNulls(SPAN_MS)
        .legend(
          new VizLegendOptionsBuilder()
            .displayMode(LegendDisplayMode.List)
            .placement(LegendPlacement.Bottom)
            .showLegend(true)
            .calcs([...(options.calcs ?? ['lastNotNull'])]),
        )
        .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
      if (options.stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
      if (options.thresholdLines) {
        builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
      }
      if (options.minInterval) builder.interval(options.minInterval);
      if (options.last) builder.timeFrom(options.last);
      for (const [name, color] of Object.entries(options.colors ?? {})) {
        builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
      }
      return builder.build();
    },
  };
}
