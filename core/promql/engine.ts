import { evaluateAggregation } from './aggregation.ts';
import { Annotations } from './annotations.ts';
import { type Expr, type MatrixSelector, type Subquery, unwrap, type VectorSelector } from './ast.ts';
import { evaluateScalarBinary, evaluateVectorBinary, negate } from './binary.ts';
import { withDetectedResets, withoutResetHint } from './detected-resets.ts';
import { scalars, vectorFunctions } from './functions/registry.ts';
import { keyOfAll } from './labels.ts';
import { lookAt, neededSeries, positiveMilliseconds, type QueryTimes, type TimeRange } from './needed-series.ts';
import type { Scope } from './scope.ts';
import { selectMatrix, selectTimestamps, selectVector } from './selectors.ts';
import type { Sample, Series, SeriesSource } from './series.ts';
import type { Matrix, MatrixSeries, Vector } from './values.ts';
import { floatSample } from './values.ts';

/** Resolution of a subquery that names none. */
export const DEFAULT_SUBQUERY_STEP_MS = 60_000;

/** One query over one source: each selector is asked of the source once, for all steps. */
export class Query {
  readonly times: QueryTimes;
  readonly annotations: Annotations;
  private readonly source: SeriesSource;
  private readonly needed: ReadonlyMap<VectorSelector, TimeRange>;
  private readonly selected = new Map<VectorSelector, readonly Series[]>();
  private readonly detected = new Map<VectorSelector, readonly Series[]>();

  constructor(expr: Expr, source: SeriesSource, times: QueryTimes, annotations = new Annotations()) {
    this.source = source;
    this.times = times;
    this.annotations = annotations;
    this.needed = neededSeries(expr, times);
  }

  at(timeMs: number, detectResets = false): Evaluator {
    return new Evaluator(this, timeMs, detectResets);
  }

  series(selector: VectorSelector): readonly Series[] {
    let found = this.selected.get(selector);
    if (!found) {
      const { startMs, endMs, lookbackMs } = this.times;
      const { fromMs, toMs } = this.needed.get(selector) ?? { fromMs: startMs - lookbackMs, toMs: endMs };
      const selected = this.source.select(selector.matchers, fromMs, toMs);
      found = Array.isArray(selected) ? (selected as readonly Series[]) : [...selected];
      this.selected.set(selector, found);
    }
    return found;
  }

  seriesWithDetectedResets(selector: VectorSelector): readonly Series[] {
    let found = this.detected.get(selector);
    if (!found) {
      found = this.series(selector).map(withDetectedResets);
      this.detected.set(selector, found);
    }
    return found;
  }
}

/** Prometheus reads no buckets for these, and then compares the counts of successive histograms as it reads them. */
const READS_COUNTS_ONLY: ReadonlySet<string> = new Set(['histogram_count', 'histogram_sum', 'histogram_avg']);
const READS_BUCKETS: ReadonlySet<string> = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction']);

/** A query at one time. */
export class Evaluator implements Scope {
  readonly timeMs: number;
  readonly annotations: Annotations;
  private readonly query: Query;
  /** Whether selectors find out by themselves where a histogram was reset, see `withDetectedResets`. */
  private readonly detectResets: boolean;

  constructor(query: Query, timeMs: number, detectResets: boolean) {
    this.query = query;
    this.detectResets = detectResets;
    this.timeMs = timeMs;
    this.annotations = query.annotations;
  }

  get startMs(): number {
    return this.query.times.startMs;
  }
  get endMs(): number {
    return this.query.times.endMs;
  }
  get stepMs(): number {
    return this.query.times.stepMs;
  }

  scalar(expr: Expr): number {
    switch (expr.kind) {
      case 'number':
        return expr.value;
      case 'paren':
        return this.scalar(expr.expr);
      case 'unary':
        return expr.op === '-' ? -this.scalar(expr.expr) : this.scalar(expr.expr);
      case 'binary':
        return evaluateScalarBinary(expr, this);
      case 'call': {
        const implementation = scalars[expr.name];
        if (implementation) return implementation(expr, this);
        break;
      }
      case 'string':
      case 'selector':
      case 'range':
      case 'subquery':
      case 'aggregation':
    }
    throw new TypeError(`a ${expr.kind} is no scalar`);
  }

