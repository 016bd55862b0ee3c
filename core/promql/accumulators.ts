import type { Annotations } from './annotations.ts';
import type { Aggregation, AggregationOperator } from './ast.ts';
import { meanOf } from './histogram-mean.ts';
import { addHistograms } from './histograms.ts';
import { KahanMean, KahanSum, Variance } from './kahan.ts';
import { combined } from './operands.ts';
import { quantileOf } from './quantile.ts';
import type { NativeHistogram } from './series.ts';
import type { VectorSample } from './values.ts';

/** Reduces one group to one sample. */
export interface Accumulator {
  add(sample: VectorSample): void;
  /** Undefined: the group has no result. */
  result(expr: Aggregation, annotations: Annotations): number | NativeHistogram | undefined;
}

type Reducing = Exclude<AggregationOperator, 'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'count_values'>;

/** Reductions of floats; histograms in the group are left out, and that is told. */
class Floats implements Accumulator {
  private readonly step: (value: number) => void;
  private readonly finish: () => number;
  private floats = 0;
  private histograms = 0;

  constructor(step: (value: number) => void, finish: () => number) {
    this.step = step;
    this.finish = finish;
  }

  add(sample: VectorSample): void {
    if (sample.histogram) {
      this.histograms += 1;
      return;
    }
    this.floats += 1;
    this.step(sample.value);
  }

  result(expr: Aggregation, annotations: Annotations): number | undefined {
    if (this.histograms > 0) annotations.info(`ignored histogram in ${expr.op} aggregation`, expr.expr);
    return this.floats > 0 ? this.finish() : undefined;
  }
}

/** `sum` and `avg`: of floats, or of histograms; a group with both has no result. */
class Additive implements Accumulator {
  private readonly mean = new KahanMean();
  private readonly sum = new KahanSum();
  private readonly isMean: boolean;
  private histograms: NativeHistogram[] = [];

  constructor(isMean: boolean) {
    this.isMean = isMean;
  }

  add({ value, histogram }: VectorSample): void {
    if (histogram) this.histograms.push(histogram);
    else {
      this.mean.add(value);
      if (!this.isMean) this.sum.add(value);
    }
  }

  result(expr: Aggregation, annotations: Annotations): number | NativeHistogram | undefined {
    const at = expr.expr;
    if (this.histograms.length === 0) return this.isMean ? this.mean.value : this.sum.value;
    if (this.mean.count > 0) {
      annotations.warn('encountered a mix of histograms and floats for aggregation', at);
      return undefined;
    }
    return this.isMean ? meanOf(this.histograms, at, annotations) : sumOf(this.histograms, at, annotations);
  }
}

/** The sum of histograms; undefined when exponential ones and ones with custom buckets are mixed. */
export function sumOf(
  histograms: readonly NativeHistogram[],
  at: { readonly start: number },
  annotations: Annotations,
): NativeHistogram | undefined {
  let total = histograms[0];
  // A collision leaves the total without a hint; whether hints collide at all is a question to the inputs.
  tellCollision(histograms, at, annotations);
  for (const histogram of histograms.slice(1)) {
    if (total) total = combined(addHistograms(total, histogram), 'aggregation', at, annotations);
  }
  return total;
}

export function tellCollision(
  histograms: readonly NativeHistogram[],
  at: { readonly start: number },
  annotations: Annotations,
): void {
  const hints = new Set(histograms.map(({ resetHint }) => resetHint));
  if (hints.has('reset') && hints.has('not-reset')) {
    annotations.warn('conflicting counter resets during histogram aggregation', at);
  }
}

function extreme(isBetter: (candidate: number, best: number) => boolean): Floats {
  let best = Number.NaN;
  return new Floats(
    (value) => {
      if (isBetter(value, best) || Number.isNaN(best)) best = value;
    },
    () => best,
  );
}

function spread(finish: (variance: number) => number): Floats {
  const variance = new Variance();
  return new Floats(
    (value) => variance.add(value),
    () => finish(variance.value),
  );
}

function counting(): Accumulator {
  let count = 0;
  return {
    add: () => {
      count += 1;
    },
    result: () => count,
  };
}

/** A new accumulator per group, by operator. `parameter` is the `q` of quantile. */
export const accumulators: Readonly<Record<Reducing, (parameter: number) => Accumulator>> = {
  sum: () => new Additive(false),
  avg: () => new Additive(true),
  count: counting,
  group: () => ({ add: () => undefined, result: () => 1 }),
  min: () => extreme((candidate, best) => candidate < best),
  max: () => extreme((candidate, best) => candidate > best),
  stdvar: () => spread((variance) => variance),
  stddev: () => spread(Math.sqrt),
  quantile: (q) => {
    const values: number[] = [];
    return new Floats(
      (value) => values.push(value),
      () => quantileOf(q, values),
    );
  },
};
