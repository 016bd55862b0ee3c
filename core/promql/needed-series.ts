import { children, type Duration, type Expr, type TimeModifiers, type VectorSelector } from './ast.ts';
import { PromqlEvaluationError } from './errors.ts';
import { resolveDuration } from './parse-duration.ts';

/** The times at which a query is evaluated, and how far back an instant selector looks. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
  readonly lookbackMs: number;
}

/** `(fromMs, toMs]`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What `offset` and `@` make of an evaluation time. */
export function lookAt({ at, offset }: TimeModifiers, timeMs: number, times: QueryTimes): number {
  const base = at === undefined ? timeMs : at === 'start' ? times.startMs : at === 'end' ? times.endMs : at;
  return base - (offset === 0 ? 0 : milliseconds(offset, times));
}

export function milliseconds(duration: Duration, { startMs, endMs, stepMs }: QueryTimes): number {
  return typeof duration === 'number' ? duration : resolveDuration(duration, stepMs, endMs - startMs);
}

/** A range or a step, which must be positive. */
export function positiveMilliseconds(duration: Duration, times: QueryTimes): number {
  const ms = milliseconds(duration, times);
  if (!(ms > 0 && Number.isFinite(ms)))
    throw new PromqlEvaluationError(`duration must be greater than 0, got ${ms} ms`);
  return ms;
}

/**
 * Which samples each selector of a query needs over the whole of it. Who fetches series from elsewhere fetches these
 * before evaluating.
 */
export function neededSeries(expr: Expr, times: QueryTimes): Map<VectorSelector, TimeRange> {
  const needed = new Map<VectorSelector, TimeRange>();
  const visit = (node: Expr, fromMs: number, toMs: number): void => {
    if (node.kind === 'selector') {
      needed.set(node, {
        fromMs: lookAt(node, fromMs, times) - times.lookbackMs,
        toMs: lookAt(node, toMs, times) + (node.smoothed ? times.lookbackMs : 0),
      });
    } else if (node.kind === 'range') {
      const { selector } = node;
      const range = milliseconds(node.range, times);
      // Extended ranges also look at the samples next to the range.
      const margin = node.extension === undefined ? 0 : times.lookbackMs;
      needed.set(selector, {
        fromMs: lookAt(selector, fromMs, times) - range - margin,
        toMs: lookAt(selector, toMs, times) + (node.extension === 'smoothed' ? margin : 0),
      });
    } else if (node.kind === 'subquery') {
      visit(node.expr, lookAt(node, fromMs, times) - milliseconds(node.range, times), lookAt(node, toMs, times));
    } else {
      for (const child of children(node)) visit(child, fromMs, toMs);
    }
  };
  visit(expr, times.startMs, times.endMs);
  return needed;
}
