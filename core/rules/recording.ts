import { type Labels, seriesKey } from '../metrics/model.ts';
import type { VectorSample } from '../promql/values.ts';
import { RuleEvaluationError } from './alert-state.ts';
import type { RecordedSample } from './group.ts';
import type { RecordingRule } from './model.ts';

/** The series a recording rule makes of its expression's result. */
export function recordSeries(rule: RecordingRule, vector: readonly VectorSample[], nowMs: number): RecordedSample[] {
  const seen = new Set<string>();
  return vector.map(({ labels, value, histogram }) => {
    const own: Record<string, string> = {};
    for (const [name, text] of [...Object.entries(labels), ...Object.entries(rule.labels)]) {
      if (name === '__name__') continue;
      if (text === '') delete own[name];
      else own[name] = text;
    }
    const key = seriesKey('', own);
    if (seen.has(key)) {
      throw new RuleEvaluationError('vector contains metrics with the same labelset after applying rule labels');
    }
    seen.add(key);
    return { name: rule.name, labels: own, timeMs: nowMs, value, ...(histogram ? { histogram } : {}) };
  });
}

/** Staleness markers for series that were made before and are not any more. */
export function missingSince(
  before: readonly Labels[],
  made: readonly RecordedSample[],
  nowMs: number,
): RecordedSample[] {
  if (before.length === 0) return [];
  const now = new Set(made.map(({ name, labels }) => seriesKey(name, labels)));
  const ended: RecordedSample[] = [];
  for (const { __name__: name = '', ...labels } of before) {
    if (!now.has(seriesKey(name, labels))) ended.push({ name, labels, timeMs: nowMs, value: Number.NaN, stale: true });
  }
  return ended;
}
