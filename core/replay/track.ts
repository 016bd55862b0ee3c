import type { ChunkResult } from '../promql/range/range-query.ts';
import type { Rule } from '../rules/model.ts';

/** One rule on its way through time. */
export interface Track {
  readonly rule: Rule;
  /** What its expression gave at `firstMs`, `firstMs + intervalMs`, ...; chunks come in order. */
  take(result: ChunkResult, firstMs: number, intervalMs: number, count: number): void;
  /** Evaluations that failed, and why the last one did. */
  readonly errors: { readonly count: number; readonly last: string | undefined };
}
