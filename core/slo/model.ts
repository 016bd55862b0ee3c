/** Service-level objectives as data: what `rules/slos.yaml` says. */

export interface Slo {
  /** Becomes the label `slo`: lower case, digits, dashes. */
  readonly name: string;
  /** For people. */
  readonly description: string;
  /** Share of the total that must be good, above 0 and below 1. */
  readonly objective: number;
  /** What the error budget is for. */
  readonly periodMs: number;
  /** Each value of these labels has a budget of its own. */
  readonly by: readonly string[];
  /** Counters, as PromQL selectors. Their unit is the weight: seconds of sessions make long sessions count more. */
  readonly good: string;
  readonly total: string;
  /** Least share of a window that must hold data before it may alert, above 0 up to 1. */
  readonly leastData: number;
  /** Times that do not count, each with its reason. */
  readonly exclude: readonly Exclusion[];
}

export type Exclusion =
  | { readonly kind: 'once'; readonly reason: string; readonly fromMs: number; readonly toMs: number }
  | {
      readonly kind: 'weekly';
      readonly reason: string;
      /** 0 is Sunday, as in PromQL. */
      readonly days: readonly number[];
      /** Minutes of the day, UTC. `to` is above `from`. */
      readonly fromMinute: number;
      readonly toMinute: number;
    };
