import { keyOfAll } from '../promql/labels.ts';
import type { ColumnSeries, ColumnStore } from '../promql/range/column-store.ts';
import { type Column, type Element, rivals, type Steps } from '../promql/range/columns.ts';
import { type ChunkResult, vectorAt } from '../promql/range/range-query.ts';
import type { VectorSample } from '../promql/values.ts';
import type { RecordingRule, RuleGroup } from '../rules/model.ts';
import { recordSeries } from '../rules/recording.ts';
import type { Track } from './track.ts';

/** Writes what a recording rule makes into the store, and ends the series that it ceases to make. */
export function recordingTrack(group: RuleGroup, rule: RecordingRule, store: ColumnStore): Track {
  let made = new Set<ColumnSeries>();
  let errors = 0;
  let lastError: string | undefined;

  const record = (vector: readonly VectorSample[] | Error, nowMs: number): void => {
    try {
      if (vector instanceof Error) throw vector;
      if (group.limit > 0 && vector.length > group.limit)
        throw new Error(`exceeded limit of ${group.limit} with ${vector.length} series`);
      const now = new Set<ColumnSeries>();
      for (const { name, labels, value, histogram } of recordSeries(rule, vector, nowMs)) {
        const series = store.series({ ...labels, __name__: name });
        series.append(nowMs, histogram ?? value);
        now.add(series);
      }
      for (const series of made) if (!now.has(series)) series.append(nowMs, 'stale');
      made = now;
    } catch (error) {
      errors += 1;
      lastError = (error as Error).message;
    }
  };

  let known:
    | { readonly elements: readonly Element[]; readonly series: readonly ColumnSeries[] | undefined }
    | undefined;

  /** The series of each element; undefined where two elements become one series, or there is a limit to keep. */
  const seriesOf = (elements: readonly Element[]): readonly ColumnSeries[] | undefined => {
    if (known?.elements === elements) return known.series;
    const targets = elements.map(({ labels }) => {
      const [made] = recordSeries(rule, [{ labels, value: 0, histogram: undefined, dropName: false }], 0);
      return { ...made?.labels, __name__: rule.name };
    });
    const isPlain = group.limit === 0 && rivals(targets.map(keyOfAll)).length === 0;
    known = { elements, series: isPlain ? targets.map((labels) => store.series(labels)) : undefined };
    return known.series;
  };

  /** Column by column: the same samples as step by step. */
  const recordColumn = (series: ColumnSeries, { values, present, count: there }: Column, steps: Steps): void => {
    let wasMade = made.has(series);
    if (there === 0 && !wasMade) return;
    for (let k = 0; k < steps.count; k += 1) {
      const isMade = there > 0 && present[k] === 1;
      if (isMade) series.append(steps.firstMs + k * steps.stepMs, values[k]!);
      else if (wasMade) series.append(steps.firstMs + k * steps.stepMs, 'stale');
      wasMade = isMade;
    }
    if (wasMade) made.add(series);
    else made.delete(series);
  };

  return {
    rule,
    take(result: ChunkResult, firstMs: number, intervalMs: number, count: number) {
      const series = result.kind === 'columns' ? seriesOf(result.elements) : undefined;
      if (result.kind === 'columns' && series) {
        const steps = { firstMs: firstMs - group.queryOffsetMs, stepMs: intervalMs, count };
        for (const [i, column] of result.columns.entries()) recordColumn(series[i]!, column, steps);
        return;
      }
      for (let k = 0; k < count; k += 1) record(vectorAt(result, k), firstMs + k * intervalMs - group.queryOffsetMs);
    },
    get errors() {
      return { count: errors, last: lastError };
    },
  };
}
