import type { Labels } from '../metrics/model.ts';
import type { NativeHistogram, Sample } from './series.ts';

/** One element of an instant vector. */
export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram: NativeHistogram | undefined;
  /** The metric name no longer fits the value and is removed at the end of the evaluation. */
  readonly dropName: boolean;
}

/** One element of a range vector. Samples carry no staleness markers. */
export interface MatrixSeries {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
  readonly dropName: boolean;
}

export type Vector = readonly VectorSample[];
export type Matrix = readonly MatrixSeries[];

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly vector: Vector }
  | { readonly type: 'matrix'; readonly matrix: Matrix };

export function floatSample(labels: Labels, value: number, dropName: boolean): VectorSample {
  return { labels, value, histogram: undefined, dropName };
}

export function histogramSample(labels: Labels, histogram: NativeHistogram, dropName: boolean): VectorSample {
  return { labels, value: Number.NaN, histogram, dropName };
}