  private within(name: string): Evaluator {
    const detectResets = READS_COUNTS_ONLY.has(name) || (this.detectResets && !READS_BUCKETS.has(name));
    return detectResets === this.detectResets ? this : this.query.at(this.timeMs, detectResets);
  }

  private series(selector: VectorSelector): readonly Series[] {
    return this.detectResets ? this.query.seriesWithDetectedResets(selector) : this.query.series(selector);
  }

  string(expr: Expr): string {
    const inner = unwrap(expr);
    if (inner.kind !== 'string') throw new TypeError(`a ${inner.kind} is no string`);
    return inner.value;
  }

  vector(expr: Expr): Vector {
    switch (expr.kind) {
      case 'selector':
        return selectVector(expr, this.series(expr), this.timeMs, this.query.times);
      case 'paren':
        return this.vector(expr.expr);
      case 'unary':
        return expr.op === '-' ? negate(this.vector(expr.expr)) : this.vector(expr.expr);
      case 'binary':
        return evaluateVectorBinary(expr, this);
      case 'aggregation':
        return evaluateAggregation(expr, this);
      case 'call': {
        const implementation = vectorFunctions[expr.name];
        if (implementation) return implementation(expr, this.within(expr.name));
        break;
      }
      case 'number':
      case 'string':
      case 'range':
      case 'subquery':
    }
    throw new TypeError(`a ${expr.kind} is no instant vector`);
  }

  matrix(expr: Expr, isCounter = false): Matrix {
    const inner = unwrap(expr);
    if (inner.kind === 'range') {
      return selectMatrix(inner, this.series(inner.selector), this.timeMs, this.query.times, isCounter);
    }
    if (inner.kind === 'subquery') return this.subquery(inner);
    throw new TypeError(`a ${inner.kind} is no range vector`);
  }

  window(expr: Expr): TimeRange {
    const inner = unwrap(expr) as MatrixSelector | Subquery;
    const toMs = lookAt(inner.kind === 'range' ? inner.selector : inner, this.timeMs, this.query.times);
    return { fromMs: toMs - positiveMilliseconds(inner.range, this.query.times), toMs };
  }

  timestamps(expr: Expr): Vector {
    const inner = unwrap(expr);
    if (inner.kind === 'selector') {
      return selectTimestamps(inner, this.query.series(inner), this.timeMs, this.query.times);
    }
    return this.vector(expr).map(({ labels }) => floatSample(labels, this.timeMs / 1000, true));
  }

  /** Evaluates at all multiples of the step within the left-open range. */
  private subquery(expr: Subquery): Matrix {
    const { fromMs, toMs } = this.window(expr);
    const step = expr.step === undefined ? DEFAULT_SUBQUERY_STEP_MS : positiveMilliseconds(expr.step, this.query.times);
    const collector = new SeriesCollector();
    for (let t = (Math.floor(fromMs / step) + 1) * step; t <= toMs; t += step) {
      collector.add(this.query.at(t).vector(expr.expr), t);
    }
    return collector.matrix;
  }
}

/** Puts instant vectors of successive times together to series. */
export class SeriesCollector {
  private readonly byKey = new Map<string, MatrixSeries & { readonly samples: Sample[] }>();

  add(vector: Vector, timeMs: number): void {
    for (const { labels, value, histogram, dropName } of vector) {
      const key = keyOfAll(labels);
      let series = this.byKey.get(key);
      if (!series) {
        series = { labels, samples: [], dropName };
        this.byKey.set(key, series);
      }
      series.samples.push({ timeMs, value, histogram: histogram && withoutResetHint(histogram) });
    }
  }

  get matrix(): MatrixSeries[] {
    return [...this.byKey.values()];
  }
}
