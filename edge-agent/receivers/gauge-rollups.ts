import { MinuteAggregator } from '../../core/metrics/aggregator.ts';
import { fullLabels, type Labels, type PointGroup, type RollupPoint, seriesKey } from '../../core/metrics/model.ts';

interface Entry {
  readonly name: string;
  readonly labels: Labels;
  readonly minutes: MinuteAggregator;
}

/** One-minute roll-ups of gauges that other processes record: the distribution of what was received from them. */
export class GaugeRollups {
  private readonly entries = new Map<string, Entry>();

  observe({ resource, points }: PointGroup): void {
    for (const point of points) {
      if (point.kind !== 'gauge') continue;
      const labels = fullLabels(resource, point.labels);
      const key = seriesKey(point.name, labels);
      const entry = this.entries.get(key) ?? { name: point.name, labels, minutes: new MinuteAggregator() };
      this.entries.set(key, entry);
      entry.minutes.observe(point.value, point.timeMs);
    }
  }

  /** Hands out the minutes that ended before `nowMs`, once. A series without news for two minutes is forgotten. */
  drain(nowMs: number): PointGroup {
    const points: RollupPoint[] = [];
    for (const [key, { name, labels, minutes }] of this.entries) {
      for (const minute of minutes.drain(nowMs)) points.push({ kind: 'rollup', name, labels, ...minute });
      if (!minutes.hasObserved(nowMs) && !minutes.hasObserved(nowMs - 60_000)) this.entries.delete(key);
    }
    return { resource: {}, points };
  }
}
