import fc from 'fast-check';
import type { Labels } from '../../core/metrics/model.ts';
import { matches } from '../../core/promql/matchers.ts';
import { ColumnStore } from '../../core/promql/range/column-store.ts';
import type { Sample, Series, SeriesSource } from '../../core/promql/series.ts';

/** Series for property tests: gauges `g` and `h`, a counter `c_total`, a classic histogram `d_bucket`. */

export const STEP_MS = 60_000;
export const START_MS = 1_700_000_040_000;

export interface RandomSeries {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -3, max: 9 }) },
  { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e308, 0.1),
  },
);

/** What happens at one point of the grid: a value, nothing, or the end of the series. */
const event = fc.oneof(
  { weight: 16, arbitrary: value.map((number) => ({ kind: 'value' as const, number })) },
  { weight: 3, arbitrary: fc.constant({ kind: 'gap' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'stale' as const }) },
);

function series(labels: Labels, points: number): fc.Arbitrary<RandomSeries> {
  const isCounter = /_total$|_bucket$/.test(labels.__name__ ?? '');
  return fc
    .record({
      events: fc.array(event, { minLength: points, maxLength: points }),
      shift: fc.constantFrom(0, 0, 0, 7_000, 31_500),
      isSteady: fc.boolean(),
      resets: fc.array(fc.nat(points), { maxLength: 2 }),
    })
    .map(({ events, shift, isSteady, resets }) => {
      let total = Number(labels.le === '+Inf' ? 40 : (labels.le ?? 0)) || 0;
      const samples = events.flatMap((one, i): Sample[] => {
        const timeMs = START_MS + shift + i * STEP_MS;
        if (one.kind !== 'value' && !isSteady) {
          return one.kind === 'gap' ? [] : [{ timeMs, value: Number.NaN, histogram: undefined, stale: true }];
        }
        const number = one.kind === 'value' ? one.number : 1;
        if (resets.includes(i)) total = 0;
        if (isCounter && Math.abs(number) < 1e3) total += Math.abs(number);
        return [{ timeMs, value: isCounter ? total : number, histogram: undefined, stale: false }];
      });
      return { labels, samples };
    });
}

const LABELS: readonly Labels[] = [
  ...['g', 'h', 'c_total'].flatMap((__name__) =>
    ['x', 'y', 'x'].map((job, i) => ({ __name__, job, instance: `i${i}` })),
  ),
  { __name__: 'one', job: 'x', extra: 'of-one' },
  ...['1', '2', '5', '+Inf'].map((le) => ({ __name__: 'd_bucket', job: 'x', le })),
  ...['+Inf', '2', '1.0', '1'].map((le) => ({ __name__: 'd_bucket', job: 'y', le })),
];

export function randomSeries(points: number): fc.Arbitrary<readonly RandomSeries[]> {
  return fc.tuple(...LABELS.map((labels) => series(labels, points)));
}

/** The same series for the engine that takes one step at a time. */
export function sourceOf(series: readonly Series[]): SeriesSource {
  return { select: (matchers) => series.filter(({ labels }) => matches(labels, matchers)) };
}

export function storeOf(series: readonly Series[]): ColumnStore {
  const store = new ColumnStore();
  for (const { labels, samples } of series) {
    const columns = store.series(labels);
    for (const { timeMs, value: number, histogram, stale } of samples) {
      columns.append(timeMs, stale === true ? 'stale' : (histogram ?? number));
    }
  }
  return store;
}
