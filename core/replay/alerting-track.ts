import type { Labels } from '../metrics/model.ts';
import { evaluate } from '../promql/evaluate.ts';
import { neededSeries } from '../promql/needed-series.ts';
import { parsePromql } from '../promql/parser.ts';
import type { ColumnSeries, ColumnStore } from '../promql/range/column-store.ts';
import { type ChunkResult, vectorAt } from '../promql/range/range-query.ts';
import type { SeriesSource } from '../promql/series.ts';
import { alertSeries } from '../rules/alert-series.ts';
import { type AlertChange, type AlertingState, NO_ALERTS, type Render, step } from '../rules/alert-state.ts';
import { Inputs } from '../rules/inputs.ts';
import type { AlertingRule, RuleGroup } from '../rules/model.ts';
import { missingData } from '../rules/no-data.ts';
import { renderTemplate } from '../rules/template/template.ts';
import { watermarkOf } from '../rules/watermark.ts';
import type { Track } from './track.ts';

/** An alert began or ceased to be pending or to fire. */
export interface TimedChange extends AlertChange {
  readonly atMs: number;
  readonly rule: AlertingRule;
}

/**
 * Steps the alerts of a rule, but only where there is something to step: its expression gives nothing and no alert is
 * pending or firing, or everything is as it was the time before and fires already, change nothing.
 */
export function alertingTrack(
  group: RuleGroup,
  rule: AlertingRule,
  store: ColumnStore,
  { lookbackMs, writesAlerts }: { readonly lookbackMs: number; readonly writesAlerts: boolean },
  tell: (change: TimedChange) => void,
): Track {
  // Annotations are for people to read, and nobody reads these.
  const bare: AlertingRule = { ...rule, annotations: {} };
  const watermarkMs = watermarkOf(group, rule);
  const minds = rule.noData !== 'resolve';
  const hasFixedLabels = !Object.values(rule.labels).some((text) => text.includes('{{'));
  let state: AlertingState = NO_ALERTS;
  let written = new Set<ColumnSeries>();
  let errors = 0;
  let lastError: string | undefined;

  const isAlive = (): boolean => state.alerts.some(({ phase }) => phase !== 'resolved');

  const render =
    (nowMs: number): Render =>
    (text, labels, value) => {
      if (!text.includes('{{')) return text;
      const at = nowMs - watermarkMs;
      return renderTemplate(
        text,
        { labels, externalLabels: {}, value },
        {
          nowMs: at,
          externalUrl: '',
          query: (promql) => {
            const found = evaluate(parsePromql(promql), { at, source: store.source(at - lookbackMs, at), lookbackMs });
            if (found.type === 'scalar') return [{ Labels: {}, Value: found.value }];
            return found.type === 'vector' ? found.vector.map((one) => ({ Labels: one.labels, Value: one.value })) : [];
          },
        },
      );
    };

  /** What the selectors find at a time, for rules to which no data is more than nothing. */
  const missing = (nowMs: number, source: SeriesSource, holds: boolean) => {
    const at = nowMs - watermarkMs;
    const inputs = new Inputs(source);
    const needed = neededSeries(rule.query, { startMs: at, endMs: at, stepMs: 0, lookbackMs });
    for (const [{ matchers }, { fromMs, toMs }] of needed) inputs.select(matchers, fromMs, toMs);
    return missingData(bare, inputs, holds, {});
  };

  const write = (nowMs: number): void => {
    const now = new Set<ColumnSeries>();
    const living = state.alerts.filter(({ phase }) => phase !== 'resolved');
    for (const { name, labels, value } of alertSeries(living, nowMs)) {
      const series = store.series({ ...labels, __name__: name });
      series.append(nowMs, value);
      now.add(series);
    }
    for (const series of written) if (!now.has(series)) series.append(nowMs, 'stale');
    written = now;
  };

  /** @returns whether the next step would change nothing if the same elements were there */
  const advance = (result: ChunkResult, k: number, nowMs: number, source: SeriesSource | undefined): boolean => {
    try {
      const vector = vectorAt(result, k);
      if (vector instanceof Error) throw vector;
      const [next, changes] = step(
        bare,
        state,
        vector,
        nowMs,
        render(nowMs),
        source && missing(nowMs, source, vector.length > 0),
      );
      const active = next.alerts.filter(({ phase }) => phase !== 'resolved').length;
      if (group.limit > 0 && active > group.limit) {
        state = NO_ALERTS;
        throw new Error(`exceeded limit of ${group.limit} with ${active} alerts`);
      }
      state = next;
      for (const change of changes) tell({ ...change, atMs: nowMs, rule });
      if (writesAlerts) write(nowMs - watermarkMs);
      if (changes.length > 0 || active !== vector.length) return false;
      return next.alerts.every(
        ({ phase, keepFiringSinceMs }) => phase !== 'pending' && keepFiringSinceMs === undefined,
      );
    } catch (error) {
      errors += 1;
      lastError = (error as Error).message;
      return false;
    }
  };

  return {
    rule,
    take(result, firstMs, intervalMs, count) {
      const occupied = occupancy(result, count);
      if (!occupied && !isAlive() && !minds) return;
      const lastMs = firstMs + (count - 1) * intervalMs;
      const source = minds ? store.source(firstMs - watermarkMs - lookbackMs, lastMs) : undefined;
      let isSteady = false;
      let isAliveNow = isAlive();
      for (let k = 0; k < count; k += 1) {
        const isOccupied = occupied?.[k] === 1;
        if (!isOccupied && !isAliveNow && !minds) {
          isSteady = false;
          continue;
        }
        if (isSteady && isOccupied && isAsBefore(result, k)) continue;
        const settled = advance(result, k, firstMs + k * intervalMs, source);
        isSteady = settled && isOccupied && hasFixedLabels && !writesAlerts && !minds && result.kind === 'columns';
        isAliveNow = isAlive();
      }
    },
    get errors() {
      return { count: errors, last: lastError };
    },
  };
}

/** 1 where the expression gave something (or failed); undefined when nowhere. */
function occupancy(result: ChunkResult, count: number): Uint8Array | undefined {
  const occupied = new Uint8Array(count);
  let any = 0;
  if (result.kind === 'steps') {
    for (let k = 0; k < count; k += 1) {
      const vector = result.vectors[k];
      any |= occupied[k] = vector instanceof Error || (vector?.length ?? 0) > 0 ? 1 : 0;
    }
  } else {
    for (const column of result.columns) {
      if (column.count === 0) continue;
      any = 1;
      for (let k = 0; k < count; k += 1) occupied[k] = occupied[k]! | column.present[k]!;
    }
  }
  return any === 1 ? occupied : undefined;
}

function isAsBefore(result: ChunkResult, k: number): boolean {
  if (result.kind === 'steps') return false;
  return result.columns.every(({ count, present }) => count === 0 || present[k] === present[k - 1]);
}

/** Identity of an alert, for people: its name and the labels that are not its name. */
export function describe({ alertname = '', ...rest }: Labels): string {
  const pairs = Object.keys(rest)
    .sort()
    .map((name) => `${name}="${rest[name]}"`);
  return `${alertname}{${pairs.join(',')}}`;
}
